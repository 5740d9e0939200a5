#include "demo-cluster/world/editing.h"

#include <charconv>

namespace demo_cluster::world {
namespace {

json::Value& value_at(json::Value& root, std::initializer_list<std::string_view> path) {
  json::Value* at = &root;
  for (auto step : path) {
    if (!at->is_object()) *at = json::Object{};
    at = &at->as_object()[step];
  }
  return *at;
}

}  // namespace

json::Object& object_at(json::Value& root, std::initializer_list<std::string_view> path) {
  json::Value& value = value_at(root, path);
  if (!value.is_object()) value = json::Object{};
  return value.as_object();
}

json::Array& array_at(json::Value& root, std::initializer_list<std::string_view> path) {
  json::Value& value = value_at(root, path);
  if (!value.is_array()) value = json::Array{};
  return value.as_array();
}

void set_default(json::Object& object, std::string_view name, json::Value value) {
  auto& place = object[name];
  if (place.is_null()) place = std::move(value);
}

std::string text_of(json::View view) {
  if (view.is_null()) return {};
  if (view.value()->is_string()) return std::string(view.text());
  return json::to_text(*view.value());
}

json::Value copy_of(json::View view) { return view ? *view.value() : json::Value(nullptr); }

std::string time_text(WallTime at) {
  auto text = foundation::to_rfc3339(at);
  return text.substr(0, text.size() - 5) + "Z";  // without ".mmm"
}

WallTime time_of(json::View text) { return foundation::parse_rfc3339(text.text()).value_or(WallTime{}); }

Milliseconds duration_of(std::string_view text, Milliseconds otherwise) {
  std::int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0 || number > 1'000'000) return otherwise;
  std::string_view unit(end, text.data() + text.size());
  if (unit == "ms") return Milliseconds(number);
  if (unit == "s") return std::chrono::seconds(number);
  if (unit == "m") return std::chrono::minutes(number);
  if (unit == "h") return std::chrono::hours(number);
  return otherwise;
}

bool set_condition(json::Array& conditions, std::string_view type, bool is_true, std::string_view reason,
                   std::string_view message, WallTime now) {
  std::string_view status = is_true ? "True" : "False";
  json::Object fresh{{"type", type}, {"status", status}, {"lastTransitionTime", time_text(now)}};
  if (!reason.empty()) fresh["reason"] = reason;
  if (!message.empty()) fresh["message"] = message;
  for (auto& condition : conditions) {
    json::View old(condition);
    if (old["type"].text() != type) continue;
    if (old["status"].text() == status) {
      if (old["reason"].text() == reason && old["message"].text() == message) return false;
      fresh["lastTransitionTime"] = copy_of(old["lastTransitionTime"]);
    }
    condition = std::move(fresh);
    return true;
  }
  conditions.push_back(std::move(fresh));
  return true;
}

}  // namespace demo_cluster::world
