// Small edits of JSON objects, and the text forms that Kubernetes gives to times. Pure.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

#include "foundation/base/clock.h"
#include "foundation/json/value.h"
#include "foundation/json/view.h"

namespace demo_cluster::world {

namespace json = foundation::json;
using foundation::Milliseconds;
using foundation::WallTime;

// The object at that path; made where it is missing or something else.
json::Object& object_at(json::Value& root, std::initializer_list<std::string_view> path);
json::Array& array_at(json::Value& root, std::initializer_list<std::string_view> path);
void set_default(json::Object& object, std::string_view name, json::Value value);  // where it is missing or null
std::string text_of(json::View view);  // the string, or the JSON text of another scalar; "" for null and nothing
json::Value copy_of(json::View view);  // null for nothing

std::string time_text(WallTime at);  // metav1.Time: whole seconds, "2026-01-02T03:04:05Z"
WallTime time_of(json::View text);   // the epoch when it is none
Milliseconds duration_of(std::string_view text, Milliseconds otherwise);  // Go's form: "500ms", "8s", "2m", "1h"

// Sets or replaces a condition by its type; lastTransitionTime moves only when the status does. True if it changed.
bool set_condition(json::Array& conditions, std::string_view type, bool is_true, std::string_view reason,
                   std::string_view message, WallTime now);

}  // namespace demo_cluster::world
