// Something that others name is not there, and a quota of its namespace leaves no room to make it: a Service or a claim
// that its owner tried to create and was refused. No event tells of that: only who sent the request saw the refusal.
// Evidence: the quota's used and hard, what names the missing object, and the log or the pod that suffers.
// Source: kubernetes.io/docs/concepts/policy/resource-quotas (object count and storage quota).
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "ai-ops/diagnosis/endpoint.h"
#include "ai-ops/diagnosis/log_words.h"
#include "ai-ops/diagnosis/milli.h"
#include "ai-ops/diagnosis/observed.h"
#include "ai-ops/diagnosis/phrases.h"
#include "ai-ops/diagnosis/quota.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"
#include "foundation/kubernetes/quantity.h"

namespace ai_ops::diagnosis {
namespace {

using foundation::kubernetes::parse_quantity_milli;

// The quota's finding: one however many objects are missing for it.
std::size_t quota_draft(Case& c, const FullQuota& full, std::string_view fault, std::string headline,
                        Certainty certainty) {
  if (auto known = c.found(full.quota.ref(), fault)) return *known;
  Draft& draft = c.cause(full.quota.ref(), fault, std::move(headline));
  draft.detail = fmt::format("{} is {} of {}", full.resource, shown(full.quota.status()["used"][full.resource]),
                             shown(full.quota.status()["hard"][full.resource]));
  draft.certainty = certainty;
  cite_quota(draft, c.cluster(), full.resource);
  return c.last_index();
}

struct Line {
  const LogExcerpt* log;
  std::size_t index;
};

// A line that says that the host does not resolve: its own, or that of whoever its failure was told to.
std::optional<Line> unresolved_in_log(const Case& c, const Workload& workload, const Endpoint& endpoint) {
  for (const LogExcerpt& log : c.logs()) {
    if (log.of.project != workload.ref.namespace_name) continue;
    for (std::size_t i = log.lines.size(), first = first_telling(log); i-- > first;)
      if (std::string_view line = log.lines[i].text;
          mentions(line, endpoint.host) && (contains_words(line, "no such host") || contains_words(line, "not known")))
        return Line{&log, i};
  }
  return std::nullopt;
}

// Something of the workload fails that a missing Service would explain: that very address, or what calls may come to.
bool suffers_from(const Case& c, const Workload& workload, const Endpoint& endpoint) {
  if (auto known = c.found(workload.ref, "endpoint-host-mismatch"))
    return std::ranges::any_of(c.drafts()[*known].evidence,
                               [&](const Evidence& evidence) { return evidence.ref.ends_with(" " + endpoint.path); });
  return std::ranges::any_of(c.symptoms_of(workload.ref), [&](std::size_t index) {
    const Draft& draft = c.drafts()[index];
    return draft.may_come_from_a_dependency && draft.causes.empty();
  });
}

void look_for_service(Case& c, const Workload& workload, const Endpoint& endpoint) {
  Resolved resolved = resolve(c.cluster(), workload, endpoint.host);
  if (resolved.service || resolved.meaning == Meaning::unknown) return;
  auto full = full_quota(c.cluster(), resolved.namespace_name, kServiceResources);
  if (!full) return;
  auto line = unresolved_in_log(c, workload, endpoint);
  if (!line && !suffers_from(c, workload, endpoint)) return;
  std::size_t cause = quota_draft(
      c, *full, "service-quota-exceeded",
      fmt::format("leaves no room for the Service {} that is missing", quote(resolved.name)), Certainty::told);
  if (auto known = c.found(workload.ref, "endpoint-host-mismatch")) return static_cast<void>(c.link(*known, cause));
  Draft& draft =
      c.symptom(workload, "dependency-down", fmt::format("calls {}, which has no Service", quote(endpoint.address())));
  draft.severity = Severity::warning;
  draft.cite(workload.object, endpoint.path);
  if (line) draft.cite(log_evidence(*line->log, line->index));
  c.link(c.last_index(), cause);
}

// Where it stands how much storage a claim that is not there was to ask for.
struct Asked {
  ObjectView from;
  std::string path;
  json::View amount() const { return at_path(from.root(), path); }
};

// By the manifest that was applied (which stands for the object where nothing else tells of its kind), or by the
// template of the StatefulSet that makes its claims.
std::optional<Asked> asked_for(const Cluster& cluster, const Workload& workload, std::string_view claim) {
  constexpr std::string_view kAmount = "spec.resources.requests.storage";
  const std::string& home = workload.ref.namespace_name;
  if (auto written = cluster.snapshot().find("PersistentVolumeClaim", home, claim))
    return Asked{*written, std::string(kAmount)};
  std::string manifest = fmt::format("PersistentVolumeClaim.{}", claim);
  if (auto written = cluster.snapshot().find(observed::kManifest, home, manifest))
    return Asked{*written, fmt::format("spec.{}", kAmount)};
  const json::Array& templates = workload.object.spec()["volumeClaimTemplates"].array();
  for (std::size_t i = 0; i < templates.size(); ++i)
    if (claim.starts_with(
            fmt::format("{}-{}-", json::View(templates[i])["metadata"]["name"].text(), workload.ref.name)))
      return Asked{workload.object, fmt::format("spec.volumeClaimTemplates[{}].{}", i, kAmount)};
  return std::nullopt;
}

// The claim of the pod that is not there, or that the scheduler says is not.
std::optional<std::string> missing_claim(const Case& c, const Workload& workload, const Draft& missing) {
  for (const ObjectView& pod : workload.pods)
    for (const json::Value& volume : pod.spec()["volumes"].array()) {
      std::string_view claim = json::View(volume)["persistentVolumeClaim"]["claimName"].text();
      if (claim.empty()) continue;
      auto names_it = [&](const Evidence& evidence) { return mentions(evidence.text, claim); };
      bool is_there =
          c.cluster().snapshot().find("PersistentVolumeClaim", workload.ref.namespace_name, claim).has_value();
      if (!is_there || std::ranges::any_of(missing.evidence, names_it)) return std::string(claim);
    }
  return std::nullopt;
}

bool has_room(const FullQuota& quota, json::View amount) {
  auto milli = [](json::View value) { return parse_quantity_milli(shown(value)).value_or(0); };
  json::View hard = quota.quota.status()["hard"], used = quota.quota.status()["used"];
  return minus(milli(hard[quota.resource]), milli(used[quota.resource])) >= milli(amount);
}

// A quota of storage that has room left is a cause where it is known that the claim asks for more, none where it asks
// for less, and else a suspect.
void look_at_storage(Case& c, const Workload& workload, std::size_t missing) {
  auto quota = any_quota(c.cluster(), workload.ref.namespace_name, kStorageResources);
  if (!quota) return;
  auto claim = missing_claim(c, workload, c.drafts()[missing]);
  auto asked = claim ? asked_for(c.cluster(), workload, *claim) : std::nullopt;
  if (asked && has_room(*quota, asked->amount())) return;
  constexpr std::string_view kFault = "storage-quota-exceeded";
  if (!asked) {
    auto suspect = quota_draft(c, *quota, kFault, "may have refused the claim that is missing", Certainty::measured);
    c.at(suspect).severity = Severity::info;
    return;
  }
  auto cause = quota_draft(c, *quota, kFault, "leaves no room for the claim that is missing", Certainty::told);
  c.at(cause).detail += fmt::format(", the claim asks for {}", shown(asked->amount()));
  c.at(cause).cite(asked->from, asked->path);
  c.link(missing, cause);
}

void look_for_claim(Case& c, const Workload& workload) {
  auto missing = c.found(workload.ref, "claim-missing");
  if (!missing) return;
  auto full = full_quota(c.cluster(), workload.ref.namespace_name, kClaimResources);
  if (!full) return look_at_storage(c, workload, *missing);
  c.link(*missing, quota_draft(c, *full, "storage-quota-exceeded", "leaves no room for the claim that is missing",
                               Certainty::told));
}

}  // namespace

void find_missing_for_quota(Case& c) {
  for (const Workload& workload : c.cluster().workloads()) {
    for (const Endpoint& endpoint : endpoints_of(workload)) look_for_service(c, workload, endpoint);
    look_for_claim(c, workload);
  }
}

}  // namespace ai_ops::diagnosis
