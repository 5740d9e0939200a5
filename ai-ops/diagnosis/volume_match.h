// What keeps a PersistentVolume that somebody made from being bound to a claim, as the volume binder decides it: it
// must be free, large enough, of the claim's access modes, volume mode, storage class and selector. Pure. Source:
// kubernetes/pkg/controller/volume/persistentvolume (FindMatchingVolume, syncUnboundClaim).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/diagnosis/cluster.h"

namespace ai_ops::diagnosis {

// In the order in which a near miss is worth telling: a volume that is free says more than one that never was.
enum class Misfit { capacity, access_modes, storage_class, selector, volume_mode, failed, taken };

struct NearVolume {
  ObjectView volume;
  Misfit misfit;
};

// Empty: the volume will be bound to the claim.
std::vector<Misfit> misfits_of(const ObjectView& claim, const ObjectView& volume);

struct VolumeSearch {
  bool fits = false;  // one does: it will be bound
  // Else the one that would be but for one thing: the volume that the claim names, or of all that are wrong in one way
  // that whose misfit stands first above.
  std::optional<NearVolume> near = {};
};
VolumeSearch volume_for(const Cluster& cluster, const ObjectView& claim);

std::string_view class_name_of(const ObjectView& claim_or_volume);  // empty: it has none
std::string texts_of(json::View list);                              // "ReadWriteOnce, ReadOnlyMany"

}  // namespace ai_ops::diagnosis
