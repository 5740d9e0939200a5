#include "demo-cluster/world/faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "demo-cluster/world/dependencies.h"
#include "demo-cluster/world/pod_facts.h"

namespace demo_cluster::world {
namespace {

constexpr std::int64_t kKilled = 137;          // 128 + SIGKILL
constexpr Milliseconds kPatience{8'000};       // how long a program waits for what is there but not ready
constexpr Milliseconds kFirstBackoff{10'000};  // as the real kubelet
constexpr Milliseconds kLongestBackoff{300'000};

bool is_meant(json::View pod, json::View container) {
  auto name = annotation(pod, "demo/container");
  if (name.empty()) name = pod["spec"]["containers"][0]["name"].text();
  return container["name"].text() == name;
}

std::int64_t exit_code_of(json::View pod) {
  auto text = annotation(pod, "demo/exit-code");
  std::int64_t code = 1;
  std::from_chars(text.data(), text.data() + text.size(), code);
  return code;
}

Fault crash(json::View pod, json::View) {
  Fault fault{.kind = FaultKind::crash};
  fault.exit_code = exit_code_of(pod);
  return fault;
}

Fault out_of_memory(json::View, json::View) {
  Fault fault{.kind = FaultKind::crash};
  fault.exit_code = kKilled;
  fault.reason = "OOMKilled";
  fault.run_time = Milliseconds(2'000);
  return fault;
}

Fault image_pull(json::View, json::View container) {
  Fault fault{.kind = FaultKind::image_pull};
  auto image = container["image"].text();
  fault.message = fmt::format(
      "rpc error: code = NotFound desc = failed to pull and unpack image \"{0}\": failed to resolve reference \"{0}\": "
      "{0}: not found",
      image);
  return fault;
}

Fault unready(json::View, json::View) { return {.kind = FaultKind::unready}; }

struct Row {
  std::string_view name;
  Fault (*make)(json::View pod, json::View container);
};

constexpr Row kScripted[] = {
    {"CrashLoopBackOff", crash},
    {"OOMKilled", out_of_memory},
    {"ImagePullBackOff", image_pull},
    {"Unready", unready},
};

bool exists(const Store& store, std::string_view kind, json::View pod, std::string_view name) {
  return store.find({std::string(kind), std::string(pod["metadata"]["namespace"].text()), std::string(name)}) !=
         nullptr;
}

struct Reference {
  std::string_view member, kind, word;
};
constexpr Reference kReferences[] = {{"configMapKeyRef", "ConfigMap", "configmap"},
                                     {"secretKeyRef", "Secret", "secret"},
                                     {"configMapRef", "ConfigMap", "configmap"},
                                     {"secretRef", "Secret", "secret"}};

std::optional<std::string> missing_in(const Store& store, json::View pod, json::View source) {
  for (const auto& row : kReferences) {
    auto ref = source[row.member];
    if (!ref || ref["optional"].boolean_or(false) || exists(store, row.kind, pod, ref["name"].text())) continue;
    return fmt::format("{} \"{}\" not found", row.word, ref["name"].text());
  }
  return std::nullopt;
}

std::optional<std::string> missing_config(const Store& store, json::View pod, json::View container) {
  for (const auto& variable : container["env"].array())
    if (auto why = missing_in(store, pod, json::View(variable)["valueFrom"])) return why;
  for (const auto& source : container["envFrom"].array())
    if (auto why = missing_in(store, pod, source)) return why;
  return std::nullopt;
}

Fault missing_endpoint(const Store& store, json::View pod, json::View container, std::string_view variable) {
  auto url = env_value(store, pod, container, variable);
  auto endpoint = parse_endpoint(url);
  Fault fault{.kind = FaultKind::crash};
  fault.only_at_start = true;
  if (!endpoint) {
    fault.last_words = fmt::format("fatal: {} is not a URL with a host and a port", variable);
    return fault;
  }
  auto reached = reach(store, pod["metadata"]["namespace"].text(), *endpoint);
  if (reached.what == Reach::answered) return {};
  if (reached.what == Reach::nobody_ready) fault.run_time = kPatience;
  fault.last_words = fmt::format("fatal: cannot open {}: {}", variable, failure_text(reached));
  return fault;
}

}  // namespace

Fault fault_of(const Store& store, json::View pod, json::View container) {
  if (auto why = missing_config(store, pod, container)) {
    Fault fault{.kind = FaultKind::missing_config};
    fault.message = *why;
    return fault;
  }
  if (!is_meant(pod, container)) return {};
  auto scripted = annotation(pod, "demo/fail");
  for (const auto& row : kScripted)
    if (row.name == scripted) return row.make(pod, container);
  if (auto variable = annotation(pod, "demo/needs-endpoint"); !variable.empty())
    return missing_endpoint(store, pod, container, variable);
  return {};
}

Milliseconds backoff_of(json::View pod, std::int64_t restarts) {
  auto doublings = std::clamp<std::int64_t>(restarts - 1, 0, 5);
  return duration_of(annotation(pod, "demo/backoff"), std::min(kFirstBackoff * (1 << doublings), kLongestBackoff));
}

Milliseconds pull_retry_of(json::View pod) {
  return duration_of(annotation(pod, "demo/pull-retry"), Milliseconds(20'000));
}

std::string start_lines(json::View pod, json::View container) {
  if (auto lines = annotation(pod, "demo/log"); !lines.empty() && is_meant(pod, container)) return std::string(lines);
  return fmt::format("starting {}\n", container["name"].text());
}

std::string_view called_variable(json::View pod, json::View container) {
  return is_meant(pod, container) ? annotation(pod, "demo/calls") : std::string_view{};
}

}  // namespace demo_cluster::world
