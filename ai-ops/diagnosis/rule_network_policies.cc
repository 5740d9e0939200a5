// NetworkPolicies that deny what a workload's configuration asks for, and such that select nothing.
// Faults: network-policy-denies (a cause, on the policy), network-policy-selects-nothing (info).
// Symptoms: a caller that crashes or is not ready without another reason, or whose log tells of time-outs.
// Evidence: the caller's address, the Service and port that it means, the policies that limit either end and have no
// rule for it; the log's line.
// How Kubernetes works: a denied connection is not answered, so the caller waits until it gives up; a refused one has
// reached its goal. Where egress is limited, names resolve only if port 53 is allowed too. policy_match.h decides.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ai-ops/diagnosis/endpoint.h"
#include "ai-ops/diagnosis/log_words.h"
#include "ai-ops/diagnosis/phrases.h"
#include "ai-ops/diagnosis/policy_match.h"
#include "ai-ops/diagnosis/rules.h"
#include "ai-ops/diagnosis/service_port.h"

namespace ai_ops::diagnosis {
namespace {

constexpr std::int64_t kDnsPort = 53;
constexpr std::array<std::string_view, 9> kUnanswered{"timed out",        "timeout",     "deadline exceeded",
                                                      "no route to host", "unreachable", "no such host",
                                                      "eai_again",        "resolution",  "unknown host"};

struct Logged {
  const LogExcerpt* log;
  std::size_t line;
};

// The last line that tells of a connection to the endpoint that was not answered.
std::optional<Logged> unanswered_in(const std::vector<const LogExcerpt*>& logs, const Endpoint& endpoint,
                                    const Resolved& resolved) {
  for (const LogExcerpt* log : logs) {
    for (std::size_t i = log->lines.size(); i-- > log->earlier;) {
      std::string_view line = log->lines[i].text;
      bool is_about = mentions(line, endpoint.host) || mentions(line, resolved.name) ||
                      (endpoint.port && mentions_port(line, *endpoint.port));
      bool is_unanswered =
          std::ranges::any_of(kUnanswered, [&](std::string_view words) { return contains_words(line, words); });
      if (is_about && is_unanswered) return Logged{log, i};
    }
  }
  return std::nullopt;
}

// The port of the pod that the Service's port leads to.
std::optional<std::int64_t> pod_port(const ObjectView& service, const ObjectView& pod, std::int64_t wanted) {
  for (const ServicePort& port : ports_of(service)) {
    if (port.number != wanted) continue;
    if (port.target.number != 0) return port.target.number;
    for (const DeclaredPort& declared : declared_ports(pod))
      if (declared.name == port.target.name && declared.protocol == port.protocol) return declared.number;
  }
  return std::nullopt;
}

std::optional<ObjectView> first_ready(const std::vector<ObjectView>& pods) {
  auto ready = std::ranges::find_if(pods, is_ready);
  return ready == pods.end() ? std::nullopt : std::optional(*ready);
}

struct Call {
  const Workload& caller;
  const Endpoint& endpoint;
  const Resolved& resolved;
};

struct Denial {
  std::vector<ObjectView> policies;
  std::string words;
};

std::optional<Denial> denial_of_names(const Cluster& cluster, const Call& call) {
  auto dns = cluster.snapshot().find("Service", "kube-system", "kube-dns");
  auto server = dns ? first_ready(cluster.pods_behind(*dns)) : std::nullopt;
  auto policies = denied_by(cluster, Way::egress, {call.caller.pods.front(), server, kDnsPort, "UDP"});
  if (policies.empty()) return std::nullopt;
  return Denial{std::move(policies), fmt::format("lets {} ask no name server, so {} does not resolve",
                                                 call.caller.ref.name, call.endpoint.host)};
}

std::optional<Denial> denial_of(const Cluster& cluster, const Call& call) {
  const ObjectView& service = *call.resolved.service;
  auto pod = first_ready(cluster.pods_behind(service));
  auto port = pod && call.endpoint.port ? pod_port(service, *pod, *call.endpoint.port) : std::nullopt;
  if (!port) return std::nullopt;
  Connection connection{call.caller.pods.front(), pod, *port};
  std::string where = fmt::format("{}:{}", service.name(), *call.endpoint.port);
  if (auto policies = denied_by(cluster, Way::ingress, connection); !policies.empty())
    return Denial{std::move(policies), fmt::format("lets nothing from {} reach {}", call.caller.ref.name, where)};
  if (auto policies = denied_by(cluster, Way::egress, connection); !policies.empty())
    return Denial{std::move(policies), fmt::format("lets {} not reach {}", call.caller.ref.name, where)};
  return denial_of_names(cluster, call);
}

// One finding a policy, however many it keeps apart.
std::size_t blame(Case& c, const Call& call, const Denial& denial) {
  ObjectRef policy = denial.policies.front().ref();
  if (auto known = c.found(policy, "network-policy-denies")) return *known;
  Draft& draft = c.cause(policy, "network-policy-denies", denial.words);
  for (const ObjectView& one : denial.policies) {
    draft.cite(one, "spec.podSelector");
    draft.cite(one, "spec.ingress");
    draft.cite(one, "spec.egress");
    draft.cite(one, "spec.policyTypes");
  }
  draft.cite(call.caller.object, call.endpoint.path);
  draft.cite(*call.resolved.service, "spec.ports");
  return c.last_index();
}

std::vector<std::size_t> unexplained(const Case& c, const Call& call) {
  std::vector<std::size_t> out;
  for (std::size_t index : c.symptoms_of(call.caller.ref)) {
    const Draft& symptom = c.drafts()[index];
    if (symptom.may_come_from_a_dependency && symptom.causes.empty() && symptom.container == call.endpoint.container)
      out.push_back(index);
  }
  return out;
}

void tell_suffering(Case& c, const Call& call, const Logged& logged) {
  Draft& draft = c.symptom(call.caller, "dependency-down", fmt::format("does not reach {}", call.resolved.name));
  draft.severity = Severity::warning;
  draft.certainty = Certainty::told;
  draft.container = call.endpoint.container;
  draft.cite(call.caller.object, call.endpoint.path);
  draft.cite(log_evidence(*logged.log, logged.line));
}

void look_at(Case& c, const Call& call) {
  auto logs = c.logs_of(call.caller, call.endpoint.container);
  std::erase_if(logs, [](const LogExcerpt* log) { return log->lines.empty(); });
  auto logged = unanswered_in(logs, call.endpoint, call.resolved);
  std::vector<std::size_t> symptoms = unexplained(c, call);
  bool may_suffer = logs.empty() ? !symptoms.empty() : logged.has_value();
  if (!may_suffer || (symptoms.empty() && c.has_symptom(call.caller.ref))) return;
  auto denial = denial_of(c.cluster(), call);
  if (!denial) return;
  if (symptoms.empty()) {
    tell_suffering(c, call, *logged);
    symptoms.push_back(c.last_index());
  } else if (logged) {
    c.at(symptoms.front()).cite(log_evidence(*logged->log, logged->line));
  }
  std::size_t cause = blame(c, call, *denial);
  for (std::size_t symptom : symptoms) c.link(symptom, cause);
}

bool has_something_to_say(const Case& c, const Workload& workload) {
  return !workload.pods.empty() && (c.has_symptom(workload.ref) || !c.logs_of(workload, {}).empty());
}

void tell_selects_nothing(Case& c, const ObjectView& policy) {
  json::View selector = policy.spec()["podSelector"];
  bool takes_all = selector["matchLabels"].object().empty() && selector["matchExpressions"].array().empty();
  std::string_view home = policy.namespace_name();
  if (takes_all || !c.cluster().sees("Pod", home) || c.cluster().selects_something(home, selector)) return;
  Draft& draft = c.symptom(policy.ref(), "network-policy-selects-nothing", Severity::info, "limits nothing");
  draft.detail = "no pod has the labels that it selects";
  draft.cite(policy, "spec.podSelector");
}

}  // namespace

void find_network_policies(Case& c) {
  for (const Workload& workload : c.cluster().workloads()) {
    if (!has_something_to_say(c, workload)) continue;
    for (const Endpoint& endpoint : endpoints_of(workload)) {
      Resolved resolved = resolve(c.cluster(), workload, endpoint.host);
      if (resolved.meaning == Meaning::service) look_at(c, {workload, endpoint, resolved});
    }
  }
  for (const ObjectView& policy : c.cluster().snapshot().of_kind("NetworkPolicy")) tell_selects_nothing(c, policy);
}

}  // namespace ai_ops::diagnosis
