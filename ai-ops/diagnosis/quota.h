// ResourceQuotas as rules speak of them. Pure.
#pragma once
#include <optional>
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
// A quota of the namespace with nothing left of a resource with that fault, or with less than `wanted` in milli units.
std::optional<FullQuota> full_quota(const Cluster& cluster, std::string_view namespace_name, std::string_view fault,
                                    std::int64_t wanted = 1);

}  // namespace ai_ops::diagnosis
