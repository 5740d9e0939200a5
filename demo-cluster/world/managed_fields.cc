#include "demo-cluster/world/managed_fields.h"

#include <algorithm>

#include "demo-cluster/world/field_set.h"

namespace demo_cluster::world {
namespace {

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

void date(json::Object& entry, const FieldWriter& writer, WallTime now) {
  if (writer.subresource != "scale") entry["time"] = time_text(now);
}

void give_to(json::Array& entries, const FieldWriter& writer, const FieldSet& fields, WallTime now) {
  auto own = std::ranges::find_if(entries, [&](const json::Value& entry) { return is_entry_of(entry, writer); });
  if (own == entries.end()) own = &entries.emplace_back(fresh_entry(writer));
  auto& entry = own->as_object();
  unite(entry["fieldsV1"].as_object(), fields);
  date(entry, writer, now);
}

json::Array standing_entries(const json::Value& object) {
  return json::View(object)["metadata"]["managedFields"].array();
}

void take_from_others(json::Array& entries, const FieldWriter& writer, const json::Value& before,
                      const json::Value& after) {
  FieldSet changed = written(before, after);
  FieldSet removed = written(after, before);  // what the old has and the new has not, or has otherwise
  for (auto& entry : entries) {
    if (is_entry_of(entry, writer)) continue;
    take_from(entry.as_object(), changed);
    take_from(entry.as_object(), removed);
  }
}

void put_entries(json::Value& object, json::Array entries) {
  json::Array kept;
  for (auto& entry : entries)
    if (!json::View(entry)["fieldsV1"].object().empty()) kept.push_back(std::move(entry));
  auto& metadata = object_at(object, {"metadata"});
  if (kept.empty())
    metadata.erase("managedFields");
  else
    metadata["managedFields"] = std::move(kept);
}

}  // namespace

void record_writer(const json::Value& before, json::Value& after, const FieldWriter& writer, WallTime now) {
  auto entries = standing_entries(after);
  take_from_others(entries, writer, before, after);
  if (FieldSet fields = written(before, after); !writer.manager.empty() && !fields.empty())
    give_to(entries, writer, fields, now);
  put_entries(after, std::move(entries));
}

void record_applier(const json::Value& before, json::Value& after, const json::Value& configuration,
                    const FieldWriter& writer, WallTime now) {
  auto entries = standing_entries(after);
  take_from_others(entries, writer, before, after);
  auto own = std::ranges::find_if(entries, [&](const json::Value& entry) { return is_entry_of(entry, writer); });
  bool is_new = own == entries.end();
  if (is_new) own = &entries.emplace_back(fresh_entry(writer));
  auto& entry = own->as_object();
  json::Value fields = written(json::Value(), configuration);
  if (is_new || entry["fieldsV1"] != fields || before != after) {
    entry["fieldsV1"] = std::move(fields);
    date(entry, writer, now);
  }
  put_entries(after, std::move(entries));
}

bool are_managed_fields(json::View entries) {
  return !entries.array().empty() && std::ranges::all_of(entries.array(), [](const json::Value& entry) {
    const auto* fields = json::View(entry)["fieldsV1"].value();
    return fields != nullptr && is_field_set(*fields) && !json::View(entry)["manager"].text().empty();
  });
}

}  // namespace demo_cluster::world
