// A Service that does not lead to the pods it is meant for.
//
// Faults    service-selector-mismatch, service-target-port-mismatch, service-protocol-mismatch, and
//           service-without-endpoints where nobody can be meant.
// Symptoms  callers are refused or wait in vain, although the pods are well.
// Evidence  the Service's selector and ports, the labels and declared ports of the pods; tries to connect
//           (ServiceCheck) and what callers log.
// Source    Kubernetes: "Service"; the endpoint slice controller: endpoints are the pods of the namespace that have
//           all labels of the selector; a targetPort by name is looked up, together with the protocol, in the ports
//           that each pod's containers declare, and gives no endpoint where there is none; one by number is taken as
//           it is, declared or not. So only a name that is missing is certain; a number needs something that
//           contradicts it.
#include <fmt/format.h>

#include <algorithm>

#include "ai-ops/diagnosis/log_words.h"
#include "ai-ops/diagnosis/observed.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"
#include "ai-ops/diagnosis/service_port.h"
#include "ai-ops/diagnosis/service_use.h"
#include "ai-ops/diagnosis/similar_name.h"

namespace ai_ops::diagnosis {
namespace {

using foundation::kubernetes::LabelMap;
using foundation::kubernetes::labels_of;

constexpr std::size_t kMaxLabelBytes = 80;
constexpr std::size_t kMaxChecksCited = 2;

// Read when the first suspect Service turns up: in a healthy cluster never.
class Reading {
 public:
  explicit Reading(const Cluster& cluster) : cluster_(cluster) {}
  const ServiceUse& use() { return use_ ? *use_ : use_.emplace(cluster_); }
  const ServicesOfPods& services() { return services_ ? *services_ : services_.emplace(cluster_); }
  const WorkloadIndex& workloads() { return workloads_ ? *workloads_ : workloads_.emplace(cluster_); }

 private:
  const Cluster& cluster_;
  std::optional<ServiceUse> use_;
  std::optional<ServicesOfPods> services_;
  std::optional<WorkloadIndex> workloads_;
};

struct Suspect {
  const ObjectView& service;
  const std::vector<ObjectView>& pods;  // that it selects
};

// ---- tries to connect

struct Checked {
  std::vector<ObjectView> failed;
  bool reached = false;
};

Checked checked(const ServiceUse& use, const ObjectView& service, std::optional<std::int64_t> port = {}) {
  Checked out;
  for (const ObjectView& check : use.checks_of(service)) {
    if (port && check.spec()["port"].integer_or(*port) != *port) continue;
    bool reached = check.status()["reached"].boolean_or(true);
    out.reached = out.reached || reached;
    if (!reached) out.failed.push_back(check);
  }
  return out;
}

void cite_checks(Draft& draft, const Checked& checks) {
  for (std::size_t i = 0; i < std::min(checks.failed.size(), kMaxChecksCited); ++i)
    draft.cite(checks.failed[i], "status.message");
}

// ---- what its callers log

std::optional<Evidence> refusal_in(const LogExcerpt& log, const ObjectView& service, const Endpoint& endpoint) {
  for (std::size_t i = log.lines.size(); i-- > log.earlier;) {
    const LogLine& line = log.lines[i];
    bool names_it = mentions(line.text, endpoint.host) || mentions(line.text, service.name()) ||
                    mentions(line.text, service.spec()["clusterIP"].text());  // "None" stands in no refusal
    if (names_it && line.says.tells_of_a_connection) return log_evidence(log, i);
  }
  return std::nullopt;
}

std::optional<Evidence> refusal_of(const Case& c, const ServiceUse& use, const ObjectView& service) {
  for (const Caller& caller : use.callers_of(service)) {
    if (caller.workload->ref.namespace_name != service.namespace_name()) continue;
    for (const LogExcerpt* log : c.logs_of(*caller.workload, caller.endpoint.container))
      if (auto refusal = refusal_in(*log, service, caller.endpoint)) return refusal;
  }
  return std::nullopt;
}

void cite_callers(Draft& draft, const ServiceUse& use, const ObjectView& service) {
  const auto& callers = use.callers_of(service);
  if (!callers.empty()) draft.cite(callers.front().workload->object, callers.front().endpoint.path);
}

// ---- the selector

// The pairs of the selector that the labels do not have.
LabelMap missing_pairs(const LabelMap& selector, const LabelMap& labels) {
  LabelMap out;
  for (const auto& [key, value] : selector) {
    auto has = labels.find(key);
    if (has == labels.end() || has->second != value) out.emplace(key, value);
  }
  return out;
}

bool wants_pods(const Workload& workload) { return workload.object.spec()["replicas"].integer_or(1) > 0; }

bool has_value(const LabelMap& labels, std::string_view value) {
  return std::ranges::any_of(labels, [&](const auto& pair) { return folded(pair.second) == folded(value); });
}

// By a label of the same value, and all else alike: the pair that misses is misspelt, or under another key.
const Workload* meant_by_labels(const WorkloadIndex& index, const ObjectView& service, const LabelMap& selector) {
  const Workload* meant = nullptr;
  for (const auto& [key, value] : selector) {
    for (const Workload* workload : index.with_value(service.namespace_name(), value)) {
      LabelMap labels = labels_of(pod_labels_of(*workload));
      LabelMap missing = missing_pairs(selector, labels);
      bool is_close = missing.size() == 1 && (selector.size() > 1 || has_value(labels, missing.begin()->second));
      if (!is_close || index.has_service(*workload) || !wants_pods(*workload) || workload == meant) continue;
      if (meant != nullptr) return nullptr;  // two: who knows
      meant = workload;
    }
  }
  return meant;
}

// By the only port of that name or number in the namespace, which no other Service leads to.
const Workload* meant_by_port(const WorkloadIndex& index, const ObjectView& service) {
  const Workload* meant = nullptr;
  for (const ServicePort& port : ports_of(service)) {
    std::string asked = port.target.number != 0 ? fmt::format("{}", port.target.number) : std::string(port.target.name);
    const auto& workloads = index.with_port(service.namespace_name(), asked);
    if (workloads.size() != 1 || index.has_service(*workloads.front()) || !wants_pods(*workloads.front()))
      return nullptr;
    if (meant != nullptr && meant != workloads.front()) return nullptr;
    meant = workloads.front();
  }
  return meant;
}

const Workload* meant_by(const WorkloadIndex& index, const ObjectView& service, const LabelMap& selector) {
  const Workload* namesake = index.named(service.namespace_name(), service.name());
  if (namesake != nullptr && wants_pods(*namesake)) return namesake;
  if (const Workload* by_labels = meant_by_labels(index, service, selector)) return by_labels;
  return meant_by_port(index, service);
}

std::string pairs_text(const LabelMap& pairs) {
  std::string out;
  for (const auto& [key, value] : pairs) out += fmt::format("{}{}={}", out.empty() ? "" : ",", key, value);
  return quote(out, kMaxLabelBytes);
}

// What the pods have in place of the pair: the key with another value, or the value under another key.
std::optional<std::pair<std::string, std::string>> in_place_of(const LabelMap& labels, const std::string& key,
                                                               std::string_view value) {
  if (auto same_key = labels.find(key); same_key != labels.end()) return *same_key;
  auto same_value =
      std::ranges::find_if(labels, [&](const auto& pair) { return folded(pair.second) == folded(value); });
  return same_value == labels.end() ? std::nullopt : std::optional<std::pair<std::string, std::string>>(*same_value);
}

std::string labels_path(const Workload& workload) {
  if (workload.ref.kind == "Pod") return "metadata.labels";
  std::string path = pod_spec_path(workload.ref.kind);
  path.resize(path.rfind('.'));
  return path + ".metadata.labels";
}

// False, here and below: there was nothing to say.
bool tell_selector(Case& c, Reading& reading, const ObjectView& service, const Workload& meant, bool is_bad) {
  LabelMap selector = labels_of(service.spec()["selector"]), labels = labels_of(pod_labels_of(meant));
  LabelMap missing = missing_pairs(selector, labels), instead;
  if (missing.empty()) return false;
  for (const auto& [key, value] : missing)
    if (auto found = in_place_of(labels, key, value)) instead.insert(*found);
  std::string have = instead.empty() ? fmt::format("have no label {}", quote(missing.begin()->first, kMaxLabelBytes))
                                     : fmt::format("have {}", pairs_text(instead));
  Draft& draft = c.symptom(service.ref(), "service-selector-mismatch", is_bad ? Severity::critical : Severity::warning,
                           "selects no pod");
  draft.detail = fmt::format("it asks for {}, the pods of {} {}", pairs_text(missing), meant.ref.text(), have);
  for (const auto& [key, value] : missing) draft.cite(service, "spec.selector" + member_step(key));
  for (const auto& [key, value] : instead) draft.cite(meant.object, labels_path(meant) + member_step(key));
  if (instead.empty()) draft.cite(meant.object, labels_path(meant));
  cite_checks(draft, checked(reading.use(), service));
  cite_callers(draft, reading.use(), service);
  if (auto refusal = refusal_of(c, reading.use(), service)) draft.cite(*std::move(refusal));
  return true;
}

void tell_without_endpoints(Case& c, Reading& reading, const ObjectView& service) {
  Checked checks = checked(reading.use(), service);
  Severity severity = !checks.failed.empty()             ? Severity::critical
                      : reading.use().is_called(service) ? Severity::warning
                                                         : Severity::info;
  Draft& draft = c.symptom(service.ref(), "service-without-endpoints", severity, "selects no pod");
  draft.detail =
      fmt::format("nothing in {} has {}", service.namespace_name(), pairs_text(labels_of(service.spec()["selector"])));
  draft.cite(service, "spec.selector");
  cite_checks(draft, checks);
  cite_callers(draft, reading.use(), service);
}

void look_at_selector(Case& c, Reading& reading, const ObjectView& service) {
  LabelMap selector = labels_of(service.spec()["selector"]);
  const WorkloadIndex& index = reading.workloads();
  if (selector.empty() || !index.selected_by(service).empty())
    return;  // its pods are not there: a matter of the workload
  const ServiceUse& use = reading.use();
  if (use.has_ready_endpoints(service) || checked(use, service).reached) return;  // we do not see its pods
  const Workload* meant = meant_by(index, service, selector);
  if (meant == nullptr) return tell_without_endpoints(c, reading, service);
  tell_selector(c, reading, service, *meant, use.is_called(service));
}

// ---- the ports

// A number that no container declares may be right all the same. The author contradicts himself where the Service's own
// port is declared, or where nothing else leads to what is declared.
bool is_contradicted(Reading& reading, const ObjectView& service, const PortMiss& miss) {
  if (std::ranges::any_of(miss.others, [&](const DeclaredPort& p) { return p.number == miss.port.number; }))
    return true;
  for (const ServicePort& each : ports_of(service))
    for (const DeclaredPort& declared : miss.others)
      if (each.target.number == declared.number || each.target.name == declared.name) return false;
  return reading.services().of(miss.pod).size() <= 1;
}

std::string miss_words(const PortMiss& miss) {
  std::string target = port_text(miss.port.target), has = ports_text(miss.others);
  switch (miss.how) {
    case PortMiss::How::no_such_name:
      return has.empty() ? fmt::format("{} leads to port {}, its pods name no port", miss.port.number, target)
                         : fmt::format("{} leads to port {}, its pods declare {}", miss.port.number, target, has);
    case PortMiss::How::other_protocol:
      return fmt::format("{} leads to port {} over {}, its pods declare it for {}", miss.port.number, target,
                         miss.port.protocol, miss.others.front().protocol);
    case PortMiss::How::undeclared:
      return fmt::format("{} leads to port {}, its pods declare {}", miss.port.number, target, has);
  }
  return {};
}

bool tell_miss(Case& c, Reading& reading, const ObjectView& service, const PortMiss& miss, const Checked& checks) {
  auto refusal = refusal_of(c, reading.use(), service);
  bool is_protocol = miss.how == PortMiss::How::other_protocol;
  bool is_proven = miss.how != PortMiss::How::undeclared || !checks.failed.empty() || refusal;
  if (!is_proven && !is_contradicted(reading, service, miss)) return false;
  bool is_bad = is_proven && reading.use().is_called(service);
  Draft& draft =
      c.symptom(service.ref(), is_protocol ? "service-protocol-mismatch" : "service-target-port-mismatch",
                is_bad ? Severity::critical : Severity::warning,
                is_protocol ? "its pods serve another protocol" : "leads to a port that its pods do not open");
  if (!is_proven) draft.certainty = Certainty::told;
  draft.detail = miss_words(miss);
  draft.cite(service, miss.port.target_path());
  if (is_protocol) draft.cite(service, miss.port.path() + ".protocol");
  for (const DeclaredPort& port : miss.others) {
    draft.cite(miss.pod, port.path + ".containerPort");
    draft.cite(miss.pod, port.path + (is_protocol ? ".protocol" : ".name"));
  }
  cite_checks(draft, checks);
  if (refusal) draft.cite(*std::move(refusal));
  cite_callers(draft, reading.use(), service);
  return true;
}

// The Service selects pods of somebody else, who lacks the port; the workload of its own name has it.
const Workload* namesake_with(Reading& reading, const Suspect& suspect, const PortMiss& miss) {
  const Workload* namesake = reading.workloads().named(suspect.service.namespace_name(), suspect.service.name());
  if (namesake == nullptr || namesake->pods.empty() || miss.how == PortMiss::How::other_protocol) return nullptr;
  json::View labels = namesake->pods.front().metadata()["labels"];
  if (foundation::kubernetes::plain_selector_matches(suspect.service.spec()["selector"], labels)) return nullptr;
  std::vector<DeclaredPort> ports = declared_ports(namesake->pods.front());
  bool has_it = std::ranges::any_of(ports, [&](const DeclaredPort& port) {
    return miss.port.target.number != 0 ? port.number == miss.port.target.number : port.name == miss.port.target.name;
  });
  return has_it ? namesake : nullptr;
}

// The first port of which there is something to say.
void look_at_ports(Case& c, Reading& reading, const Suspect& suspect) {
  if (suspect.service.spec()["clusterIP"].text() == "None") return;  // nothing is translated: callers choose the port
  for (const ServicePort& port : ports_of(suspect.service)) {
    auto miss = miss_of(port, suspect.pods);
    if (!miss) continue;
    Checked checks = checked(reading.use(), suspect.service, port.number);
    if (checks.reached) continue;
    const Workload* namesake = namesake_with(reading, suspect, *miss);
    bool is_told = namesake != nullptr
                       ? tell_selector(c, reading, suspect.service, *namesake, reading.use().is_called(suspect.service))
                       : tell_miss(c, reading, suspect.service, *miss, checks);
    if (is_told) return;
  }
}

// ---- nothing ready behind it, and it shows

void look_at_readiness(Case& c, Reading& reading, const Suspect& suspect) {
  const ObjectView& service = suspect.service;
  if (std::ranges::any_of(suspect.pods, is_ready) || service.spec()["publishNotReadyAddresses"].boolean_or(false))
    return;
  if (!c.cluster().sees(observed::kServiceCheck, service.namespace_name())) return;
  Checked checks = checked(reading.use(), service);
  if (checks.reached || checks.failed.empty()) return;
  Draft& draft = c.symptom(service.ref(), "service-without-endpoints", Severity::critical, "has no ready endpoint");
  draft.detail = "none of the pods that it selects is ready";
  draft.cite(service, "spec.selector");
  cite_checks(draft, checks);
  std::size_t index = c.last_index();
  for (const Workload* workload : c.cluster().behind(service))
    for (std::size_t symptom : c.symptoms_of(workload->ref)) c.link(index, symptom);
}

bool selects(const ObjectView& service) {
  return service.spec()["type"].text() != "ExternalName" && !service.spec()["selector"].object().empty();
}

}  // namespace

void find_services(Case& c) {
  Reading reading(c.cluster());
  for (const ObjectView& service : c.cluster().snapshot().of_kind("Service")) {
    bool is_in_view = c.cluster().sees("Pod", service.namespace_name());
    if (!is_in_view || !selects(service)) continue;
    auto pods = c.cluster().pods_behind(service);
    if (pods.empty()) {
      look_at_selector(c, reading, service);
      continue;
    }
    look_at_ports(c, reading, {service, pods});
    if (!c.has_symptom(service.ref())) look_at_readiness(c, reading, {service, pods});
  }
}

}  // namespace ai_ops::diagnosis
