// Pods that the API server refuses to create: a quota is full, the service account is missing, a limit range, Pod
// Security or a webhook says no. Symptom: a controller that has fewer pods than it wants. Evidence: its FailedCreate
// event, in the API server's words, and the objects that these name. A controller that has its pods by now, or has made
// one since, is well, whatever its events say.
// Source: kubernetes.io/docs/reference/access-authn-authz/admission-controllers, resource-quotas, limit-range.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ai-ops/diagnosis/event_history.h"
#include "ai-ops/diagnosis/milli.h"
#include "ai-ops/diagnosis/phrases.h"
#include "ai-ops/diagnosis/quota.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

constexpr std::array<std::string_view, 4> kMakers{"ReplicaSet", "StatefulSet", "DaemonSet", "Job"};
constexpr std::string_view kCannotCreate = "its pods cannot be created";

// A webhook's own words come first: a policy may say anything.
constexpr Phrase kRefusals[] = {
    {{"failed calling webhook", ""}, "webhook-unavailable"},
    {{"admission webhook", "denied"}, "webhook-denied"},
    {{"exceeded quota", ""}, "object-quota-exceeded"},
    {{"failed quota", "must specify"}, "quota-needs-requests"},
    {{"service account", "not found"}, "missing-service-account"},
    {{"violates podsecurity", ""}, "pod-security-violated"},
    {{"usage per container", ""}, "limit-range-violated"},
    {{"usage per pod", ""}, "limit-range-violated"},
    {{"limit to request ratio", ""}, "limit-range-violated"},
};

bool is_over(const ObjectView& job) {
  return job.spec()["suspend"].boolean_or(false) || job.condition("Complete")["status"].text() == "True" ||
         job.condition("Failed")["status"].text() == "True";
}

// At once: no more than are left to do; a work queue starts none once one of its pods is done.
std::int64_t wanted_of_job(const ObjectView& job) {
  if (is_over(job)) return 0;
  std::int64_t parallelism = job.spec()["parallelism"].integer_or(1);
  std::int64_t succeeded = job.status()["succeeded"].integer_or(0);
  auto completions = job.spec()["completions"].integer();
  if (!completions) return succeeded > 0 ? 0 : parallelism;
  return std::min(parallelism, minus(*completions, succeeded));
}

std::int64_t wanted_pods(const ObjectView& maker) {
  if (maker.kind() == "DaemonSet") return maker.status()["desiredNumberScheduled"].integer_or(0);
  if (maker.kind() == "Job") return wanted_of_job(maker);
  return maker.spec()["replicas"].integer_or(1);
}

std::int64_t present_pods(const ObjectView& maker) {
  json::View status = maker.status();
  if (maker.kind() == "DaemonSet") return status["currentNumberScheduled"].integer_or(0);
  if (maker.kind() == "Job") return status["active"].integer_or(0);
  return status["replicas"].integer_or(0);
}

std::optional<ObjectView> refusal_of(const Case& c, const ObjectView& maker) {
  auto refusals = standing_failures(c.cluster().events_about(maker), std::span(&kCreatingPods, 1));
  return refusals.empty() ? std::nullopt : std::optional(refusals.front());
}

// "exceeded quota: compute, requested: requests.cpu=1, used: requests.cpu=10, limited: requests.cpu=10"
std::string_view word_after(std::string_view message, std::string_view mark, std::string_view ends) {
  std::size_t at = message.find(mark);
  if (at == message.npos) return {};
  std::string_view rest = message.substr(at + mark.size());
  return rest.substr(0, rest.find_first_of(ends));
}

void tell_quota(Case& c, const Workload& workload, const ObjectView& event, Draft& symptom, std::size_t index) {
  std::string_view message = event.root()["message"].text();
  std::string_view resource = word_after(message, "requested: ", "=,");
  std::string_view fault = quota_fault(resource);
  symptom.fault = "pods-cannot-be-created";
  ObjectRef quota{
      "ResourceQuota", workload.ref.namespace_name, std::string(word_after(message, "exceeded quota: ", ",")), {}};
  if (auto known = c.found(quota, fault)) return static_cast<void>(c.link(index, *known));
  Draft& cause = c.cause(quota, fault, fmt::format("the quota {} of {} is used up", quota.name, resource));
  cause.detail = fmt::format("asked for {}, used {}, limited to {}", word_after(message, "requested: ", ","),
                             word_after(message, "used: ", ","), word_after(message, "limited: ", ","));
  cause.detail = quote(cause.detail);
  cause.cite_event(event);
  cite_quota(cause, c.cluster(), resource);
  c.link(index, c.last_index());
}

// The account that the message names, unless it is there by now.
bool is_there(const Case& c, const Workload& workload, std::string_view account) {
  return c.cluster().snapshot().find("ServiceAccount", workload.ref.namespace_name, account).has_value();
}

void tell(Case& c, const Workload& workload, const ObjectView& maker, const ObjectView& event) {
  std::string_view message = event.root()["message"].text();
  const Phrase* told = phrase_in(message, kRefusals);
  std::string_view fault = told == nullptr ? "pods-cannot-be-created" : told->fault;
  std::string_view account = word_after(message, "serviceaccount \"", "\"");
  if (fault == "missing-service-account" && is_there(c, workload, account)) return;
  Draft& draft = c.symptom(workload, fault, std::string(kCannotCreate));
  std::size_t index = c.last_index();
  draft.certainty = Certainty::told;
  draft.detail = quote(message);
  draft.cite_event(event);
  draft.cite(maker, maker.kind() == "DaemonSet" ? "status.desiredNumberScheduled" : "spec.replicas");
  if (fault == "missing-service-account") {
    draft.detail = fmt::format("the service account {} does not exist", quote(account));
    draft.cite(workload.object, pod_spec_path(workload.ref.kind) + ".serviceAccountName");
  }
  if (fault == "object-quota-exceeded") tell_quota(c, workload, event, draft, index);
}

}  // namespace

void find_admission(Case& c) {
  for (std::string_view kind : kMakers) {
    for (const ObjectView& maker : c.cluster().snapshot().of_kind(kind)) {
      if (present_pods(maker) >= wanted_pods(maker)) continue;
      const Workload* workload = c.cluster().workload_of(maker);
      if (workload == nullptr || c.has_symptom(workload->ref)) continue;
      if (auto event = refusal_of(c, maker)) tell(c, *workload, maker, *event);
    }
  }
}

}  // namespace ai_ops::diagnosis
