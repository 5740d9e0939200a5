#include "api/operations/revisions.h"

#include <algorithm>
#include <charconv>

namespace api::operations {
namespace {

constexpr std::string_view kHashLabel = "pod-template-hash";

void drop_nulls(json::Value& value) {
  if (auto* array = value.if_array())
    for (json::Value& item : *array) drop_nulls(item);
  auto* object = value.if_object();
  if (object == nullptr) return;
  for (auto member = object->begin(); member != object->end();) {
    drop_nulls(member->value());
    member = member->value().is_null() ? object->erase(member) : member + 1;
  }
}

}  // namespace

json::Value plain_template(json::View pod_template) {
  json::Value copy = pod_template.is_null() ? json::Value(json::Object()) : *pod_template.value();
  drop_nulls(copy);
  if (!copy.is_object()) return copy;
  auto* metadata = copy.as_object().if_contains("metadata");
  if (metadata == nullptr || !metadata->is_object()) return copy;
  for (std::string_view map : {"labels", "annotations"}) {
    auto* held = metadata->as_object().if_contains(map);
    if (held == nullptr || !held->is_object()) continue;
    if (map == "labels") held->as_object().erase(kHashLabel);
    if (held->as_object().empty()) metadata->as_object().erase(map);
  }
  if (metadata->as_object().empty()) copy.as_object().erase("metadata");
  return copy;
}

std::optional<std::int64_t> revision_number(std::string_view text) {
  std::int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool is_number = error == std::errc() && end == text.data() + text.size() && number > 0 && number <= kMaxRevision;
  return is_number ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> revision_number(const ObjectView& object) {
  return revision_number(object.root().pointer(kRevisionPointer).text());
}

std::vector<Revision> revisions_of(const ObjectView& deployment, std::span<const json::Value> replica_sets) {
  std::vector<Revision> out;
  for (const json::Value& value : replica_sets) {
    ObjectView set{json::View(value)};
    auto owner = set.controller();
    auto number = revision_number(set);
    bool is_ours = owner && owner->kind == "Deployment" && !owner->uid.empty() && owner->uid == deployment.uid();
    json::View pod_template = set.spec()["template"];
    bool is_whole = pod_template && pod_template.value()->is_object() && !set.metadata()["deletionTimestamp"];
    if (!is_ours || !number || !is_whole) continue;
    out.push_back({*number, std::string(set.name()), plain_template(pod_template)});
  }
  std::ranges::sort(out, {}, &Revision::number);
  return out;
}

}  // namespace api::operations
