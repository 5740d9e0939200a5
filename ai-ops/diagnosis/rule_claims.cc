// Pods that wait for a PersistentVolumeClaim.
// Faults: claim-missing, claim-class-missing, claim-class-mismatch, claim-capacity-mismatch,
// claim-access-mode-mismatch, claim-selector-mismatch, volume-already-bound, volume-failed, volume-node-mismatch,
// claim-pending, claim-lost, stuck-terminating. Symptoms: the pod is Pending without a node, the claim Pending without
// a volume; or the claim has lost its volume. Evidence: the claim's wishes against the volumes there are
// (volume_match.h names the one that would fit but for one thing), the claim's storage class, the last events of the
// binder and the provisioner. How Kubernetes works: the scheduler places no pod whose claims are missing, unbound or
// deleted; one that is deleted stays while a pod that has a node uses it. A claim is bound to a volume that fits; where
// none does, the provisioner of its storage class makes one, and without a class (or with kubernetes.io/no-provisioner)
// nobody does. A class that binds for its first consumer waits for the pod: no fault. Source:
// kubernetes/pkg/controller/volume/persistentvolume, pkg/scheduler/framework/plugins/volumebinding.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "ai-ops/diagnosis/condition.h"
#include "ai-ops/diagnosis/phrases.h"
#include "ai-ops/diagnosis/placement.h"
#include "ai-ops/diagnosis/pod_claims.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"
#include "ai-ops/diagnosis/volume_match.h"

namespace ai_ops::diagnosis {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxClaimsMatched = 64;  // against all volumes; the rest are told without

bool waits_for_a_node(const ObjectView& pod) {
  return pod.status()["phase"].text() == "Pending" && pod.spec()["nodeName"].text().empty();
}

std::string_view phase_of(const ObjectView& claim) { return claim.status()["phase"].text(); }

struct Verdict {
  std::string_view fault;
  std::string words;
  Certainty certainty = Certainty::shown;
  std::vector<std::pair<ObjectView, std::string>> fields = {};
};

// How claims of the class get their volumes.
struct StorageClass {
  enum class Way { by_hand, provisioned, missing, unknown } way = Way::by_hand;
  bool waits_for_pod = false;
  std::optional<ObjectView> object = {};
};

bool is_default(const ObjectView& storage_class) {
  return storage_class.metadata()["annotations"]["storageclass.kubernetes.io/is-default-class"].text() == "true";
}

StorageClass class_of(const Case& c, const ObjectView& claim) {
  using enum StorageClass::Way;
  std::string_view name = class_name_of(claim);
  const Snapshot& snapshot = c.cluster().snapshot();
  if (name.empty()) {
    bool may_get_the_default =
        claim.spec()["storageClassName"].is_null() && std::ranges::any_of(snapshot.of_kind("StorageClass"), is_default);
    return {may_get_the_default ? unknown : by_hand};
  }
  auto found = snapshot.find("StorageClass", "", name);
  if (!found) return {c.cluster().sees("StorageClass") ? missing : unknown};
  bool is_by_hand = found->root()["provisioner"].text() == "kubernetes.io/no-provisioner";
  bool waits = found->root()["volumeBindingMode"].text() == "WaitForFirstConsumer";
  return {is_by_hand ? by_hand : provisioned, waits, found};
}

// ---- the volume that would fit but for one thing

struct MisfitRow {
  Misfit misfit;
  std::string_view fault;
  std::string_view claim_path;
  std::string_view volume_path;
};
constexpr MisfitRow kMisfits[] = {
    {Misfit::capacity, "claim-capacity-mismatch", "spec.resources.requests.storage", "spec.capacity.storage"},
    {Misfit::access_modes, "claim-access-mode-mismatch", "spec.accessModes", "spec.accessModes"},
    {Misfit::storage_class, "claim-class-mismatch", "spec.storageClassName", "spec.storageClassName"},
    {Misfit::selector, "claim-selector-mismatch", "spec.selector", "metadata.labels"},
    {Misfit::volume_mode, "claim-pending", "spec.volumeMode", "spec.volumeMode"},
    {Misfit::failed, "volume-failed", "spec.accessModes", "status.phase"},
    {Misfit::taken, "volume-already-bound", "spec.volumeName", "spec.claimRef.name"},
};

std::string class_words(std::string_view name) {
  return name.empty() ? std::string("no storage class") : fmt::format("the storage class {}", quote(name));
}

std::string misfit_words(const ObjectView& claim, const NearVolume& near) {
  json::View wants = claim.spec(), has = near.volume.spec();
  std::string volume = fmt::format("volume {}", near.volume.name());
  switch (near.misfit) {
    case Misfit::capacity:
      return fmt::format("asks for {}, and {}, which would fit, has {}",
                         quote(wants["resources"]["requests"]["storage"].text()), volume,
                         quote(has["capacity"]["storage"].text()));
    case Misfit::access_modes:
      return fmt::format("asks for {}, and {}, which would fit, offers {}", texts_of(wants["accessModes"]), volume,
                         texts_of(has["accessModes"]));
    case Misfit::storage_class:
      return fmt::format("asks for {}, and {}, which would fit, has {}", class_words(class_name_of(claim)), volume,
                         class_words(class_name_of(near.volume)));
    case Misfit::selector: return fmt::format("selects labels that {}, which would fit, does not have", volume);
    case Misfit::volume_mode:
      return fmt::format("asks for a {} volume, and {} is one of {}", wants["volumeMode"].text("Filesystem"), volume,
                         has["volumeMode"].text("Filesystem"));
    case Misfit::failed: return fmt::format("would fit {}, which has failed", volume);
    case Misfit::taken: break;
  }
  json::View holder = has["claimRef"];
  std::string by = fmt::format("{}/{}", holder["namespace"].text(), holder["name"].text());
  return fmt::format("would fit {}, which belongs to claim {}", volume, quote(by));
}

Verdict by_near_volume(const ObjectView& claim, const NearVolume& near) {
  const auto* row = std::ranges::find(kMisfits, near.misfit, &MisfitRow::misfit);
  Verdict out{row->fault, misfit_words(claim, near)};
  out.fields.emplace_back(claim, row->claim_path);
  out.fields.emplace_back(near.volume, row->volume_path);
  if (near.misfit == Misfit::taken) out.fields.emplace_back(near.volume, "spec.claimRef.namespace");
  out.fields.emplace_back(near.volume, "status.phase");
  return out;
}

// ---- what the binder and the provisioner say

struct EventRow {
  std::string_view reason;
  Phrase phrase;  // its fault; no words: any
};
constexpr EventRow kClaimEvents[] = {
    {"ProvisioningFailed", {{"storageclass", "not found"}, "claim-class-missing"}},
    {"ProvisioningFailed", {{"", ""}, "claim-pending"}},
    {"FailedBinding", {{"already bound to a different claim", ""}, "volume-already-bound"}},
    {"FailedBinding", {{"", ""}, "claim-pending"}},
    {"VolumeMismatch", {{"", ""}, "claim-pending"}},
};

struct Said {
  ObjectView event;
  std::string_view fault;
};
std::optional<Said> said_of(const Case& c, const ObjectView& claim) {
  for (const ObjectView& event : c.cluster().events_about(claim))
    for (const EventRow& row : kClaimEvents)
      if (event.root()["reason"].text() == row.reason &&
          phrase_in(event.root()["message"].text(), std::span(&row.phrase, 1)) != nullptr)
        return Said{event, row.phrase.fault};
  return std::nullopt;
}

Verdict class_missing(const ObjectView& claim) {
  Verdict out{"claim-class-missing",
              fmt::format("asks for {}, which does not exist", class_words(class_name_of(claim)))};
  out.fields.emplace_back(claim, "spec.storageClassName");
  return out;
}

std::optional<Verdict> by_waiting(const Case& c, const ObjectView& claim, const StorageClass& its) {
  auto since = time_of(claim.metadata()["creationTimestamp"]);
  bool is_late = since && c.now() - *since > kTimeToBind;
  if (its.way != StorageClass::Way::provisioned || its.waits_for_pod || !is_late) return std::nullopt;
  Verdict out{"claim-pending", fmt::format("has waited for {} min for {} to make its volume", (c.now() - *since) / 1min,
                                           quote(its.object->root()["provisioner"].text()))};
  out.fields.emplace_back(claim, "metadata.creationTimestamp");
  out.fields.emplace_back(*its.object, "provisioner");
  return out;
}

// Why the claim, which is Pending, has no volume. None: it may yet get one.
std::optional<Verdict> verdict_on(const Case& c, const ObjectView& claim, bool match) {
  using enum StorageClass::Way;
  StorageClass its = class_of(c, claim);
  auto said = said_of(c, claim);
  bool names_its_volume = !claim.spec()["volumeName"].text().empty();
  // A class need not exist for volumes of its name to be bound.
  if (match && (its.way == by_hand || its.way == missing || names_its_volume)) {
    VolumeSearch search = volume_for(c.cluster(), claim);
    if (search.fits) return std::nullopt;
    bool says_more = search.near && !(its.way == missing && search.near->misfit == Misfit::storage_class);
    if (says_more) return by_near_volume(claim, *search.near);
  }
  if (its.way == missing) return class_missing(claim);
  if (said && said->fault == "claim-class-missing" && its.way == unknown) {
    Verdict out = class_missing(claim);
    out.certainty = Certainty::told;
    return out;
  }
  if (!said || said->fault == "claim-class-missing") return by_waiting(c, claim, its);
  bool only_says_none_is_there = said->event.root()["reason"].text() == "FailedBinding" && its.waits_for_pod;
  if (only_says_none_is_there) return std::nullopt;
  return Verdict{said->fault, "has no volume: " + quote(said->event.root()["message"].text()), Certainty::told};
}

// ---- telling

void fill(const Case& c, Draft& draft, const ObjectView& claim, const Verdict& verdict) {
  draft.certainty = verdict.certainty;
  draft.cite(claim, "status.phase");
  for (const auto& [object, path] : verdict.fields) draft.cite(object, path);
  if (auto said = said_of(c, claim)) draft.cite_event(said->event);
}

void cite_waiting(Draft& draft, const ClaimUse& use) {
  draft.cite(use.pod, use.path);
  if (auto scheduled = condition_of(use.pod, "PodScheduled"); scheduled && scheduled->status() == "False")
    draft.cite(use.pod, scheduled->path + (scheduled->message().empty() ? ".reason" : ".message"));
}

// Source: kubernetes/pkg/scheduler/framework/plugins/volumebinding (podHasPVCs).
bool says_missing(std::string_view message, std::string_view claim) {
  return message.contains(fmt::format("persistentvolumeclaim \"{}\"", claim)) &&
         (message.contains("not found") || message.contains("waiting for ephemeral volume controller"));
}

std::optional<ObjectView> event_of_missing(const Case& c, const ClaimUse& use) {
  for (const ObjectView& event : c.cluster().events_about(use.pod))
    if (says_missing(event.root()["message"].text(), use.name)) return event;
  return std::nullopt;
}

void tell_missing(Case& c, const Workload& workload, const ClaimUse& use) {
  const std::string& home = workload.ref.namespace_name;
  auto scheduled = condition_of(use.pod, "PodScheduled");
  auto event = event_of_missing(c, use);
  bool is_said = event || (scheduled && says_missing(scheduled->message(), use.name));
  if (!is_said && !c.cluster().sees("PersistentVolumeClaim", home)) return;
  if (use.is_made_for_pod && is_younger_than(use.pod, kTimeToMakeClaim, c.now())) return;
  Draft& draft = c.symptom(workload, "claim-missing", "waits for a volume");
  draft.detail = fmt::format("there is no claim {} in {}", quote(use.name), home);
  cite_waiting(draft, use);
  if (event) draft.cite_event(*event);
}

// By namespace and name of a claim, a pod that keeps it: one that has a node and has not ended.
using Holders = std::map<std::pair<std::string, std::string>, ClaimUse>;
Holders holders_in(const Cluster& cluster) {
  Holders out;
  for (const ObjectView& pod : cluster.snapshot().of_kind("Pod")) {
    std::string_view phase = pod.status()["phase"].text();
    if (pod.spec()["nodeName"].text().empty() || phase == "Succeeded" || phase == "Failed") continue;
    for (const ClaimUse& use : claims_of(pod)) out.try_emplace({std::string(pod.namespace_name()), use.name}, use);
  }
  return out;
}

void tell_deleted(Case& c, const Workload& workload, const ClaimUse& use, const ObjectView& claim,
                  const Holders& holders) {
  Draft& draft = c.symptom(workload, "stuck-terminating", "waits for a volume");
  draft.detail = fmt::format("claim {} is being deleted, and no new pod gets it any more", claim.name());
  draft.cite(claim, "metadata.deletionTimestamp");
  draft.cite(claim, "metadata.finalizers");
  cite_waiting(draft, use);
  auto holder = holders.find({workload.ref.namespace_name, use.name});
  if (holder == holders.end()) return;
  draft.detail += fmt::format("; {} still uses it", holder->second.pod.name());
  draft.cite(holder->second.pod, holder->second.path);
}

// A volume that only some nodes reach, and none of them is there any more.
bool tell_unreachable(Case& c, const Workload& workload, const ClaimUse& use, const ObjectView& claim) {
  auto volume = c.cluster().snapshot().find("PersistentVolume", "", claim.spec()["volumeName"].text());
  if (!volume) return false;
  json::View terms = volume->spec()["nodeAffinity"]["required"]["nodeSelectorTerms"];
  auto nodes = c.cluster().snapshot().of_kind("Node");
  bool sees_labels =
      std::ranges::any_of(nodes, [](const ObjectView& node) { return !node.metadata()["labels"].is_null(); });
  if (!sees_labels || terms.array().empty()) return false;
  if (std::ranges::any_of(nodes, [&](const ObjectView& node) { return node_selector_takes(terms, node); }))
    return false;
  Draft& draft = c.symptom(workload, "volume-node-mismatch", "waits for a volume");
  draft.detail =
      fmt::format("claim {} has volume {}, which no node that is there can reach", claim.name(), volume->name());
  cite_waiting(draft, use);
  draft.cite(claim, "spec.volumeName");
  draft.cite(*volume, "spec.nodeAffinity.required.nodeSelectorTerms");
  return true;
}

class Claims {
 public:
  explicit Claims(Case& c) : c_(c) {}

  void look_at(const Workload& workload) {
    for (const ObjectView& pod : workload.pods) {
      for (const ClaimUse& use : claims_of(pod)) {
        used_.emplace(workload.ref.namespace_name, use.name);
        if (!c_.has_symptom(workload.ref)) tell(workload, use);
      }
    }
  }

  // Claims that no pod names may be wrong all the same.
  void look_at_unused(const ObjectView& claim) {
    if (used_.contains({std::string(claim.namespace_name()), std::string(claim.name())})) return;
    if (phase_of(claim) == "Lost") {
      Draft& draft = c_.symptom(claim.ref(), "claim-lost", Severity::warning, "has lost its volume");
      draft.cite(claim, "status.phase");
      draft.cite(claim, "spec.volumeName");
    } else if (auto verdict = verdict_if_pending(claim)) {
      Draft& draft = c_.symptom(claim.ref(), verdict->fault, Severity::warning, "is not bound");
      draft.detail = "it " + verdict->words;
      fill(c_, draft, claim, *verdict);
    }
  }

 private:
  std::optional<Verdict> verdict_if_pending(const ObjectView& claim) {
    if (phase_of(claim) != "Pending") return std::nullopt;
    return verdict_on(c_, claim, ++matched_ <= kMaxClaimsMatched);
  }

  void tell(const Workload& workload, const ClaimUse& use) {
    auto claim = claim_of(c_.cluster(), use);
    if (claim && phase_of(*claim) == "Lost") {
      Draft& draft = c_.symptom(workload, "claim-lost", "has lost a volume");
      draft.detail = fmt::format("claim {} was bound to {}, which is gone", claim->name(),
                                 quote(claim->spec()["volumeName"].text("a volume")));
      draft.cite(use.pod, use.path);
      draft.cite(*claim, "status.phase");
      draft.cite(*claim, "spec.volumeName");
      return;
    }
    if (!waits_for_a_node(use.pod)) return;
    if (!claim) {
      tell_missing(c_, workload, use);
    } else if (claim->metadata()["deletionTimestamp"]) {
      if (!holders_) holders_ = holders_in(c_.cluster());
      tell_deleted(c_, workload, use, *claim, *holders_);
    } else if (auto verdict = verdict_if_pending(*claim)) {
      Draft& draft = c_.symptom(workload, verdict->fault, "waits for a volume");
      draft.detail = fmt::format("claim {} {}", claim->name(), verdict->words);
      fill(c_, draft, *claim, *verdict);
      cite_waiting(draft, use);
    } else if (phase_of(*claim) == "Bound") {
      tell_unreachable(c_, workload, use, *claim);
    }
  }

  Case& c_;
  std::set<std::pair<std::string, std::string>> used_;  // namespace and name
  std::optional<Holders> holders_;                      // of the whole cluster: found out once, if at all
  std::size_t matched_ = 0;
};

}  // namespace

void find_claims(Case& c) {
  Claims claims(c);
  for (const Workload& workload : c.cluster().workloads()) claims.look_at(workload);
  for (const ObjectView& claim : c.cluster().snapshot().of_kind("PersistentVolumeClaim")) claims.look_at_unused(claim);
}

}  // namespace ai_ops::diagnosis
