// A workload that is scaled to 0 while something still calls it.
// Fault: scaled-to-zero; critical when calls are seen to fail, a warning when something calls it, info when only a
// Service waits for its pods.
// Evidence: spec.replicas, the Service that selects nothing else, and who calls that: a variable of another workload,
// an Ingress, the call graph; failed connections and alerts of the Service; the event of the scaling. How Kubernetes
// works: a Service without pods refuses every connection. Nothing scales a workload up again but an autoscaler whose
// minReplicas is 0.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "ai-ops/diagnosis/endpoint.h"
#include "ai-ops/diagnosis/observed.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

constexpr std::size_t kMaxNamed = 3;  // callers in a title

struct Caller {
  std::string name;  // as the title says it
  ObjectView object;
  std::string path;                    // where it names the Service
  const Workload* workload = nullptr;  // null: it is none
};
using Place = std::pair<std::string, std::string>;  // namespace and name of a Service
using Callers = std::multimap<Place, Caller>;

void add_workloads(const Cluster& cluster, Callers& out) {
  for (const Workload& workload : cluster.workloads()) {
    for (const Endpoint& endpoint : endpoints_of(workload)) {
      Resolved resolved = resolve(cluster, workload, endpoint.host);
      if (resolved.meaning == Meaning::service)
        out.emplace(Place{resolved.namespace_name, resolved.name},
                    Caller{workload.ref.name, workload.object, endpoint.path, &workload});
    }
  }
}

void add_ingresses(const Cluster& cluster, Callers& out) {
  for (const ObjectView& ingress : cluster.snapshot().of_kind("Ingress")) {
    auto add = [&](json::View backend, const std::string& path) {
      std::string service(backend["service"]["name"].text());
      if (!service.empty())
        out.emplace(Place{std::string(ingress.namespace_name()), service},
                    Caller{fmt::format("Ingress {}", ingress.name()), ingress, path + ".service.name"});
    };
    add(ingress.spec()["defaultBackend"], "spec.defaultBackend");
    const json::Array& rules = ingress.spec()["rules"].array();
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const json::Array& paths = json::View(rules[i])["http"]["paths"].array();
      for (std::size_t j = 0; j < paths.size(); ++j)
        add(json::View(paths[j])["backend"], fmt::format("spec.rules[{}].http.paths[{}].backend", i, j));
    }
  }
}

// Those that the call graph knows; what stands behind the Service that calls is the workload.
void add_called_by(const Cluster& cluster, Callers& out) {
  for (const ObjectView& calls : cluster.snapshot().of_kind(observed::kCallGraph)) {
    Place place{std::string(calls.namespace_name()), std::string(calls.name())};
    for (const json::Value& value : calls.spec()["called_by"].array()) {
      Caller caller{std::string(json::View(value).text()), calls, "spec.called_by"};
      auto service = cluster.snapshot().find("Service", place.first, caller.name);
      auto behind = service ? cluster.behind(*service) : std::vector<const Workload*>();
      if (!behind.empty()) caller.workload = behind.front();
      out.emplace(place, std::move(caller));
    }
  }
}

Callers callers_in(const Cluster& cluster) {
  Callers out;
  add_workloads(cluster, out);
  add_ingresses(cluster, out);
  add_called_by(cluster, out);
  return out;
}

using Target = std::tuple<std::string, std::string, std::string>;  // namespace, kind, name

// What is looked up for each workload, gathered once.
struct Around {
  std::set<Target> may_rest;  // targets of autoscalers whose minReplicas is 0
  std::map<std::string, std::vector<ObjectView>, std::less<>> services;  // by namespace
  Callers callers;
};

Around around_in(const Cluster& cluster) {
  Around out{{}, {}, callers_in(cluster)};
  for (const ObjectView& service : cluster.snapshot().of_kind("Service"))
    out.services[std::string(service.namespace_name())].push_back(service);
  for (const ObjectView& autoscaler : cluster.snapshot().of_kind("HorizontalPodAutoscaler")) {
    json::View target = autoscaler.spec()["scaleTargetRef"];
    if (autoscaler.spec()["minReplicas"].integer_or(1) == 0)
      out.may_rest.emplace(autoscaler.namespace_name(), target["kind"].text(), target["name"].text());
  }
  return out;
}

// That only this workload would serve.
std::vector<ObjectView> services_of(const Cluster& cluster, const Around& around, const Workload& workload) {
  std::vector<ObjectView> out;
  auto near = around.services.find(workload.ref.namespace_name);
  if (near == around.services.end()) return out;
  std::ranges::copy_if(near->second, std::back_inserter(out), [&](const ObjectView& service) {
    return foundation::kubernetes::plain_selector_matches(service.spec()["selector"], pod_labels_of(workload)) &&
           cluster.pods_behind(service).empty();
  });
  return out;
}

struct Suffering {
  ObjectView object;
  std::string path;
};

// What is seen of the Service from outside: connections that fail, alerts.
std::vector<Suffering> suffering_of(const Cluster& cluster, const ObjectView& service) {
  std::vector<Suffering> out;
  for (const ObjectView& check : cluster.snapshot().of_kind(observed::kServiceCheck))
    if (check.namespace_name() == service.namespace_name() && check.spec()["service"].text() == service.name() &&
        !check.status()["reached"].boolean_or(true))
      out.push_back({check, "status.message"});
  for (const ObjectView& alert : cluster.snapshot().of_kind(observed::kAlert))
    if (alert.namespace_name() == service.namespace_name() && alert.spec()["kind"].text() == "Service" &&
        alert.spec()["name"].text() == service.name())
      out.push_back({alert, "status.text"});
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

std::string caller_words(const std::vector<const Caller*>& callers, const std::vector<ObjectView>& services) {
  if (callers.empty()) return fmt::format("Service {} has no other pod behind it", services.front().name());
  std::string out;
  for (std::size_t i = 0; i < std::min(callers.size(), kMaxNamed); ++i)
    out += fmt::format("{}{}", i == 0 ? "" : ", ", quote(callers[i]->name));
  if (callers.size() > kMaxNamed) out += fmt::format(" and {} more", callers.size() - kMaxNamed);
  return fmt::format("{} call{} Service {}", out, callers.size() == 1 ? "s" : "", services.front().name());
}

void tell(Case& c, const Workload& workload, const std::vector<ObjectView>& services, const Callers& all) {
  std::vector<const Caller*> callers;
  std::vector<Suffering> suffering;
  for (const ObjectView& service : services) {
    auto [first, last] = all.equal_range({std::string(service.namespace_name()), std::string(service.name())});
    for (auto at = first; at != last; ++at)
      if (std::ranges::find(callers, at->second.name, &Caller::name) == callers.end()) callers.push_back(&at->second);
    std::ranges::copy(suffering_of(c.cluster(), service), std::back_inserter(suffering));
  }
  Severity severity = !suffering.empty() ? Severity::critical : callers.empty() ? Severity::info : Severity::warning;
  Draft& draft = c.symptom(workload.ref, "scaled-to-zero", severity, "is scaled to 0");
  draft.detail = caller_words(callers, services);
  draft.cite(workload.object, "spec.replicas");
  draft.cite(services.front(), "spec.selector");
  for (const Caller* caller : callers) draft.cite(caller->object, caller->path);
  for (const Suffering& one : suffering) draft.cite(one.object, one.path);
  if (auto event = scaling_event(c, workload)) draft.cite_event(*event);
  std::size_t index = c.last_index();
  for (const Caller* caller : callers) {
    // The endpoints rule links those that name the address.
    bool is_of_the_graph = caller->object.kind() == observed::kCallGraph && caller->workload != nullptr;
    if (!is_of_the_graph) continue;
    for (std::size_t symptom : c.symptoms_of(caller->workload->ref))
      if (c.drafts()[symptom].may_come_from_a_dependency) c.link(symptom, index);
  }
}

}  // namespace

void find_scaled_to_zero(Case& c) {
  std::optional<Around> around;  // made once, if at all
  for (const Workload& workload : c.cluster().workloads()) {
    bool is_zero = workload.object.spec()["replicas"].integer() == 0 && workload.pods.empty();
    if (!is_zero || c.has_symptom(workload.ref)) continue;
    if (!around) around = around_in(c.cluster());
    const ObjectRef& ref = workload.ref;
    auto services = services_of(c.cluster(), *around, workload);
    if (!services.empty() && !around->may_rest.contains({ref.namespace_name, ref.kind, ref.name}))
      tell(c, workload, services, around->callers);
  }
}

}  // namespace ai_ops::diagnosis
