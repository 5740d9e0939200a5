// A workload that is scaled to 0 while something still calls it.
// Fault: scaled-to-zero; critical when calls are seen to fail (tries to connect, alerts of errors), a warning when
// something calls it, info when only a Service waits for its pods.
// Evidence: spec.replicas, the Service that selects nothing else, and who calls that: a variable of another workload,
// an Ingress, the call graph; the calls that failed; the event of the scaling. How Kubernetes works: a Service without
// pods refuses every connection. Nothing scales a workload up again but an autoscaler whose minReplicas is 0.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "ai-ops/diagnosis/observed.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"
#include "ai-ops/diagnosis/service_use.h"

namespace ai_ops::diagnosis {
namespace {

constexpr std::size_t kMaxNamed = 3;  // callers in a title

// Whoever calls a Service, as the title says it.
struct Named {
  std::string name;
  ObjectView object;
  std::string path;                    // where it names the Service
  const Workload* workload = nullptr;  // of the call graph
};

// Those that the call graph knows; what stands behind the Service that calls is the workload.
void add_called_by(const Cluster& cluster, const ObjectView& service, std::vector<Named>& out) {
  std::string_view home = service.namespace_name();
  auto graph = cluster.snapshot().find(observed::kCallGraph, home, service.name());
  if (!graph) return;
  for (const json::Value& value : graph->spec()["called_by"].array()) {
    Named caller{std::string(json::View(value).text()), *graph, "spec.called_by"};
    auto calling = cluster.snapshot().find("Service", home, caller.name);
    auto behind = calling ? cluster.behind(*calling) : std::vector<const Workload*>();
    if (!behind.empty()) caller.workload = behind.front();
    out.push_back(std::move(caller));
  }
}

std::vector<Named> callers_of(const Cluster& cluster, const ServiceUse& use, const ObjectView& service) {
  std::vector<Named> out;
  for (const Caller& caller : use.callers_of(service))
    out.push_back({caller.workload->ref.name, caller.workload->object, caller.endpoint.path});
  for (const IngressCaller& caller : use.ingresses_to(service))
    out.push_back({fmt::format("Ingress {}", caller.ingress.name()), caller.ingress, caller.path});
  add_called_by(cluster, service, out);
  return out;
}

using Target = std::tuple<std::string, std::string, std::string>;  // namespace, kind, name

// More calls fail than usual.
bool tells_of_errors(const ObjectView& alert, WallTime now) {
  if (observed::is_over(alert.status(), now)) return false;
  auto normal = observed::number_of(alert.status()["normal"]), current = observed::number_of(alert.status()["current"]);
  return alert.spec()["metric"].text() == "errors" && (!current || *current > normal.value_or(0));
}

// What is looked up for each workload, gathered once.
struct Around {
  explicit Around(const Cluster& cluster) : use(cluster), services(cluster) {
    for (const ObjectView& autoscaler : cluster.snapshot().of_kind("HorizontalPodAutoscaler")) {
      json::View target = autoscaler.spec()["scaleTargetRef"];
      if (autoscaler.spec()["minReplicas"].integer_or(1) == 0)
        may_rest.emplace(autoscaler.namespace_name(), target["kind"].text(), target["name"].text());
    }
    for (const ObjectView& alert : cluster.snapshot().of_kind(observed::kAlert))
      if (alert.spec()["kind"].text() == "Service" && tells_of_errors(alert, cluster.snapshot().at()))
        failing_calls[{std::string(alert.namespace_name()), std::string(alert.spec()["name"].text())}].push_back(alert);
  }
  ServiceUse use;
  ServicesOfPods services;
  std::set<Target> may_rest;  // targets of autoscalers whose minReplicas is 0
  std::map<std::pair<std::string, std::string>, std::vector<ObjectView>> failing_calls;  // alerts, by their Service
};

// That only this workload would serve.
std::vector<ObjectView> services_of(const Cluster& cluster, const Around& around, const Workload& workload) {
  auto out = around.services.of_labels(workload.ref.namespace_name, pod_labels_of(workload));
  std::erase_if(out, [&](const ObjectView& service) { return !cluster.pods_behind(service).empty(); });
  return out;
}

struct Suffering {
  ObjectView object;
  std::string path;
};

// Calls of the Service that are seen to fail. That its traffic fell to nothing is what scaling to 0 is for.
std::vector<Suffering> suffering_of(const Around& around, const ObjectView& service) {
  std::vector<Suffering> out;
  for (const ObjectView& check : around.use.checks_of(service))
    if (!check.status()["reached"].boolean_or(true)) out.push_back({check, "status.message"});
  auto alerts = around.failing_calls.find({std::string(service.namespace_name()), std::string(service.name())});
  if (alerts == around.failing_calls.end()) return out;
  for (const ObjectView& alert : alerts->second) out.push_back({alert, "status.text"});
  return out;
}

std::optional<ObjectView> scaling_event(const Case& c, const Workload& workload) {
  for (const ObjectView& event : c.cluster().events_about(workload.object)) {
    std::string_view message = event.root()["message"].text();
    bool is_down = message.contains("Scaled down") || message.contains("scaled down");
    if (event.root()["reason"].text() == "ScalingReplicaSet")
      return is_down && message.contains("to 0") ? std::optional(event) : std::nullopt;
  }
  return std::nullopt;
}

std::string caller_words(const std::vector<Named>& callers, const std::vector<ObjectView>& services) {
  if (callers.empty()) return fmt::format("Service {} has no other pod behind it", services.front().name());
  std::string out;
  for (std::size_t i = 0; i < std::min(callers.size(), kMaxNamed); ++i)
    out += fmt::format("{}{}", i == 0 ? "" : ", ", quote(callers[i].name));
  if (callers.size() > kMaxNamed) out += fmt::format(" and {} more", callers.size() - kMaxNamed);
  return fmt::format("{} call{} Service {}", out, callers.size() == 1 ? "s" : "", services.front().name());
}

void tell(Case& c, const Around& around, const Workload& workload, const std::vector<ObjectView>& services) {
  std::vector<Named> callers;
  std::vector<Suffering> suffering;
  for (const ObjectView& service : services) {
    for (Named& caller : callers_of(c.cluster(), around.use, service))
      if (std::ranges::find(callers, caller.name, &Named::name) == callers.end()) callers.push_back(std::move(caller));
    std::ranges::copy(suffering_of(around, service), std::back_inserter(suffering));
  }
  Severity severity = !suffering.empty() ? Severity::critical : callers.empty() ? Severity::info : Severity::warning;
  Draft& draft = c.symptom(workload.ref, "scaled-to-zero", severity, "is scaled to 0");
  draft.detail = caller_words(callers, services);
  draft.cite(workload.object, "spec.replicas");
  draft.cite(services.front(), "spec.selector");
  for (const Named& caller : callers) draft.cite(caller.object, caller.path);
  for (const Suffering& one : suffering) draft.cite(one.object, one.path);
  if (auto event = scaling_event(c, workload)) draft.cite_event(*event);
  std::size_t index = c.last_index();
  for (const Named& caller : callers) {
    if (caller.workload == nullptr) continue;  // the endpoints rule links those that name the address
    for (std::size_t symptom : c.symptoms_of(caller.workload->ref))
      if (c.drafts()[symptom].may_come_from_a_dependency) c.link(symptom, index);
  }
}

}  // namespace

void find_scaled_to_zero(Case& c) {
  std::optional<Around> around;  // made once, if at all
  for (const Workload& workload : c.cluster().workloads()) {
    bool is_zero = workload.object.spec()["replicas"].integer() == 0 && workload.pods.empty();
    if (!is_zero || c.has_symptom(workload.ref)) continue;
    if (!around) around.emplace(c.cluster());
    const ObjectRef& ref = workload.ref;
    auto services = services_of(c.cluster(), *around, workload);
    if (!services.empty() && !around->may_rest.contains({ref.namespace_name, ref.kind, ref.name}))
      tell(c, *around, workload, services);
  }
}

}  // namespace ai_ops::diagnosis
