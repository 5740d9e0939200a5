// A pod that no node takes. What it asks for is computed from its containers and compared with the largest node; only
// when it would fit there is the scheduler's own sentence quoted.
#include <fmt/format.h>

#include <algorithm>

#include "ai-ops/diagnosis/container.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"
#include "foundation/kubernetes/quantity.h"

namespace ai_ops::diagnosis {
namespace {

using foundation::kubernetes::parse_quantity_milli;

struct Asked {
  std::int64_t milli = 0;
  std::vector<std::string> paths;  // of the requests that add up to it
};

std::int64_t quantity_of(json::View value) {
  auto milli = parse_quantity_milli(shown(value));
  return milli ? *milli : 0;
}

std::int64_t plus(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

// What the scheduler adds up: all containers together, or the largest init container if that asks for more.
std::map<std::string, Asked> asked_by(const ObjectView& pod) {
  std::map<std::string, Asked> out;
  for (std::string_view list : {"containers", "initContainers"}) {
    const json::Array& containers = pod.spec()[list].array();
    for (std::size_t i = 0; i < containers.size(); ++i) {
      for (const auto& request : json::View(containers[i])["resources"]["requests"].object()) {
        std::string path = fmt::format("spec.{}[{}].resources.requests{}", list, i, member_step(request.key()));
        std::int64_t milli = quantity_of(request.value());
        Asked& asked = out[request.key()];
        if (list == "containers") {
          asked.milli = plus(asked.milli, milli);
          asked.paths.push_back(path);
        } else if (milli > asked.milli) {
          asked = {milli, {path}};
        }
      }
    }
  }
  return out;
}

struct Largest {
  std::int64_t milli = 0;
  std::optional<ObjectView> node;  // none: no node has any of it
};

Largest largest_node(const Snapshot& snapshot, const std::string& resource) {
  Largest largest;
  for (const ObjectView& node : snapshot.of_kind("Node")) {
    std::int64_t milli = quantity_of(node.status()["allocatable"][resource]);
    if (milli > largest.milli) largest = {milli, node};
  }
  return largest;
}

std::string amount(const std::string& resource, std::int64_t milli) {
  if (resource == "cpu") return foundation::kubernetes::cpu_text(milli);
  constexpr std::int64_t kMilliPerMebi = (std::int64_t{1} << 20) * 1000;
  if (resource != "memory" && resource != "ephemeral-storage") return fmt::format("{}", milli / 1000);
  if (milli % (kMilliPerMebi * 1024) == 0) return fmt::format("{}Gi", milli / (kMilliPerMebi * 1024));
  return fmt::format("{}Mi", milli / kMilliPerMebi);
}

std::string asked_words(const std::string& resource, std::int64_t milli) {
  if (resource == "cpu") return fmt::format("{} CPU", amount(resource, milli));
  if (resource == "memory") return fmt::format("{} of memory", amount(resource, milli));
  return fmt::format("{} {}", amount(resource, milli), resource);
}

// True when the pod asks for more of something than any node has at all.
bool tell_too_large(Case& c, const Workload& workload, const ObjectView& pod) {
  if (!c.cluster().sees("Node")) return false;
  for (const auto& [resource, asked] : asked_by(pod)) {
    Largest largest = largest_node(c.cluster().snapshot(), resource);
    if (asked.milli <= largest.milli) continue;
    std::string has = largest.node ? fmt::format("the largest node has {}", amount(resource, largest.milli))
                                   : std::string("no node has any");
    Draft& draft = c.symptom(workload, fmt::format("asks for {}, {}", asked_words(resource, asked.milli), has));
    for (const std::string& path : asked.paths) draft.cite(pod, path);
    if (largest.node) draft.cite(*largest.node, "status.allocatable" + member_step(resource));
    return true;
  }
  return false;
}

std::optional<std::string> unschedulable_condition(const ObjectView& pod) {
  const json::Array& conditions = pod.status()["conditions"].array();
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    json::View condition(conditions[i]);
    if (condition["type"].text() == "PodScheduled" && condition["status"].text() == "False" &&
        condition["reason"].text() == "Unschedulable")
      return fmt::format("status.conditions[{}]", i);
  }
  return std::nullopt;
}

std::optional<ObjectView> scheduling_event(const Case& c, const ObjectView& pod) {
  for (const ObjectView& event : c.cluster().events_about(pod))
    if (event.root()["reason"].text() == "FailedScheduling") return event;
  return std::nullopt;
}

bool tell_unschedulable(Case& c, const Workload& workload, const ObjectView& pod) {
  if (pod.status()["phase"].text() != "Pending" || !pod.spec()["nodeName"].text().empty()) return false;
  auto condition = unschedulable_condition(pod);
  auto event = scheduling_event(c, pod);
  if (!condition && !event) return false;
  if (!tell_too_large(c, workload, pod)) {
    json::View said = condition ? at_path(pod.root(), *condition + ".message") : event->root()["message"];
    Draft& draft = c.symptom(workload, "cannot be scheduled");
    draft.detail = quote(said.text());
  }
  Draft& draft = c.last();
  if (condition) draft.cite(pod, *condition + (at_path(pod.root(), *condition + ".message") ? ".message" : ".reason"));
  if (event) draft.cite(event_evidence(*event));
  return true;
}

}  // namespace

void find_unschedulable(Case& c) {
  for (const Workload& workload : c.cluster().workloads()) {
    if (c.has_symptom(workload.ref)) continue;
    for (const ObjectView& pod : workload.pods)
      if (tell_unschedulable(c, workload, pod)) break;
  }
}

}  // namespace ai_ops::diagnosis
