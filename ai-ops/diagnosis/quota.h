// ResourceQuotas as rules speak of them. Pure.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "ai-ops/diagnosis/draft.h"

namespace ai_ops::diagnosis {

// "requests.cpu" -> "cpu-quota-exceeded", "count/deployments.apps" -> "object-quota-exceeded".
std::string_view quota_fault(std::string_view resource);

// What the draft's own ResourceQuota says of the resource, used and hard.
void cite_quota(Draft& draft, const Cluster& cluster, std::string_view resource);

struct FullQuota {
  ObjectView quota;
  std::string resource;
};
// What a quota counts an object by, whatever else it may limit: a full `services.loadbalancers` lets a plain Service
// be.
using Resources = std::span<const std::string_view>;
inline constexpr std::string_view kServiceResources[] = {"services", "count/services"};
inline constexpr std::string_view kClaimResources[] = {"persistentvolumeclaims", "count/persistentvolumeclaims",
                                                       "requests.storage"};
inline constexpr std::string_view kStorageResources[] = {"requests.storage"};

// A quota of the namespace with nothing left of one of the resources.
std::optional<FullQuota> full_quota(const Cluster& cluster, std::string_view namespace_name, Resources resources);
// One that limits such a resource at all: it may have refused what asked for more than is left.
std::optional<FullQuota> any_quota(const Cluster& cluster, std::string_view namespace_name, Resources resources);

}  // namespace ai_ops::diagnosis
