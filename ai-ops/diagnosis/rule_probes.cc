// A container that is killed, or gets no traffic, because of one of its probes.
//
// Faults    liveness-port-mismatch, liveness-protocol-mismatch, liveness-timing, liveness-failed; the same of
//           readiness; startup-probe-failed.
// Symptoms  restarts by the kubelet ("failed liveness probe, will be restarted"); a container that runs and is not
//           ready.
// Evidence  the probe and the ports in the pod's spec, the container's state, the newest Unhealthy and Killing events.
// Source    Kubernetes: "Configure Liveness, Readiness and Startup Probes"; the kubelet's prober: a liveness or startup
//           probe that fails failureThreshold times in a row ends the container, a readiness probe takes it out of
//           the Services. A pod's spec cannot change, so a probe that ever succeeded in the pod is defined well; one
//           that never did, against a port that nothing declares or another protocol, is not.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "ai-ops/diagnosis/probe_verdict.h"
#include "ai-ops/diagnosis/rollout.h"
#include "ai-ops/diagnosis/rules.h"
#include "ai-ops/diagnosis/service_use.h"

namespace ai_ops::diagnosis {
namespace {

using Harm = FailingProbe::Harm;
using Wrong = ProbeVerdict::Wrong;

constexpr std::size_t kMaxJudged = 4;  // containers of one workload: its pods share a template

struct FaultRow {
  ProbeKind kind;
  Wrong wrong;
  std::string_view fault;
};
constexpr std::array kFaults{
    FaultRow{ProbeKind::liveness, Wrong::port, "liveness-port-mismatch"},
    FaultRow{ProbeKind::liveness, Wrong::protocol, "liveness-protocol-mismatch"},
    FaultRow{ProbeKind::liveness, Wrong::timing, "liveness-timing"},
    FaultRow{ProbeKind::liveness, Wrong::program, "liveness-failed"},
    FaultRow{ProbeKind::readiness, Wrong::port, "readiness-port-mismatch"},
    FaultRow{ProbeKind::readiness, Wrong::protocol, "readiness-protocol-mismatch"},
    FaultRow{ProbeKind::readiness, Wrong::timing, "readiness-timing"},
    FaultRow{ProbeKind::readiness, Wrong::program, "readiness-failed"},
};

std::string_view fault_of(ProbeKind kind, Wrong wrong) {
  auto row = std::ranges::find_if(kFaults, [&](const FaultRow& r) { return r.kind == kind && r.wrong == wrong; });
  return row == kFaults.end() ? "startup-probe-failed" : row->fault;
}

std::string headline_of(const FailingProbe& failing) {
  std::string_view kind = to_string(failing.probe.kind);
  switch (failing.harm) {
    case Harm::kills: return fmt::format("is killed by its {} probe", kind);
    case Harm::will_kill: return fmt::format("its {} probe fails and will have it killed", kind);
    case Harm::no_traffic: return fmt::format("runs but its {} probe fails", kind);
  }
  return {};
}

struct Judged {
  FailingProbe failing;
  ProbeVerdict verdict;
  // What kills before what keeps traffic away, what is proven before what is not.
  auto rank() const {
    return std::tuple(failing.harm, verdict.wrong == Wrong::program, -static_cast<int>(verdict.certainty));
  }
};

void cite(Case& c, Draft& draft, const Workload& workload, const Judged& judged) {
  const FailingProbe& failing = judged.failing;
  const Container& container = failing.container;
  for (const std::string& field : judged.verdict.fields)
    if (!field.empty()) draft.cite(container.pod, field);
  if (failing.unhealthy) draft.cite_event(*failing.unhealthy);
  if (failing.harm == Harm::no_traffic) draft.cite(container.pod, container.status_path + ".ready");
  if (failing.harm != Harm::kills) return;
  if (failing.killing) draft.cite_event(*failing.killing);
  draft.cite(container.pod, container.status_path + ".restartCount");
  draft.cite(container.pod, container.status_path + ".lastState.terminated.exitCode");
  if (judged.verdict.wrong != Wrong::program) return;
  for (const LogExcerpt* log : c.logs_of(workload, container.name))
    if (auto line = cause_line(*log)) draft.cite(log_evidence(*log, *line));
}

std::string detail_of(const Judged& judged) {
  const FailingProbe& failing = judged.failing;
  if (failing.harm != Harm::kills || judged.verdict.wrong != Wrong::program) return judged.verdict.detail;
  std::string restarts =
      fmt::format("{} restart{}", failing.container.restarts(), failing.container.restarts() == 1 ? "" : "s");
  if (!judged.verdict.detail.empty()) return fmt::format("{}, {}", judged.verdict.detail, restarts);
  auto code = failing.container.status["lastState"]["terminated"]["exitCode"].integer();
  return code ? fmt::format("exit {}, {}", *code, restarts) : restarts;
}

void tell(Case& c, const Workload& workload, const Judged& judged, bool all_pods) {
  const auto& [failing, verdict] = judged;
  Draft& draft = c.symptom(workload, fault_of(failing.probe.kind, verdict.wrong), headline_of(failing));
  bool may_pass = verdict.wrong == Wrong::program || verdict.certainty != Certainty::shown;
  if (failing.harm == Harm::kills && all_pods)
    draft.severity = Severity::critical;  // it serves between two kills at most
  if (failing.harm == Harm::will_kill || (may_pass && is_rolling_out(workload.object)))
    draft.severity = Severity::warning;
  draft.detail = detail_of(judged);
  draft.container = failing.container.name;
  draft.certainty = verdict.certainty;
  draft.may_come_from_a_dependency = may_pass;
  cite(c, draft, workload, judged);
}

// A pod of which nothing says that a probe fails: most are like that.
bool looks_well(const Cluster& cluster, const ObjectView& pod) {
  if (!is_ready(pod)) return false;
  auto events = cluster.events_about(pod);
  return std::ranges::none_of(events, [](const ObjectView& event) {
    std::string_view reason = event.root()["reason"].text();
    return reason == "Unhealthy" || reason == "Killing";
  });
}

bool is_worth_telling(const Workload& workload, const Judged& judged) {
  const auto& [failing, verdict] = judged;
  if (failing.harm == Harm::will_kill) return verdict.wrong == Wrong::port || verdict.wrong == Wrong::protocol;
  // While pods are being replaced, not being ready is to be expected; an event must tell that it is the probe.
  return failing.harm == Harm::kills || failing.unhealthy || verdict.wrong != Wrong::program ||
         !is_rolling_out(workload.object);
}

// Of those that do what this pass is about, the worst one of the workload.
void look_at(Case& c, const Workload& workload, bool at_kills, std::optional<ServicesOfPods>& services) {
  std::optional<Judged> worst;
  std::size_t judged_count = 0, ill = 0;
  for (const ObjectView& pod : workload.pods) {
    if (looks_well(c.cluster(), pod)) continue;
    bool is_ill = false;
    for (const Container& container : containers_of(pod)) {
      auto failing = failing_probe_of(c.cluster(), container, c.now());
      if (!failing || (failing->harm == Harm::kills) != at_kills) continue;
      is_ill = true;
      if (++judged_count > kMaxJudged) continue;
      if (!services) services.emplace(c.cluster());
      Judged judged{*failing, verdict_of(c.cluster(), workload, services->of(pod), *failing)};
      if (is_worth_telling(workload, judged) && (!worst || judged.rank() < worst->rank())) worst = std::move(judged);
    }
    ill += is_ill ? 1 : 0;
  }
  if (worst) tell(c, workload, *worst, ill == workload.pods.size());
}

void look_at_all(Case& c, bool at_kills) {
  std::optional<ServicesOfPods> services;
  for (const Workload& workload : c.cluster().workloads())
    if (!c.has_symptom(workload.ref)) look_at(c, workload, at_kills, services);
}

}  // namespace

void find_probe_kills(Case& c) { look_at_all(c, true); }
void find_probes(Case& c) { look_at_all(c, false); }

}  // namespace ai_ops::diagnosis
