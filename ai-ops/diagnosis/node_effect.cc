#include "ai-ops/diagnosis/node_effect.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <span>

#include "ai-ops/diagnosis/container.h"
#include "ai-ops/diagnosis/endpoint.h"
#include "ai-ops/diagnosis/phrases.h"

namespace ai_ops::diagnosis {
namespace {

enum class Where {
  always,
  no_event,       // no event tells of it: nobody was there to see it
  no_connection,  // its log tells of one that did not come about; where there is no log, it is configured to call
  no_space,       // an event or a container's state says that the disk is full
  no_process,     // the same of processes
  no_limit,       // the container has no memory limit of its own: the node's memory was its limit
};

struct Effect {
  std::string_view of_node;
  std::string_view symptom;
  Where where = Where::always;
};

// A kubelet starts and ends pods and reports them: without one a pod goes on or does not begin, nobody hears of it, and
// the node lifecycle controller calls it not ready. What a pod says of its image, configuration or exit was reported by
// a kubelet that was there. A runtime makes sandboxes, pulls images and runs containers; those that run go on. A
// network plugin gives a sandbox its address, and probes and calls their way. kube-proxy gives Services theirs: probes
// go to the pod itself, so it hurts only who calls. Pressure shows as what has run out; of the pods that it evicts
// rule_evictions.cc tells. Sources: kubernetes.io/docs/concepts/architecture (nodes, cri),
// concepts/scheduling-eviction.
constexpr Effect kEffects[] = {
    {"kubelet-unavailable", "not-ready"},
    {"kubelet-unavailable", "readiness-failed", Where::no_event},
    {"kubelet-unavailable", "startup-probe-failed", Where::no_event},
    {"kubelet-unavailable", "replicas-unavailable"},
    {"kubelet-unavailable", "rollout-stuck"},
    {"kubelet-unavailable", "stuck-terminating"},
    {"node-not-ready", "not-ready"},
    {"node-not-ready", "readiness-failed", Where::no_event},
    {"node-not-ready", "startup-probe-failed", Where::no_event},
    {"node-not-ready", "replicas-unavailable"},
    {"node-not-ready", "rollout-stuck"},
    {"node-not-ready", "stuck-terminating"},
    {"container-runtime-unavailable", "sandbox-not-created"},
    {"container-runtime-unavailable", "image-not-pulled"},
    {"container-runtime-unavailable", "container-not-configured"},
    {"container-runtime-unavailable", "not-ready"},
    {"container-runtime-unavailable", "replicas-unavailable"},
    {"container-runtime-unavailable", "rollout-stuck"},
    {"container-runtime-unavailable", "stuck-terminating"},
    {"network-plugin-unavailable", "sandbox-not-created"},
    {"network-plugin-unavailable", "liveness-failed"},
    {"network-plugin-unavailable", "readiness-failed"},
    {"network-plugin-unavailable", "startup-probe-failed"},
    {"network-plugin-unavailable", "crash", Where::no_connection},
    {"network-plugin-unavailable", "init-container-failed", Where::no_connection},
    {"network-plugin-unavailable", "not-ready"},
    {"network-plugin-unavailable", "replicas-unavailable"},
    {"network-plugin-unavailable", "rollout-stuck"},
    {"network-plugin-unavailable", "stuck-terminating"},
    {"kube-proxy-unavailable", "crash", Where::no_connection},
    {"kube-proxy-unavailable", "init-container-failed", Where::no_connection},
    {"kube-proxy-unavailable", "liveness-failed", Where::no_connection},
    {"kube-proxy-unavailable", "readiness-failed", Where::no_connection},
    {"kube-proxy-unavailable", "startup-probe-failed", Where::no_connection},
    {"kube-proxy-unavailable", "not-ready", Where::no_connection},
    {"MemoryPressure", "out-of-memory", Where::no_limit},
    {"DiskPressure", "image-not-pulled", Where::no_space},
    {"DiskPressure", "sandbox-not-created", Where::no_space},
    {"DiskPressure", "container-not-configured", Where::no_space},
    {"DiskPressure", "volume-not-mounted", Where::no_space},
    {"DiskPressure", "crash", Where::no_space},
    {"PIDPressure", "sandbox-not-created", Where::no_process},
    {"PIDPressure", "container-not-configured", Where::no_process},
    {"PIDPressure", "crash", Where::no_process},
    {"MemoryPressure", "evicted"},
    {"DiskPressure", "evicted"},
    {"PIDPressure", "evicted"},
};

const Effect* effect(std::string_view of_node, std::string_view symptom) {
  auto row =
      std::ranges::find_if(kEffects, [&](const Effect& e) { return e.of_node == of_node && e.symptom == symptom; });
  return row == std::end(kEffects) ? nullptr : &*row;
}

constexpr std::array<std::string_view, 2> kNoSpace{"no space left on device", "disk quota exceeded"};
constexpr std::array<std::string_view, 2> kNoProcess{"resource temporarily unavailable", "cannot fork"};
constexpr std::array<std::string_view, 4> kNoName{"name resolution", "eai_again", "server misbehaving",
                                                  "name does not resolve"};

bool says(std::string_view text, std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view each) { return contains_words(text, each); });
}

bool cites(const Draft& symptom, const ObjectView& pod) {
  std::string object = fmt::format("Pod/{} ", pod.name()), log = fmt::format("log {}/", pod.name());
  return std::ranges::any_of(symptom.evidence, [&](const Evidence& evidence) {
    return evidence.ref.starts_with(object) || evidence.ref.starts_with(log);
  });
}

// The pods of the node that the symptom may be of.
std::vector<ObjectView> ill_pods(const Workload& workload, std::string_view node, const Draft& symptom) {
  std::vector<ObjectView> out;
  std::ranges::copy_if(workload.pods, std::back_inserter(out), [&](const ObjectView& pod) {
    return pod.spec()["nodeName"].text() == node && (!is_ready(pod) || cites(symptom, pod));
  });
  return out;
}

bool does_not_connect(const Case& c, const Workload& workload, const Draft& symptom) {
  if (!symptom.may_come_from_a_dependency) return false;
  auto logs = c.logs_of(workload, symptom.container);
  std::erase_if(logs, [](const LogExcerpt* log) { return log->lines.empty(); });
  if (!logs.empty())
    return std::ranges::any_of(logs, [](const LogExcerpt* log) {
      auto line = cause_line(*log);
      return line && (log->lines[*line].says.tells_of_a_connection || says(log->lines[*line].text, kNoName));
    });
  return std::ranges::any_of(endpoints_of(workload), [&](const Endpoint& endpoint) {
    return endpoint.container == symptom.container &&
           resolve(c.cluster(), workload, endpoint.host).meaning == Meaning::service;
  });
}

bool pod_says(const Case& c, const ObjectView& pod, std::span<const std::string_view> words) {
  for (const ObjectView& event : c.cluster().events_about(pod))
    if (event.root()["type"].text() != "Normal" && says(event.root()["message"].text(), words)) return true;
  return std::ranges::any_of(containers_of(pod), [&](const Container& container) {
    return says(container.status["state"]["waiting"]["message"].text(), words) ||
           says(container.status["lastState"]["terminated"]["message"].text(), words);
  });
}

bool log_says(const Case& c, const Workload& workload, const Draft& symptom, std::span<const std::string_view> words) {
  return std::ranges::any_of(c.logs_of(workload, symptom.container), [&](const LogExcerpt* log) {
    auto line = cause_line(*log);
    return line && says(log->lines[*line].text, words);
  });
}

bool has_limit(const ObjectView& pod, std::string_view container) {
  return std::ranges::any_of(containers_of(pod), [&](const Container& each) {
    return each.name == container && each.spec["resources"]["limits"]["memory"];
  });
}

bool fits(const Case& c, Where where, const Workload& workload, const Draft& symptom,
          const std::vector<ObjectView>& pods) {
  auto any_says = [&](std::span<const std::string_view> words) {
    return log_says(c, workload, symptom, words) ||
           std::ranges::any_of(pods, [&](const ObjectView& pod) { return pod_says(c, pod, words); });
  };
  switch (where) {
    case Where::always: return true;
    case Where::no_event: return std::ranges::count(symptom.evidence, EvidenceKind::event, &Evidence::kind) == 0;
    case Where::no_connection: return does_not_connect(c, workload, symptom);
    case Where::no_space: return any_says(kNoSpace);
    case Where::no_process: return any_says(kNoProcess);
    case Where::no_limit:
      return std::ranges::none_of(pods, [&](const ObjectView& pod) { return has_limit(pod, symptom.container); });
  }
  return false;
}

}  // namespace

bool may_bring_about(std::string_view of_node, std::string_view symptom) { return effect(of_node, symptom) != nullptr; }

bool is_effect_on(const Case& c, std::string_view of_node, std::string_view node, const Workload& workload,
                  const Draft& symptom) {
  const Effect* row = effect(of_node, symptom.fault);
  if (row == nullptr) return false;
  auto pods = ill_pods(workload, node, symptom);
  return !pods.empty() && fits(c, row->where, workload, symptom, pods);
}

}  // namespace ai_ops::diagnosis
