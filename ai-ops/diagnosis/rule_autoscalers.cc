// HorizontalPodAutoscalers that cannot do their work.
// Faults: autoscaler-target-missing, autoscaler-target-unsized (a cause, on the workload), autoscaler-cannot-read,
// autoscaler-at-limit.
// Evidence: scaleTargetRef, the conditions AbleToScale and ScalingActive, the containers' requests, the metrics against
// their targets at maxReplicas.
// How Kubernetes works: utilization is a share of what the pods request, so every container of the target has to
// request the measured resource. ScalingActive is False when no metric could be read; ScalingDisabled only says that
// the target is scaled to 0. Within a tenth of its target the autoscaler lets things be.
// Source: kubernetes/pkg/controller/podautoscaler (horizontal.go, replica_calculator.go).
#include <fmt/format.h>

#include <algorithm>

#include "ai-ops/diagnosis/condition.h"
#include "ai-ops/diagnosis/milli.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

using namespace std::chrono_literals;

constexpr auto kSettling = 2min;  // of new pods, whose metrics come with some delay
constexpr std::int64_t kTolerancePercent = 10;

struct Target {
  std::string kind;
  std::string name;
  std::optional<ObjectView> object;
  const Workload* workload = nullptr;
  std::string text() const { return quote(fmt::format("{} {}", kind, name)); }
};

Target target_of(const Cluster& cluster, const ObjectView& autoscaler) {
  json::View ref = autoscaler.spec()["scaleTargetRef"];
  Target out{std::string(ref["kind"].text()), std::string(ref["name"].text()), {}};
  out.object = cluster.snapshot().find(out.kind, autoscaler.namespace_name(), out.name);
  if (out.object) out.workload = cluster.workload_of(*out.object);
  return out;
}

bool tell_missing_target(Case& c, const ObjectView& autoscaler, const Target& target) {
  if (target.object || target.name.empty()) return false;
  auto able = condition_of(autoscaler, "AbleToScale");
  bool is_said =
      able && able->status() == "False" && able->reason() == "FailedGetScale" && able->message().contains("not found");
  if (!is_said && !c.cluster().sees(target.kind, autoscaler.namespace_name())) return false;
  Draft& draft = c.symptom(autoscaler.ref(), "autoscaler-target-missing", Severity::warning,
                           fmt::format("scales {}, which does not exist", target.text()));
  draft.cite(autoscaler, "spec.scaleTargetRef.kind");
  draft.cite(autoscaler, "spec.scaleTargetRef.name");
  if (is_said) draft.cite(autoscaler, able->path + ".message");
  return true;
}

// ---- what is measured as a share of the requests

struct Measured {
  std::string resource;
  std::string container;  // empty: all
};

std::vector<Measured> measured_by(const ObjectView& autoscaler, const std::optional<Condition>& active) {
  std::vector<Measured> out;
  for (const json::Value& value : autoscaler.spec()["metrics"].array()) {
    json::View metric(value);
    json::View source = metric["type"].text() == "ContainerResource" ? metric["containerResource"] : metric["resource"];
    if (source["target"]["type"].text() == "Utilization")
      out.push_back({std::string(source["name"].text()), std::string(source["container"].text())});
  }
  constexpr std::string_view kMissing = "missing request for ";
  std::string_view said = active ? active->message() : std::string_view();
  if (std::size_t at = said.find(kMissing); at != said.npos) {
    said.remove_prefix(at + kMissing.size());
    out.push_back({std::string(said.substr(0, said.find(' '))), ""});
  }
  return out;
}

struct Unsized {
  std::string resource;
  std::string container;
  std::string path;  // of the container in the pod
};

std::optional<Unsized> unsized_in(const ObjectView& pod, const std::vector<Measured>& measured) {
  const json::Array& containers = pod.spec()["containers"].array();
  for (const Measured& what : measured) {
    for (std::size_t i = 0; i < containers.size(); ++i) {
      json::View container(containers[i]);
      bool counts = what.container.empty() || container["name"].text() == what.container;
      if (counts && !container["resources"]["requests"][what.resource])
        return Unsized{what.resource, std::string(container["name"].text()), fmt::format("spec.containers[{}]", i)};
    }
  }
  return std::nullopt;
}

// The pods tell, not the template: limits and defaults of the namespace become requests as pods are made.
std::optional<std::size_t> unsized_target(Case& c, const ObjectView& autoscaler, const Target& target,
                                          const std::vector<Measured>& measured) {
  if (target.workload == nullptr || target.workload->pods.empty()) return std::nullopt;
  const ObjectView& pod = target.workload->pods.front();
  auto unsized = unsized_in(pod, measured);
  if (!unsized) return std::nullopt;
  Draft& draft = c.cause(target.workload->ref, "autoscaler-target-unsized",
                         fmt::format("container {} requests no {}, by which HorizontalPodAutoscaler {} scales it",
                                     quote(unsized->container), quote(unsized->resource), autoscaler.name()));
  draft.container = unsized->container;
  draft.cite(pod, unsized->path + ".name");
  draft.cite(pod, unsized->path + ".resources");
  draft.cite(autoscaler, "spec.metrics");
  return c.last_index();
}

void link_causes(Case& c, std::size_t symptom, const Target& target) {
  if (target.workload != nullptr && readiness_of(*target.workload).ready == 0)
    for (std::size_t cause : c.symptoms_of(target.workload->ref)) c.link(symptom, cause);
  // Resource metrics are those of this server, where a cluster has it.
  if (auto server = c.cluster().snapshot().find("Deployment", "kube-system", "metrics-server"))
    for (std::size_t cause : c.symptoms_of(server->ref())) c.link(symptom, cause);
}

bool tell_cannot_read(Case& c, const ObjectView& autoscaler, const Target& target) {
  auto active = condition_of(autoscaler, "ScalingActive");
  if (active && (active->status() != "False" || active->reason() == "ScalingDisabled")) return false;
  if (active && !active->has_held(c.now(), kSettling)) return false;
  auto unsized = unsized_target(c, autoscaler, target, measured_by(autoscaler, active));
  if (!active && !unsized) return false;
  Draft& draft = c.symptom(autoscaler.ref(), "autoscaler-cannot-read", Severity::warning,
                           fmt::format("cannot scale {}", target.text()));
  if (active) {
    draft.detail = quote(active->message().empty() ? active->reason() : active->message());
    draft.cite(autoscaler, active->path + ".reason");
    draft.cite(autoscaler, active->path + ".message");
  }
  draft.cite(autoscaler, "spec.scaleTargetRef.name");
  std::size_t symptom = c.last_index();
  if (unsized) {
    c.link(symptom, *unsized);
  } else {
    link_causes(c, symptom, target);
  }
  return true;
}

// ---- as many as it may, and still not enough

struct AboveTarget {
  std::string resource;
  std::int64_t is = 0, wanted = 0;  // percent of the requests
  std::string is_path, wanted_path;
};

std::optional<AboveTarget> above_target(const ObjectView& autoscaler) {
  const json::Array& wanted = autoscaler.spec()["metrics"].array();
  const json::Array& current = autoscaler.status()["currentMetrics"].array();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    json::View want = json::View(wanted[i])["resource"];
    for (std::size_t j = 0; j < current.size(); ++j) {
      json::View is = json::View(current[j])["resource"];
      auto limit = want["target"]["averageUtilization"].integer(),
           value = is["current"]["averageUtilization"].integer();
      if (is["name"].text() != want["name"].text() || !limit || !value) continue;
      if (times(*value, 100) > times(*limit, 100 + kTolerancePercent))
        return AboveTarget{std::string(want["name"].text()), *value, *limit,
                           fmt::format("status.currentMetrics[{}].resource.current.averageUtilization", j),
                           fmt::format("spec.metrics[{}].resource.target.averageUtilization", i)};
    }
  }
  return std::nullopt;
}

void tell_at_limit(Case& c, const ObjectView& autoscaler, const Target& target) {
  auto most = autoscaler.spec()["maxReplicas"].integer(), now = autoscaler.status()["currentReplicas"].integer();
  if (!most || !now || *now < *most) return;
  auto above = above_target(autoscaler);
  if (!above) return;
  Draft& draft = c.symptom(autoscaler.ref(), "autoscaler-at-limit", Severity::warning,
                           fmt::format("cannot scale {} any further", target.text()));
  draft.detail = fmt::format("at its {} replicas {} is at {} % of the requests, its target is {} %", *most,
                             quote(above->resource), above->is, above->wanted);
  draft.cite(autoscaler, "spec.maxReplicas");
  draft.cite(autoscaler, "status.currentReplicas");
  draft.cite(autoscaler, above->is_path);
  draft.cite(autoscaler, above->wanted_path);
}

}  // namespace

void find_autoscalers(Case& c) {
  for (const ObjectView& autoscaler : c.cluster().snapshot().of_kind("HorizontalPodAutoscaler")) {
    Target target = target_of(c.cluster(), autoscaler);
    if (tell_missing_target(c, autoscaler, target) || tell_cannot_read(c, autoscaler, target)) continue;
    tell_at_limit(c, autoscaler, target);
  }
}

}  // namespace ai_ops::diagnosis
