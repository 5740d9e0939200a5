// Volumes that cannot be used where they are wanted.
// Faults: volume-not-attached (held by a pod on another node), volume-failed.
// Symptoms: the pod has a node and its containers stay in ContainerCreating; the volume's phase is Failed.
// Evidence: the FailedAttachVolume event, unless something later says that it went on; the other pod that mounts the
// claim that is bound to the event's volume; the claim's access modes.
// How Kubernetes works: a ReadWriteOnce volume is attached to one node at a time. A pod elsewhere waits until the last
// pod on that node is gone, which a rolling update of one replica never brings about. A volume fails when what was to
// become of it after its claim could not be done.
// Source: kubernetes/pkg/controller/volume/attachdetach (reportMultiAttachError).
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "ai-ops/diagnosis/container.h"
#include "ai-ops/diagnosis/event_history.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

// The attacher says it once of each volume.
std::vector<ObjectView> multi_attach_events(const Case& c, const ObjectView& pod) {
  auto out = standing_failures(c.cluster().events_about(pod), std::span(&kAttaching, 1));
  std::erase_if(out,
                [](const ObjectView& event) { return !event.root()["message"].text().contains("Multi-Attach error"); });
  return out;
}

bool waits_to_be_created(const ObjectView& pod) {
  return std::ranges::any_of(containers_of(pod), [](const Container& container) {
    return container.waiting_reason() == "ContainerCreating" || container.waiting_reason() == "PodInitializing";
  });
}

bool has_ended(const ObjectView& pod) {
  std::string_view phase = pod.status()["phase"].text();
  return phase == "Succeeded" || phase == "Failed";
}

struct Mount {
  ObjectView pod;
  std::string path;  // of the claim's name in the pod
};
std::string claim_path(std::size_t volume) {
  return fmt::format("spec.volumes[{}].persistentVolumeClaim.claimName", volume);
}
using Mounts = std::multimap<std::pair<std::string, std::string>, Mount>;  // by namespace and claim

// Of every pod that holds its node's volumes, those on their way out too.
Mounts mounts_in(const Cluster& cluster) {
  Mounts out;
  for (const ObjectView& pod : cluster.snapshot().of_kind("Pod")) {
    if (has_ended(pod) || pod.spec()["nodeName"].text().empty()) continue;
    const json::Array& volumes = pod.spec()["volumes"].array();
    for (std::size_t i = 0; i < volumes.size(); ++i) {
      std::string claim(json::View(volumes[i])["persistentVolumeClaim"]["claimName"].text());
      if (claim.empty()) continue;
      out.emplace(std::pair(std::string(pod.namespace_name()), claim), Mount{pod, claim_path(i)});
    }
  }
  return out;
}

struct Held {
  Mount wanted;
  Mount holder;
  std::string claim;
};

bool is_shared(const ObjectView& claim) {
  return std::ranges::any_of(claim.spec()["accessModes"].array(), [](const json::Value& value) {
    std::string_view mode = json::View(value).text();
    return mode == "ReadWriteMany" || mode == "ReadOnlyMany";
  });
}

// A claim whose volume is not in view is meant only where the pod has no other.
bool may_be_of(const Cluster& cluster, const ObjectView& pod, std::string_view claim, std::string_view volume,
               bool is_only_one) {
  auto found = cluster.snapshot().find("PersistentVolumeClaim", pod.namespace_name(), claim);
  if (found && is_shared(*found)) return false;
  std::string_view its_volume = found ? found->spec()["volumeName"].text() : std::string_view();
  return its_volume.empty() || volume.empty() ? is_only_one : its_volume == volume;
}

// The pod on another node that mounts the claim of this one that is bound to the volume.
std::optional<Held> held_elsewhere(const Cluster& cluster, const Mounts& mounts, const ObjectView& pod,
                                   std::string_view volume) {
  const json::Array& volumes = pod.spec()["volumes"].array();
  bool has_one = 1 == std::ranges::count_if(volumes, [](const json::Value& value) {
                   return static_cast<bool>(json::View(value)["persistentVolumeClaim"]);
                 });
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    std::string claim(json::View(volumes[i])["persistentVolumeClaim"]["claimName"].text());
    if (claim.empty() || !may_be_of(cluster, pod, claim, volume, has_one)) continue;
    auto [first, last] = mounts.equal_range({std::string(pod.namespace_name()), claim});
    for (auto other = first; other != last; ++other)
      if (other->second.pod.spec()["nodeName"].text() != pod.spec()["nodeName"].text())
        return Held{{pod, claim_path(i)}, other->second, claim};
  }
  return std::nullopt;
}

bool tell_held(Case& c, const Workload& workload, const Mounts& mounts, const ObjectView& pod) {
  std::optional<Held> held;
  std::optional<ObjectView> event;
  for (const ObjectView& each : multi_attach_events(c, pod)) {
    event = each;
    held = held_elsewhere(c.cluster(), mounts, pod, volume_named_by(each));
    if (held) break;
  }
  if (!held) return false;
  const ObjectView& holder = held->holder.pod;
  Draft& draft = c.symptom(workload, "volume-not-attached", "a volume cannot be attached");
  draft.detail = fmt::format("claim {} is held by pod {} on node {}", quote(held->claim), holder.name(),
                             quote(holder.spec()["nodeName"].text()));
  draft.cite_event(*event);
  draft.cite(pod, held->wanted.path);
  draft.cite(pod, "spec.nodeName");
  draft.cite(holder, held->holder.path);
  draft.cite(holder, "spec.nodeName");
  if (auto claim = c.cluster().snapshot().find("PersistentVolumeClaim", pod.namespace_name(), held->claim))
    for (const char* field : {"spec.volumeName", "spec.accessModes"}) draft.cite(*claim, field);
  return true;
}

void tell_failed(Case& c, const ObjectView& volume) {
  if (volume.status()["phase"].text() != "Failed") return;
  Draft& draft = c.symptom(volume.ref(), "volume-failed", Severity::warning, "has failed");
  draft.detail = quote(volume.status()["message"].text(volume.status()["reason"].text()));
  draft.cite(volume, "status.phase");
  draft.cite(volume, "status.message");
}

}  // namespace

void find_volumes(Case& c) {
  std::optional<Mounts> mounts;  // of the whole cluster: made once, if at all
  for (const Workload& workload : c.cluster().workloads()) {
    if (c.has_symptom(workload.ref)) continue;
    for (const ObjectView& pod : workload.pods) {
      if (!waits_to_be_created(pod)) continue;
      if (!mounts) mounts = mounts_in(c.cluster());
      if (tell_held(c, workload, *mounts, pod)) break;
    }
  }
  for (const ObjectView& volume : c.cluster().snapshot().of_kind("PersistentVolume")) tell_failed(c, volume);
}

}  // namespace ai_ops::diagnosis
