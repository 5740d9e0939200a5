#include "ai-ops/bundle/merge.h"

#include <utility>

#include "foundation/kubernetes/object.h"

namespace ai_ops::bundle {
namespace {

const json::Value* name_of(const json::Value& item) {
  const json::Object* object = item.if_object();
  return object == nullptr ? nullptr : object->if_contains("name");
}

void fill_in_items(json::Array& whole, const json::Array& more) {
  for (json::Value& item : whole) {
    const json::Value* name = name_of(item);
    if (name == nullptr) continue;
    for (const json::Value& other : more)
      if (const json::Value* its = name_of(other); its != nullptr && *its == *name)
        bundle::fill_in(item.get_object(), other.get_object());
  }
}

}  // namespace

void fill_in(json::Object& whole, const json::Object& more) {
  for (const auto& member : more) {
    json::Value* there = whole.if_contains(member.key());
    if (there == nullptr || there->is_null()) {
      whole[member.key()] = member.value();
    } else if (there->is_object() && member.value().is_object()) {
      fill_in(there->get_object(), member.value().get_object());
    } else if (there->is_array() && member.value().is_array()) {
      fill_in_items(there->get_array(), member.value().get_array());
    }
  }
}

void Merger::add(json::Object object, Source source) {
  json::Value value(std::move(object));
  foundation::kubernetes::ObjectView view{foundation::json::View(value)};
  if (view.kind().empty() || view.name().empty()) return;
  if (view.kind() == "Event") return add_event(std::move(value.get_object()), source);
  if (source != Source::manifest) live_kinds_.emplace(view.kind());
  Key key(view.kind(), view.namespace_name(), view.name());
  tellings_[std::move(key)].emplace(source, std::move(value.get_object()));
}

void Merger::add_event(json::Object event, Source source) {
  json::Value value(std::move(event));
  foundation::json::View view(value), about = view["involvedObject"];
  EventKey key{std::string(about["kind"].text()), std::string(about["namespace"].text()),
               std::string(about["name"].text()), std::string(view["reason"].text()),
               std::string(view["message"].text())};
  Told& told = events_.try_emplace(std::move(key), Told{source, {}}).first->second;
  if (source > told.source) return;
  bool is_better = source < told.source || source != Source::api;
  if (is_better) told = {source, {}};
  told.events.push_back(std::move(value.get_object()));
}

std::vector<json::Object> Merger::take() && {
  std::vector<json::Object> out;
  for (auto& [key, told] : events_)
    for (json::Object& event : told.events) out.push_back(std::move(event));
  for (auto& [key, tellings] : tellings_) {
    bool is_manifest_only = tellings.begin()->first == Source::manifest;
    if (is_manifest_only && live_kinds_.contains(std::get<0>(key))) continue;
    json::Object whole;
    for (const auto& [source, told] : tellings) fill_in(whole, told);
    out.push_back(std::move(whole));
  }
  return out;
}

}  // namespace ai_ops::bundle
