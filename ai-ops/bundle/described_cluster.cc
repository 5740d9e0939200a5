// Descriptions of nodes, namespaces with their quotas, storage, and what pods are given.
#include <array>
#include <map>
#include <string>
#include <string_view>

#include "ai-ops/bundle/described_kinds.h"
#include "ai-ops/bundle/fields.h"
#include "ai-ops/bundle/table.h"

namespace ai_ops::bundle {
namespace {

void put_words(json::Object& object, const Entry& described, std::initializer_list<Field> fields) {
  for (const Field& field : fields) put(object, field.path, json::Value(described.value(field.key)));
}

// "dedicated=batch:NoSchedule", "node.kubernetes.io/unschedulable:NoSchedule"
json::Array taints(const Entry* entry) {
  json::Array out;
  if (entry == nullptr) return out;
  for (const std::string& text : entry->values) {
    std::size_t colon = text.rfind(':');
    if (colon == text.npos) continue;
    std::string key = text.substr(0, colon);
    std::size_t sign = key.find('=');
    json::Object taint{{"key", key.substr(0, sign)}, {"effect", text.substr(colon + 1)}};
    if (sign != key.npos) put(taint, "value", json::Value(key.substr(sign + 1)));
    out.emplace_back(std::move(taint));
  }
  return out;
}

// RWO, ROX, RWX and RWOP, as kubectl shortens them.
json::Array access_modes(std::string_view text) {
  static constexpr std::array<Field, 4> kModes{
      {{"RWO", "ReadWriteOnce"}, {"ROX", "ReadOnlyMany"}, {"RWX", "ReadWriteMany"}, {"RWOP", "ReadWriteOncePod"}}};
  json::Array out;
  for (std::string_view word : words(text))
    for (const Field& mode : kModes)
      if (word == mode.key) out.emplace_back(mode.path);
  return out;
}

// Rows "Resource  Used  Hard".
void put_used_and_hard(json::Object& object, const Table& table) {
  json::Object hard, used;
  for (std::size_t row = 0; row < table.size(); ++row) {
    if (table.cell(row, "Hard").empty()) continue;
    hard[table.cell(row, "Resource")] = table.cell(row, "Hard");
    used[table.cell(row, "Resource")] = table.cell(row, "Used");
  }
  put(object, "spec.hard", hard);
  put(object, "status.hard", std::move(hard));
  put(object, "status.used", std::move(used));
}

}  // namespace

void put_node(json::Object& object, const Entry& described) {
  put(object, "spec.taints", taints(described.find("Taints")));
  if (described.value("Unschedulable") == "true") put(object, "spec.unschedulable", true);
  put(object, "status.capacity", map_of(described.find("Capacity")));
  put(object, "status.allocatable", map_of(described.find("Allocatable")));
  put(object, "status.conditions", conditions_of(described.find("Conditions")));
}

// Its quotas are objects of their own, which their own descriptions tell.
void put_namespace(json::Object& object, const Entry& described) {
  put(object, "status.phase", json::Value(described.value("Status")));
}

void put_quota(json::Object& object, const Entry& described) {
  put_used_and_hard(object, Table(rows_of(described.entries)));
}

// Rows "Type  Resource  Min  Max  Default Request  Default Limit  Max Limit/Request Ratio"; "-" is none.
void put_limit_range(json::Object& object, const Entry& described) {
  static constexpr std::array<Field, 5> kBounds{{{"Min", "min"},
                                                 {"Max", "max"},
                                                 {"Default Request", "defaultRequest"},
                                                 {"Default Limit", "default"},
                                                 {"Max Limit/Request Ratio", "maxLimitRequestRatio"}}};
  Table table(rows_of(described.entries));
  std::map<std::string, json::Object, std::less<>> limits;  // by type
  for (std::size_t row = 0; row < table.size(); ++row) {
    json::Object& limit = limits[std::string(table.cell(row, "Type"))];
    limit["type"] = table.cell(row, "Type");
    for (const Field& bound : kBounds) {
      std::string_view said = table.cell(row, bound.key);
      if (said.empty() || said == "-") continue;
      json::Value& amounts = limit[bound.path];
      if (!amounts.is_object()) amounts.emplace_object();
      amounts.get_object()[table.cell(row, "Resource")] = said;
    }
  }
  json::Array out;
  for (auto& [type, limit] : limits)
    if (!type.empty()) out.emplace_back(std::move(limit));
  put(object, "spec.limits", std::move(out));
}

void put_claim(json::Object& object, const Entry& described) {
  put_words(object, described,
            {{"StorageClass", "spec.storageClassName"},
             {"Volume", "spec.volumeName"},
             {"VolumeMode", "spec.volumeMode"},
             {"Capacity", "status.capacity.storage"}});
  std::string_view phase = described.value("Status");
  put(object, "status.phase", json::Value(phase.substr(0, phase.find(' '))));
  put(object, "spec.accessModes", access_modes(described.value("Access Modes")));
}

void put_volume(json::Object& object, const Entry& described) {
  put_words(object, described,
            {{"StorageClass", "spec.storageClassName"},
             {"Reclaim Policy", "spec.persistentVolumeReclaimPolicy"},
             {"VolumeMode", "spec.volumeMode"},
             {"Capacity", "spec.capacity.storage"},
             {"Status", "status.phase"},
             {"Message", "status.message"}});
  put(object, "spec.accessModes", access_modes(described.value("Access Modes")));
  std::string_view claim = described.value("Claim");
  std::size_t slash = claim.find('/');
  if (slash == claim.npos) return;
  put(object, "spec.claimRef.namespace", json::Value(claim.substr(0, slash)));
  put(object, "spec.claimRef.name", json::Value(claim.substr(slash + 1)));
}

void put_storage_class(json::Object& object, const Entry& described) {
  put_words(
      object, described,
      {{"Provisioner", "provisioner"}, {"ReclaimPolicy", "reclaimPolicy"}, {"VolumeBindingMode", "volumeBindingMode"}});
  if (described.value("IsDefaultClass") == "Yes") put_default_class(object, kDefaultStorageClass);
}

void put_service_account(json::Object& object, const Entry& described) {
  json::Array secrets;
  for (const std::string& name : described.find("Image pull secrets")->values)
    secrets.emplace_back(json::Object{{"name", name.substr(0, name.find(' '))}});
  put(object, "imagePullSecrets", std::move(secrets));
}

void put_role_binding(json::Object& object, const Entry& described) {
  const Entry* role = described.find("Role");
  put(object, "roleRef.kind", json::Value(role->value("Kind")));
  put(object, "roleRef.name", json::Value(role->value("Name")));
  Table table(rows_of(described.find("Subjects")->entries));
  json::Array subjects;
  for (std::size_t row = 0; row < table.size(); ++row)
    subjects.emplace_back(json::Object{{"kind", table.cell(row, "Kind")},
                                       {"name", table.cell(row, "Name")},
                                       {"namespace", table.cell(row, "Namespace")}});
  put(object, "subjects", std::move(subjects));
}

void put_secret(json::Object& object, const Entry& described) {
  put(object, "type", json::Value(described.value("Type")));
  json::Object data;
  for (const Entry& entry : described.entries)
    if (entry.value().ends_with(" bytes")) data[entry.key] = nullptr;
  put(object, "data", std::move(data));
}

}  // namespace ai_ops::bundle
