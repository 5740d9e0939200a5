#include "demo-cluster/world/managed_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "demo-cluster/world/patch.h"

namespace demo_cluster::world {
namespace {

// A FieldsV1 set: {"f:spec": {"f:replicas": {}}}, list items as k:{"name":"app"}; a leaf is {}.
using FieldSet = json::Object;

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
      // An object in which nothing was written is no leaf.
      bool leaf = old == nullptr || !old->is_object() || !value.is_object();
      if (leaf || !below.empty()) out["f:" + std::string(member)] = std::move(below);
    }
  } else if (auto key = shared_key(name, before, after); !key.empty()) {
    compare_items(out, before, after, key, path);
  }
  return out;
}

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

bool is_entry_of(json::View entry, const FieldWriter& writer) {
  return entry["manager"].text() == writer.manager &&
         entry["operation"].text() == (writer.apply ? "Apply" : "Update") &&
         entry["subresource"].text() == writer.subresource && entry["apiVersion"].text() == writer.api_version;
}

json::Object fresh_entry(const FieldWriter& writer) {
  json::Object entry{{"manager", writer.manager},
                     {"operation", writer.apply ? "Apply" : "Update"},
                     {"apiVersion", writer.api_version},
                     {"fieldsType", "FieldsV1"},
                     {"fieldsV1", json::Object{}}};
  if (!writer.subresource.empty()) entry["subresource"] = writer.subresource;
  return entry;
}

void take_from(json::Object& entry, const FieldSet& less) {
  if (auto* fields = entry.if_contains("fieldsV1"); fields != nullptr && fields->is_object())
    subtract(fields->as_object(), less);
}

void give_to(json::Array& entries, const FieldWriter& writer, const FieldSet& fields, WallTime now) {
  auto own = std::ranges::find_if(entries, [&](const json::Value& entry) { return is_entry_of(entry, writer); });
  if (own == entries.end()) own = &entries.emplace_back(fresh_entry(writer));
  auto& entry = own->as_object();
  unite(entry["fieldsV1"].as_object(), fields);
  if (writer.subresource != "scale") entry["time"] = time_text(now);
}

}  // namespace

void record_writer(const json::Value& before, json::Value& after, const FieldWriter& writer, WallTime now) {
  FieldSet written = difference(before, after, {}, {});
  FieldSet removed = difference(after, before, {}, {});  // what the old has and the new has not, or has otherwise
  auto& metadata = object_at(after, {"metadata"});
  json::Array entries;
  if (auto old = json::View(before)["metadata"]["managedFields"]) entries = old.array();
  for (auto& entry : entries) {
    if (is_entry_of(entry, writer)) continue;
    take_from(entry.as_object(), written);
    take_from(entry.as_object(), removed);
  }
  if (!writer.manager.empty() && !written.empty()) give_to(entries, writer, written, now);
  json::Array kept;
  for (auto& entry : entries)
    if (!json::View(entry)["fieldsV1"].object().empty()) kept.push_back(std::move(entry));
  if (kept.empty())
    metadata.erase("managedFields");
  else
    metadata["managedFields"] = std::move(kept);
}

}  // namespace demo_cluster::world
