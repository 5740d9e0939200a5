// The PersistentVolumeClaims that a pod's volumes name, and what has become of them. Pure.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "ai-ops/diagnosis/cluster.h"

namespace ai_ops::diagnosis {

// What is no fault yet: the ephemeral volume controller makes a pod's own claim within seconds, a provisioner its
// volume within a minute or two.
inline constexpr std::chrono::minutes kTimeToMakeClaim{1};
inline constexpr std::chrono::minutes kTimeToBind{2};

struct ClaimUse {
  ObjectView pod;
  std::string name;  // of the claim
  std::string path;  // where the pod names it
  bool is_made_for_pod = false;
};

std::vector<ClaimUse> claims_of(const ObjectView& pod);
std::optional<ObjectView> claim_of(const Cluster& cluster, const ClaimUse& use);
// The volumes in view that the pod's claims are bound to, or name.
std::vector<ObjectView> volumes_of(const Cluster& cluster, const ObjectView& pod);

// Younger than that; false where it does not say when it was made.
bool is_younger_than(const ObjectView& object, std::chrono::minutes age, WallTime now);
// The pod waits for claims, and each that it has not got may yet come.
bool may_yet_get_its_claims(const Cluster& cluster, const ObjectView& pod, WallTime now);

}  // namespace ai_ops::diagnosis
