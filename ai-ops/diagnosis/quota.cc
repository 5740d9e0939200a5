#include "ai-ops/diagnosis/quota.h"

#include <algorithm>
#include <iterator>

#include "foundation/kubernetes/quantity.h"

namespace ai_ops::diagnosis {
namespace {

using foundation::kubernetes::parse_quantity_milli;

struct Row {
  std::string_view resource;  // ends with it
  std::string_view fault;
};
constexpr Row kRows[] = {
    {"requests.storage", "storage-quota-exceeded"},
    {"persistentvolumeclaims", "storage-quota-exceeded"},
    {"ephemeral-storage", "storage-quota-exceeded"},
    {"cpu", "cpu-quota-exceeded"},
    {"memory", "memory-quota-exceeded"},
    {"pods", "pod-quota-exceeded"},
    {"services", "service-quota-exceeded"},
    {"services.nodeports", "service-quota-exceeded"},
    {"services.loadbalancers", "service-quota-exceeded"},
};

std::int64_t milli_of(json::View value) { return parse_quantity_milli(value.text(shown(value))).value_or(0); }

std::optional<FullQuota> quota_where(const Cluster& cluster, std::string_view namespace_name, Resources resources,
                                     bool (*fits)(std::int64_t hard, std::int64_t used)) {
  for (const ObjectView& quota : cluster.snapshot().of_kind("ResourceQuota")) {
    if (quota.namespace_name() != namespace_name) continue;
    json::View hard = quota.status()["hard"], used = quota.status()["used"];
    for (std::string_view resource : resources)
      if (hard[resource] && fits(milli_of(hard[resource]), milli_of(used[resource])))
        return FullQuota{quota, std::string(resource)};
  }
  return std::nullopt;
}

}  // namespace

std::string_view quota_fault(std::string_view resource) {
  auto row = std::ranges::find_if(kRows, [&](const Row& it) { return resource.ends_with(it.resource); });
  return row == std::end(kRows) ? "object-quota-exceeded" : row->fault;
}

void cite_quota(Draft& draft, const Cluster& cluster, std::string_view resource) {
  const ObjectRef& ref = draft.object;
  auto quota = cluster.snapshot().find("ResourceQuota", ref.namespace_name, ref.name);
  if (!quota) return;
  draft.cite(*quota, "status.used" + member_step(resource));
  draft.cite(*quota, "status.hard" + member_step(resource));
}

std::optional<FullQuota> full_quota(const Cluster& cluster, std::string_view namespace_name, Resources resources) {
  return quota_where(cluster, namespace_name, resources,
                     [](std::int64_t hard, std::int64_t used) { return used >= hard; });
}

std::optional<FullQuota> any_quota(const Cluster& cluster, std::string_view namespace_name, Resources resources) {
  return quota_where(cluster, namespace_name, resources, [](std::int64_t, std::int64_t) { return true; });
}

}  // namespace ai_ops::diagnosis
