// Volumes that cannot be used where they are wanted.
// Faults: volume-not-attached (held by a pod on another node), volume-failed.
// Symptoms: the pod has a node and its containers stay in ContainerCreating; the volume's phase is Failed.
// Evidence: the FailedAttachVolume event, unless something later says that it went on; the other pod that mounts the
// same claim; the claim's access modes.
// How Kubernetes works: a ReadWriteOnce volume is attached to one node at a time. A pod elsewhere waits until the last
// pod on that node is gone, which a rolling update of one replica never brings about. A volume fails when what was to
// become of it after its claim could not be done.
// Source: kubernetes/pkg/controller/volume/attachdetach (reportMultiAttachError).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "ai-ops/diagnosis/container.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

// What the kubelet and the attacher say once a volume is there.
constexpr std::array<std::string_view, 5> kWentOn{"SuccessfulAttachVolume", "Pulling", "Pulled", "Created", "Started"};

// Of the pod as it now stands: what came before something that went on is over.
std::optional<ObjectView> multi_attach_event(const Case& c, const ObjectView& pod) {
  for (const ObjectView& event : c.cluster().events_about(pod)) {
    std::string_view reason = event.root()["reason"].text();
    if (std::ranges::find(kWentOn, reason) != kWentOn.end()) return std::nullopt;
    if (reason == "FailedAttachVolume" && event.root()["message"].text().contains("Multi-Attach error")) return event;
  }
  return std::nullopt;
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

// The pod on another node that mounts a claim of this one.
std::optional<Held> held_elsewhere(const Mounts& mounts, const ObjectView& pod) {
  const json::Array& volumes = pod.spec()["volumes"].array();
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    std::string claim(json::View(volumes[i])["persistentVolumeClaim"]["claimName"].text());
    auto [first, last] = mounts.equal_range({std::string(pod.namespace_name()), claim});
    for (auto other = first; other != last; ++other)
      if (other->second.pod.spec()["nodeName"].text() != pod.spec()["nodeName"].text())
        return Held{{pod, claim_path(i)}, other->second, claim};
  }
  return std::nullopt;
}

bool tell_held(Case& c, const Workload& workload, const Mounts& mounts, const ObjectView& pod) {
  auto event = multi_attach_event(c, pod);
  if (!event) return false;
  auto held = held_elsewhere(mounts, pod);
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
    draft.cite(*claim, "spec.accessModes");
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
