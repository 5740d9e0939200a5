#include "demo-cluster/world/field_set.h"

#include <fmt/format.h>

#include <algorithm>

#include "demo-cluster/world/patch.h"

namespace demo_cluster::world {
namespace {

const json::Value kNothing;

bool is_kept_by_the_server(std::string_view path) {
  static constexpr std::string_view kOwn[] = {"metadata.managedFields",
                                              "metadata.resourceVersion",
                                              "metadata.uid",
                                              "metadata.generation",
                                              "metadata.creationTimestamp",
                                              "metadata.name",
                                              "metadata.namespace",
                                              "kind",
                                              "apiVersion"};
  return std::ranges::find(kOwn, path) != std::end(kOwn);
}

FieldSet difference(const json::Value& before, const json::Value& after, std::string_view name,
                    const std::string& path);

// The merge key that every item of both lists has; empty: the list is one value.
std::string_view shared_key(std::string_view name, const json::Value& before, const json::Value& after) {
  if (!after.is_array() || after.as_array().empty()) return {};
  auto key = merge_key(name, after.as_array()[0]);
  for (const auto* list : {&before, &after})
    for (const auto& item : json::View(*list).array())
      if (!json::View(item)[key]) return {};
  return key;
}

const json::Value& item_with(const json::Value& list, std::string_view key, const json::Value& wanted) {
  for (const auto& item : json::View(list).array())
    if (const auto* has = json::View(item)[key].value(); has != nullptr && *has == wanted) return item;
  return kNothing;
}

void compare_items(FieldSet& out, const json::Value& before, const json::Value& after, std::string_view key,
                   const std::string& path) {
  for (const auto& item : after.as_array()) {
    const auto& id = item.as_object().at(key);
    const auto& old = item_with(before, key, id);
    if (old == item) continue;
    auto below = difference(old, item, {}, path + "[]");
    if (!below.empty() || !old.is_object()) out["k:" + json::to_text(json::Object{{key, id}})] = std::move(below);
  }
}

FieldSet difference(const json::Value& before, const json::Value& after, std::string_view name,
                    const std::string& path) {
  FieldSet out;
  if (after.is_object()) {
    for (const auto& [member, value] : after.as_object()) {
      std::string here = path.empty() ? std::string(member) : fmt::format("{}.{}", path, std::string_view(member));
      const auto* old = json::View(before)[member].value();
      if (is_kept_by_the_server(here) || (old != nullptr && *old == value)) continue;
      auto below = difference(old != nullptr ? *old : kNothing, value, member, here);
      // An object in which nothing was written is no leaf, unless there is nothing in it to write.
      bool leaf = !value.is_object() || (value.as_object().empty() && (old == nullptr || !old->is_object()));
      if (leaf || !below.empty()) out["f:" + std::string(member)] = std::move(below);
    }
  } else if (auto key = shared_key(name, before, after); !key.empty()) {
    compare_items(out, before, after, key, path);
  }
  return out;
}

// Other entries stand for the object itself (".") or for values of sets ("v:").
bool is_member_or_item(std::string_view field) { return field.starts_with("f:") || field.starts_with("k:"); }

void erase_member(json::Object& object, std::string_view name, const FieldSet& below) {
  auto* member = object.if_contains(name);
  if (member == nullptr) return;
  if (!below.empty()) erase_fields(*member, below);
  bool emptied =
      (member->is_object() && member->as_object().empty()) || (member->is_array() && member->as_array().empty());
  if (below.empty() || emptied) object.erase(name);
}

// An item whose key has gone is none any more.
void erase_item(json::Value& list, std::string_view key, const FieldSet& below) {
  auto wanted = json::parse_strict(key);
  if (!list.is_array() || !wanted || json::View(*wanted).object().empty()) return;
  const auto& id = *wanted->as_object().begin();
  auto& items = list.as_array();
  auto at = std::ranges::find_if(items, [&](const json::Value& item) {
    const auto* has = json::View(item)[id.key()].value();
    return has != nullptr && *has == id.value();
  });
  if (at == items.end()) return;
  erase_fields(*at, below);
  if (below.empty() || !json::View(*at)[id.key()]) items.erase(at);
}

}  // namespace

FieldSet written(const json::Value& before, const json::Value& after) { return difference(before, after, {}, {}); }

void unite(FieldSet& set, const FieldSet& more) {
  for (const auto& [field, below] : more) {
    auto& place = set[field];
    if (!place.is_object()) place = json::Object{};
    unite(place.as_object(), below.as_object());
  }
}

void subtract(FieldSet& set, const FieldSet& less) {
  std::vector<std::string> gone;
  for (const auto& [field, below] : less) {
    auto* place = set.if_contains(field);
    if (place == nullptr || !place->is_object()) continue;
    if (!below.as_object().empty()) subtract(place->as_object(), below.as_object());
    if (place->as_object().empty() || below.as_object().empty()) gone.emplace_back(field);
  }
  for (const auto& field : gone) set.erase(field);
}

bool is_field_set(const json::Value& value) {
  if (!value.is_object()) return false;
  return std::ranges::all_of(value.as_object(), [](const auto& field) { return is_field_set(field.value()); });
}

FieldSet without(const FieldSet& set, const FieldSet& other) {
  FieldSet out;
  for (const auto& [field, below] : set) {
    const auto* there = other.if_contains(field);
    if (there == nullptr) {
      out[field] = below;
    } else if (auto left = without(below.as_object(), there->as_object()); !left.empty()) {
      out[field] = std::move(left);
    }
  }
  return out;
}

FieldSet shared(const FieldSet& one, const FieldSet& other) {
  FieldSet out;
  for (const auto& [field, below] : one) {
    const auto* there = other.if_contains(field);
    if (there == nullptr) continue;
    auto both = shared(below.as_object(), there->as_object());
    bool leaf = below.as_object().empty() || there->as_object().empty();
    if (leaf || !both.empty()) out[field] = std::move(both);
  }
  return out;
}

std::vector<std::string> paths_of(const FieldSet& set) {
  std::vector<std::string> out;
  for (const auto& [field, below] : set) {
    std::string_view name = field;
    if (!is_member_or_item(name)) continue;
    auto here = name.starts_with("f:") ? fmt::format(".{}", name.substr(2)) : fmt::format("[{}]", name.substr(2));
    if (below.as_object().empty()) out.push_back(here);
    for (const auto& more : paths_of(below.as_object())) out.push_back(here + more);
  }
  return out;
}

void erase_fields(json::Value& value, const FieldSet& set) {
  for (const auto& [field, below] : set) {
    if (!is_member_or_item(field)) continue;
    auto name = std::string_view(field).substr(2);
    if (std::string_view(field).starts_with("k:"))
      erase_item(value, name, below.as_object());
    else if (value.is_object())
      erase_member(value.as_object(), name, below.as_object());
  }
}

}  // namespace demo_cluster::world
