#include "ai-ops/diagnosis/scheduler_words.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace ai_ops::diagnosis {
namespace {

struct Reason {
  std::string_view words;
  Stage stage;
  std::string_view fault;
};
constexpr Reason kReasons[] = {
    {"were unschedulable", Stage::node, "node-cordoned"},
    {"untolerated taint", Stage::node, "untolerated-taint"},
    {"that the pod didn't tolerate", Stage::node, "untolerated-taint"},
    {"didn't match Pod's node affinity", Stage::demand, "node-affinity-mismatch"},
    {"didn't match node selector", Stage::demand, "node-selector-mismatch"},
    {"didn't match the requested node name", Stage::demand, "node-selector-mismatch"},
    {"Insufficient cpu", Stage::capacity, "insufficient-cpu"},
    {"Insufficient memory", Stage::capacity, "insufficient-memory"},
    {"Too many pods", Stage::capacity, "too-many-pods"},
    {"Insufficient ", Stage::capacity, "insufficient-resource"},
    {"didn't have free ports", Stage::capacity, "host-port-conflict"},
    {"anti-affinity", Stage::capacity, "pod-anti-affinity-conflict"},
    {"didn't match pod affinity", Stage::capacity, "pod-affinity-unsatisfied"},
    {"topology spread", Stage::capacity, "topology-spread-unsatisfied"},
    {"volume node affinity conflict", Stage::capacity, "volume-node-mismatch"},
    {"didn't match PersistentVolume's node affinity", Stage::capacity, "volume-node-mismatch"},  // since 1.32
    {"is being deleted", Stage::capacity, "stuck-terminating"},                                  // a claim
    {"persistentvolumeclaim \"", Stage::capacity, "claim-missing"},  // not found, or still to be made for its pod
    {"unbound immediate PersistentVolumeClaims", Stage::capacity, "claim-pending"},
    {"available persistent volumes to bind", Stage::capacity, "claim-pending"},
};

// The reasons stand between the first colon and the sentence's end; taints hold colons and dots of their own.
std::string_view reasons_of(std::string_view message) {
  std::size_t colon = message.find("available: ");
  if (colon == message.npos) return {};
  message.remove_prefix(colon + std::string_view("available: ").size());
  return message.substr(0, std::min(message.find(". preemption:"), message.find(". no new claims")));
}

// "{spot: true}, 2 Insufficient cpu"; before Kubernetes 1.24 "{spot: true}, that the pod didn't tolerate, 2 ...".
std::size_t end_of_taint(std::string_view rest, std::size_t open) {
  constexpr std::string_view kMore = ", that the pod didn't tolerate";
  std::size_t close = std::min(rest.find('}', open), rest.size());
  if (close < rest.size() && rest.substr(close + 1).starts_with(kMore)) close += kMore.size();
  return rest.find(", ", close);
}

Obstacle obstacle_of(std::string_view words) {
  Obstacle out{.nodes = 1, .stage = Stage::capacity, .fault = "unschedulable", .words = words};
  std::from_chars(words.data(), words.data() + words.size(), out.nodes);
  auto row = std::ranges::find_if(kReasons, [&](const Reason& reason) { return words.contains(reason.words); });
  if (row == std::end(kReasons)) return out;
  out.stage = row->stage;
  out.fault = row->fault;
  return out;
}

}  // namespace

std::vector<Obstacle> obstacles_in(std::string_view message) {
  std::vector<Obstacle> out;
  std::string_view rest = reasons_of(message);
  while (!rest.empty()) {
    // A comma ends a reason unless it stands within the braces of a taint.
    std::size_t end = rest.find(", ");
    std::size_t open = rest.find('{');
    if (open < end) end = end_of_taint(rest, open);
    std::string_view words = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 2);
    while (words.ends_with('.')) words.remove_suffix(1);
    if (!words.empty()) out.push_back(obstacle_of(words));
  }
  return out;
}

}  // namespace ai_ops::diagnosis
