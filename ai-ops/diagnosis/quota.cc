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

constexpr std::int64_t kOneMilli = 1;  // less than that is nothing

std::int64_t milli_of(json::View value) { return parse_quantity_milli(value.text(shown(value))).value_or(0); }

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

std::optional<FullQuota> full_quota(const Cluster& cluster, std::string_view namespace_name, std::string_view fault,
                                    std::int64_t wanted) {
  for (const ObjectView& quota : cluster.snapshot().of_kind("ResourceQuota")) {
    if (quota.namespace_name() != namespace_name) continue;
    for (const auto& limit : quota.status()["hard"].object()) {
      std::string_view resource = limit.key();
      if (quota_fault(resource) != fault) continue;
      std::int64_t left = milli_of(limit.value()) - milli_of(quota.status()["used"][resource]);
      // Claims are counted: the room for one more is known, whatever it would ask for.
      bool is_count = resource.ends_with("persistentvolumeclaims");
      if (left < (is_count ? kOneMilli : wanted)) return FullQuota{quota, std::string(resource)};
    }
  }
  return std::nullopt;
}

}  // namespace ai_ops::diagnosis
