// Small readers of what kubectl prints, into the members that the API has. An empty Value: the text says nothing.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "ai-ops/bundle/described.h"
#include "foundation/base/clock.h"
#include "foundation/json/value.h"

namespace ai_ops::bundle {

namespace json = foundation::json;
using foundation::WallTime;

// Sets a member by its path, "spec.template.spec"; what is empty (null, "", [] or {}) is left away.
void put(json::Object& object, std::string_view path, json::Value value);

std::optional<std::int64_t> leading_integer(std::string_view text);  // "3 desired" -> 3
json::Value integer(std::string_view text);                          // null when it begins with none
json::Value truth(std::string_view text);                            // "True", "False"; null for others
// "Fri, 21 Nov 2025 20:10:39 +0800", "2026-03-16 22:09:13 +0800 CST" or RFC 3339 -> RFC 3339; null when it is none.
json::Value time(std::string_view text);
// "2m21s", "5d4h", "63s" -> that long before `now`; none when it is no age.
std::optional<WallTime> ago(std::string_view text, WallTime now);
// What kubectl calls it, and where the API's object has it.
struct Field {
  std::string_view key, path;
};
// Each entry's value under its own key: requests, limits, capacity.
json::Object map_of(const Entry* entry);
// The rows under an entry, "Type  Status  Reason  Message" and their times -> status.conditions.
json::Array conditions_of(const Entry* entry);

// {"app": "web"} from lines of `app=web` or `app: web`, also comma-separated.
json::Object pairs(const std::vector<std::string>& lines);
std::vector<std::string_view> words(std::string_view text, std::string_view separators = ", ");
json::Array texts(const std::vector<std::string_view>& words);

}  // namespace ai_ops::bundle
