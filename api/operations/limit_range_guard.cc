// What the API server's LimitRanger would say of the pods of a template.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string>

#include "api/operations/container_resources.h"
#include "api/operations/guards.h"
#include "api/operations/pod_needs.h"

namespace api::operations {
namespace {

// What one container, or all of a pod together, asks for of one resource.
struct Asked {
  std::optional<std::int64_t> request;
  std::optional<std::int64_t> limit;
};

std::optional<std::int64_t> milli_in(json::View quantities, std::string_view resource) {
  json::View held = quantities[resource];
  if (auto count = held.integer()) return *count * 1000;
  return held.is_null() ? std::nullopt : milli_of(held.text());
}

// With what the API server (a request is the limit) and then the LimitRange fill in.
Asked container_asks(json::View container, json::View item, std::string_view resource) {
  json::View resources = container["resources"];
  Asked out{milli_in(resources["requests"], resource), milli_in(resources["limits"], resource)};
  if (!out.request) out.request = out.limit;
  if (!out.limit) out.limit = milli_in(item["default"], resource);
  if (!out.request) out.request = milli_in(item["defaultRequest"], resource);
  return out;
}

Asked pod_asks(json::View pod_spec, std::string_view resource) {
  std::int64_t request = pod_needs_milli(pod_spec, fmt::format("requests.{}", resource));
  std::int64_t limit = pod_needs_milli(pod_spec, fmt::format("limits.{}", resource));
  return {request, limit > 0 ? std::optional(limit) : std::nullopt};
}

// A rule of a LimitRange's item and when it is broken; what is not said breaks it as well.
struct Bound {
  std::string_view field;
  std::string_view wants;  // "at least {} of {}"
  bool (*breaks)(const Asked& asked, std::int64_t bound);
};
constexpr std::array<Bound, 3> kBounds{{
    {"min", "a {} of at least {}",
     [](const Asked& a, std::int64_t bound) {
       return !a.request || *a.request < bound || (a.limit && *a.limit < bound);
     }},
    {"max", "a {} limit of at most {}",
     [](const Asked& a, std::int64_t bound) {
       return !a.limit || *a.limit > bound || (a.request && *a.request > bound);
     }},
    {"maxLimitRequestRatio", "a {} limit of at most {} times the request",
     [](const Asked& a, std::int64_t bound) {
       return !a.limit || !a.request || *a.request <= 0 ||
              static_cast<double>(*a.limit) / static_cast<double>(*a.request) * 1000.0 > static_cast<double>(bound);
     }},
}};

std::string broken_by(json::View item, const Asked& asked, std::string_view resource) {
  for (const Bound& bound : kBounds) {
    auto milli = milli_in(item[bound.field], resource);
    if (!milli || !bound.breaks(asked, *milli)) continue;
    json::View said = item[bound.field][resource];
    std::string value = said.integer() ? std::to_string(*said.integer()) : std::string(said.text());
    return fmt::format(fmt::runtime(bound.wants), resource, value);
  }
  return {};
}

// Of the container of that name; of every one when it is empty.
std::string broken_by_containers(json::View item, json::View pod_spec, std::string_view name,
                                 std::string_view resource) {
  for (const json::Value& one : pod_spec["containers"].array()) {
    if (!name.empty() && json::View(one)["name"].text() != name) continue;
    std::string broken = broken_by(item, container_asks(json::View(one), item, resource), resource);
    if (!broken.empty()) return broken;
  }
  return {};
}

}  // namespace

std::optional<Refusal> refuse_outside_limit_range(const ObjectView& object, json::View new_pod_spec,
                                                  std::string_view container,
                                                  std::span<const std::string_view> resources,
                                                  const Surroundings& around) {
  for (const json::Value& value : around.limit_ranges) {
    ObjectView range{json::View(value)};
    for (const json::Value& one : range.spec()["limits"].array()) {
      json::View item(one);
      bool of_pods = item["type"].text() == "Pod";
      if (!of_pods && item["type"].text() != "Container") continue;
      for (std::string_view resource : resources) {
        std::string broken = of_pods ? broken_by(item, pod_asks(new_pod_spec, resource), resource)
                                     : broken_by_containers(item, new_pod_spec, container, resource);
        if (broken.empty()) continue;
        return Refusal{"outside_limit_range",
                       fmt::format("LimitRange/{} in project {} wants {} of every {}; pods of {} would not be made. "
                                   "Ask for what it allows, or have it changed.",
                                   range.name(), object.namespace_name(), broken, of_pods ? "pod" : "container",
                                   object.ref().text())};
      }
    }
  }
  return std::nullopt;
}

}  // namespace api::operations
