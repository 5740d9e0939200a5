#include "ai-ops/diagnosis/pod_claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace ai_ops::diagnosis {
namespace {

bool has_come(const std::optional<ObjectView>& claim) { return claim && claim->status()["phase"].text() != "Pending"; }

bool may_yet_come(const ClaimUse& use, const std::optional<ObjectView>& claim, WallTime now) {
  if (claim) return is_younger_than(*claim, kTimeToBind, now);
  return use.is_made_for_pod && is_younger_than(use.pod, kTimeToMakeClaim, now);
}

}  // namespace

std::vector<ClaimUse> claims_of(const ObjectView& pod) {
  std::vector<ClaimUse> out;
  const json::Array& volumes = pod.spec()["volumes"].array();
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    json::View volume(volumes[i]);
    std::string_view name = volume["persistentVolumeClaim"]["claimName"].text();
    std::string path = fmt::format("spec.volumes[{}]", i);
    if (!name.empty()) out.push_back({pod, std::string(name), path + ".persistentVolumeClaim.claimName"});
    if (volume["ephemeral"])  // its claim has this name
      out.push_back({pod, fmt::format("{}-{}", pod.name(), volume["name"].text()), path + ".name", true});
  }
  return out;
}

std::optional<ObjectView> claim_of(const Cluster& cluster, const ClaimUse& use) {
  return cluster.snapshot().find("PersistentVolumeClaim", use.pod.namespace_name(), use.name);
}

std::vector<ObjectView> volumes_of(const Cluster& cluster, const ObjectView& pod) {
  std::vector<ObjectView> out;
  for (const ClaimUse& use : claims_of(pod)) {
    auto claim = claim_of(cluster, use);
    if (!claim) continue;
    if (auto volume = cluster.snapshot().find("PersistentVolume", "", claim->spec()["volumeName"].text()))
      out.push_back(*volume);
  }
  return out;
}

bool is_younger_than(const ObjectView& object, std::chrono::minutes age, WallTime now) {
  auto made = time_of(object.metadata()["creationTimestamp"]);
  return made && now - *made < age;
}

bool may_yet_get_its_claims(const Cluster& cluster, const ObjectView& pod, WallTime now) {
  bool waits = false;
  for (const ClaimUse& use : claims_of(pod)) {
    auto claim = claim_of(cluster, use);
    if (has_come(claim)) continue;
    if (!may_yet_come(use, claim, now)) return false;
    waits = true;
  }
  return waits;
}

}  // namespace ai_ops::diagnosis
