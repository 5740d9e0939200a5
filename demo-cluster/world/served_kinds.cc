#include "demo-cluster/world/served_kinds.h"

#include <vector>

namespace demo_cluster::world {
namespace {

constexpr std::uint8_t kWorkload = kStatus | kGeneration | kAll;

struct Traits {
  std::string_view kind;
  std::uint8_t traits;
};

// A kind without a row has no traits.
constexpr Traits kTraits[] = {
    {"CronJob", kWorkload},
    {"DaemonSet", kWorkload},
    {"Deployment", kWorkload | kScale},
    {"EndpointSlice", kGeneration},
    {"HorizontalPodAutoscaler", kStatus | kAll},
    {"Ingress", kStatus | kGeneration},
    {"Job", kWorkload},
    {"Namespace", kStatus},
    {"NetworkPolicy", kGeneration},
    {"Node", kStatus},
    {"PersistentVolume", kStatus},
    {"PersistentVolumeClaim", kStatus},
    {"Pod", kWorkload},
    {"PodDisruptionBudget", kStatus | kGeneration},
    {"ReplicaSet", kWorkload | kScale},
    {"ResourceQuota", kStatus},
    {"Service", kStatus | kAll},
    {"StatefulSet", kWorkload | kScale},
};

std::uint8_t traits_of(std::string_view kind) {
  for (const auto& row : kTraits)
    if (row.kind == kind) return row.traits;
  return 0;
}

std::vector<ServedKind> make_table() {
  std::vector<ServedKind> table;
  for (const auto& kind : kubernetes::kinds()) table.push_back({kind, traits_of(kind.name)});
  // The vocabulary leaves Secret out, since the product never reads one; pods may refer to one all the same.
  table.push_back({{"Secret", "", "v1", "secrets", true, ""}, 0});
  return table;
}

}  // namespace

std::span<const ServedKind> served_kinds() {
  static const std::vector<ServedKind> table = make_table();
  return table;
}

const ServedKind* served_kind(std::string_view name) {
  for (const auto& row : served_kinds())
    if (row.kind.name == name) return &row;
  return nullptr;
}

const ServedKind* served_kind(std::string_view group, std::string_view version, std::string_view plural) {
  for (const auto& row : served_kinds())
    if (row.kind.group == group && row.kind.version == version && row.kind.plural == plural) return &row;
  return nullptr;
}

}  // namespace demo_cluster::world
