#include "ai-ops/bundle/merge.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "ai-ops/diagnosis/observed.h"
#include "foundation/json/view.h"
#include "foundation/kubernetes/object.h"

namespace ai_ops::bundle {
namespace {

std::string_view name_of(const json::Value& item) { return foundation::json::View(item)["name"].text(); }

// Each item of `more` fills in one: a name that either list tells twice does not multiply what the other holds.
void fill_in_items(json::Array& whole, const json::Array& more) {
  std::unordered_map<std::string_view, const json::Object*> by_name;
  for (const json::Value& item : more)
    if (std::string_view name = name_of(item); !name.empty()) by_name.try_emplace(name, &item.get_object());
  for (json::Value& item : whole) {
    auto other = by_name.find(name_of(item));
    if (other == by_name.end()) continue;
    bundle::fill_in(item.get_object(), *other->second);
    by_name.erase(other);
  }
}

// What a rule may ask of an object that is not there.
constexpr std::array<std::string_view, 2> kKindsMissed{"PersistentVolumeClaim", "Service"};

// observed.h
json::Object as_manifest(const std::tuple<std::string, std::string, std::string>& key, json::Object whole) {
  const auto& [kind, home, name] = key;
  return {{"kind", diagnosis::observed::kManifest},
          {"metadata", {{"name", kind + "." + name}, {"namespace", home}}},
          {"spec", std::move(whole)}};
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
  auto& tellings = tellings_[std::move(key)];
  if (tellings.count(source) < kMaxTellings) tellings.emplace(source, std::move(value.get_object()));
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
    json::Object whole;
    for (const auto& [source, told] : tellings) fill_in(whole, told);
    bool is_manifest_only = tellings.begin()->first == Source::manifest;
    if (!is_manifest_only || !live_kinds_.contains(std::get<0>(key)))
      out.push_back(std::move(whole));
    else if (std::ranges::find(kKindsMissed, std::get<0>(key)) != kKindsMissed.end())
      out.push_back(as_manifest(key, std::move(whole)));
  }
  return out;
}

}  // namespace ai_ops::bundle
