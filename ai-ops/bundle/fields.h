// Small readers of what kubectl prints, into the members that the API has. An empty Value: the text says nothing.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
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
json::Value amount(std::string_view text);                           // "2" -> 2, "50%"; null for others
json::Value truth(std::string_view text);                            // "True", "False"; null for others
// "Fri, 21 Nov 2025 20:10:39 +0800", "2026-03-16 22:09:13 +0800 CST" or RFC 3339 -> RFC 3339; null when it is none.
json::Value time(std::string_view text);
// Longer is no age of anything in a cluster, and does not fit into times.
inline constexpr std::chrono::seconds kMaxAge = std::chrono::years(200);
// "2m21s", "5d4h", "63s" of kubectl, "1 day 2h", "4h 31min" of systemd, whatever follows -> that long before `now`;
// none when it is no age, or more than kMaxAge.
std::optional<WallTime> ago(std::string_view text, WallTime now);
// What kubectl calls it, and where the API's object has it.
struct Field {
  std::string_view key, path;
};

// A pod's lists of containers: how kubectl heads them, and where its spec and status have them.
struct ContainerList {
  std::string_view heading, spec, status;
};
inline constexpr std::array<ContainerList, 3> kContainerLists{
    {{"Init Containers", "initContainers", "initContainerStatuses"},
     {"Containers", "containers", "containerStatuses"},
     {"Ephemeral Containers", "ephemeralContainers", "ephemeralContainerStatuses"}}};

// Each entry's value under its own key: requests, limits, capacity.
json::Object map_of(const Entry* entry);
// The rows under an entry, "Type  Status  Reason  Message" and their times -> status.conditions.
json::Array conditions_of(const Entry* entry);

// The annotations that make one class the default; their keys have dots, which `put` would take for a path.
inline constexpr std::string_view kDefaultStorageClass = "storageclass.kubernetes.io/is-default-class";
inline constexpr std::string_view kDefaultIngressClass = "ingressclass.kubernetes.io/is-default-class";
void put_default_class(json::Object& object, std::string_view annotation);

// {"app": "web"} from lines of `app=web` or `app: web`, also comma-separated.
json::Object pairs(const std::vector<std::string>& lines);
std::vector<std::string_view> words(std::string_view text, std::string_view separators = ", ");
json::Array texts(const std::vector<std::string_view>& words);

}  // namespace ai_ops::bundle
