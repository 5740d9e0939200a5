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
  if (view.kind() == "Event") return events_.push_back(std::move(value.get_object()));
  Key key(view.kind(), view.namespace_name(), view.name());
  tellings_[std::move(key)].emplace(source, std::move(value.get_object()));
}

std::vector<json::Object> Merger::take() && {
  std::vector<json::Object> out = std::move(events_);
  for (auto& [key, tellings] : tellings_) {
    json::Object whole;
    for (const auto& [source, told] : tellings) fill_in(whole, told);
    out.push_back(std::move(whole));
  }
  return out;
}

}  // namespace ai_ops::bundle
