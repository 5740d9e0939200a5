#include <array>

#include "demo-cluster/world/patch.h"
#include "foundation/json/view.h"

namespace demo_cluster::world {
namespace {

struct MergeList {
  std::string_view list;
  std::string_view key;
};

// The merge keys of the kinds that we serve (patchMergeKey in k8s.io/api).
constexpr std::array kMergeLists = {
    MergeList{"containers", "name"},     MergeList{"initContainers", "name"},    MergeList{"env", "name"},
    MergeList{"volumes", "name"},        MergeList{"volumeMounts", "mountPath"}, MergeList{"imagePullSecrets", "name"},
    MergeList{"ownerReferences", "uid"}, MergeList{"conditions", "type"},        MergeList{"addresses", "type"},
    MergeList{"hostAliases", "ip"},      MergeList{"secrets", "name"},           MergeList{"ports", "containerPort"},
    MergeList{"ports", "port"},
};

constexpr std::string_view kElementOrder = "$setElementOrder/";
constexpr std::string_view kDeletePrimitives = "$deleteFromPrimitiveList/";
constexpr std::string_view kRetainKeys = "$retainKeys";

bool is_primitive_set(std::string_view list_name) { return list_name == "finalizers"; }

void merge_object(json::Object& target, const json::Object& patch);

json::Value* item_with(json::Array& items, std::string_view key, const json::Value& wanted) {
  for (auto& item : items) {
    const auto* has = json::View(item)[key].value();
    if (has != nullptr && *has == wanted) return &item;
  }
  return nullptr;
}

void merge_item(json::Array& items, std::string_view key, const json::Value& patch) {
  const auto* wanted = json::View(patch)[key].value();
  if (wanted == nullptr) return;
  json::Value* place = item_with(items, key, *wanted);
  if (json::View(patch)["$patch"].text() == "delete") {
    if (place != nullptr) items.erase(place);
    return;
  }
  if (place == nullptr) place = &items.emplace_back(json::Object{});
  merge_object(place->as_object(), patch.as_object());
}

bool replaces_list(const json::Array& patch) {
  for (const auto& item : patch)
    if (json::View(item)["$patch"].text() == "replace") return true;
  return false;
}

void add_primitives(json::Array& items, const json::Array& patch) {
  for (const auto& item : patch)
    if (std::find(items.begin(), items.end(), item) == items.end()) items.push_back(item);
}

void merge_list(json::Value& target, std::string_view name, const json::Array& patch) {
  std::string_view key = patch.empty() ? std::string_view{} : merge_key(name, patch[0]);
  if (!target.is_array() || (key.empty() && !is_primitive_set(name)) || replaces_list(patch)) {
    json::Array fresh;
    for (const auto& item : patch)
      if (json::View(item)["$patch"].is_null()) fresh.push_back(item);
    target = std::move(fresh);
    return;
  }
  if (key.empty()) return add_primitives(target.as_array(), patch);
  for (const auto& item : patch) merge_item(target.as_array(), key, item);
}

// A directive of kubectl's: true when `name` was one.
bool perform_directive(json::Object& target, std::string_view name, const json::Value& value) {
  if (name == "$patch" || name.starts_with(kElementOrder)) return true;
  if (name == kRetainKeys) {
    std::vector<std::string> gone;
    for (const auto& [member, unused] : target)
      if (std::find(value.as_array().begin(), value.as_array().end(), json::Value(member)) == value.as_array().end())
        gone.emplace_back(member);
    for (const auto& member : gone) target.erase(member);
    return true;
  }
  if (!name.starts_with(kDeletePrimitives)) return false;
  auto* list = target.if_contains(name.substr(kDeletePrimitives.size()));
  if (list == nullptr || !list->is_array() || !value.is_array()) return true;
  for (const auto& item : value.as_array())
    if (auto at = std::find(list->as_array().begin(), list->as_array().end(), item); at != list->as_array().end())
      list->as_array().erase(at);
  return true;
}

void merge_member(json::Object& target, std::string_view name, const json::Value& value) {
  if (value.is_null()) {
    target.erase(name);
  } else if (value.is_object()) {
    auto& place = target[name];
    if (!place.is_object()) place = json::Object{};
    merge_object(place.as_object(), value.as_object());
  } else if (value.is_array()) {
    merge_list(target[name], name, value.as_array());
  } else {
    target[name] = value;
  }
}

void merge_object(json::Object& target, const json::Object& patch) {
  if (const auto* directive = patch.if_contains("$patch"); directive != nullptr && *directive == "replace")
    target.clear();
  // Directives first: $retainKeys speaks of what stood before.
  for (const auto& [name, value] : patch)
    if (name != kRetainKeys || value.is_array()) perform_directive(target, name, value);
  for (const auto& [name, value] : patch)
    if (!name.starts_with('$')) merge_member(target, name, value);
}

}  // namespace

std::string_view merge_key(std::string_view list_name, const json::Value& item) {
  for (const auto& row : kMergeLists)
    if (row.list == list_name && json::View(item)[row.key]) return row.key;
  return {};
}

void strategic_merge_patch(json::Value& target, const json::Value& patch) {
  if (!patch.is_object()) {
    target = patch;
    return;
  }
  if (!target.is_object()) target = json::Object{};
  merge_object(target.as_object(), patch.as_object());
}

}  // namespace demo_cluster::world
