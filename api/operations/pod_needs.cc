#include "api/operations/pod_needs.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>

#include "foundation/kubernetes/quantity.h"

namespace api::operations {
namespace {

constexpr std::int64_t kOnePodMilli = 1000;
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

std::int64_t add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? kMost : sum;
}

// Quantities are texts, or numbers in hand-written manifests. What cannot be read counts as nothing: the API server
// would not have stored it.
std::optional<std::int64_t> quantity_milli(json::View quantity) {
  std::string text(quantity.text());
  if (auto count = quantity.integer()) text = std::to_string(*count);
  auto milli = foundation::kubernetes::parse_quantity_milli(text);
  return milli && *milli >= 0 ? std::optional(*milli) : std::nullopt;
}

struct Need {
  bool limits = false;
  std::string_view resource;
};

// An absent request is the limit, as the API server defaults it.
std::int64_t container_needs(json::View container, Need need) {
  json::View resources = container["resources"];
  auto limit = quantity_milli(resources["limits"][need.resource]);
  if (need.limits) return limit.value_or(0);
  return quantity_milli(resources["requests"][need.resource]).value_or(limit.value_or(0));
}

std::int64_t pod_needs(json::View pod_spec, Need need) {
  std::int64_t running = 0;
  for (const json::Value& container : pod_spec["containers"].array())
    running = add(running, container_needs(container, need));
  std::int64_t sidecars = 0;
  std::int64_t starting = 0;
  for (const json::Value& container : pod_spec["initContainers"].array()) {
    std::int64_t one = container_needs(container, need);
    bool sidecar = json::View(container)["restartPolicy"].text() == "Always";
    if (sidecar) sidecars = add(sidecars, one);
    starting = std::max(starting, sidecar ? sidecars : add(sidecars, one));
  }
  std::int64_t overhead = quantity_milli(pod_spec["overhead"][need.resource]).value_or(0);
  return add(std::max(add(running, sidecars), starting), overhead);
}

bool best_effort(json::View pod_spec) {
  for (std::string_view resource : {"cpu", "memory"})
    for (bool limits : {false, true})
      if (pod_needs(pod_spec, {.limits = limits, .resource = resource}) > 0) return false;
  return true;
}

// Pods of a Deployment or StatefulSet have no deadline, so they are never Terminating ones.
bool in_scope(std::string_view scope, json::View pod_spec) {
  if (scope == "NotTerminating") return true;
  if (scope == "BestEffort") return best_effort(pod_spec);
  if (scope == "NotBestEffort") return !best_effort(pod_spec);
  return false;
}

bool matches(json::View expression, json::View pod_spec) {
  std::string_view scope = expression["scopeName"].text();
  if (scope != "PriorityClass") return in_scope(scope, pod_spec);
  std::string_view priority = pod_spec["priorityClassName"].text();
  std::string_view how = expression["operator"].text();
  bool listed = std::ranges::any_of(expression["values"].array(),
                                    [&](const json::Value& value) { return json::View(value).text() == priority; });
  if (how == "Exists") return !priority.empty();
  if (how == "DoesNotExist") return priority.empty();
  if (how == "In") return listed;
  return how == "NotIn" && !listed;
}

}  // namespace

std::int64_t pod_needs_milli(json::View pod_spec, std::string_view quota_key) {
  static constexpr std::string_view kRequests = "requests.";
  static constexpr std::string_view kLimits = "limits.";
  static constexpr std::array<std::string_view, 3> kPlain{"cpu", "memory", "ephemeral-storage"};
  if (quota_key == "pods" || quota_key == "count/pods") return kOnePodMilli;
  if (quota_key.starts_with(kLimits)) {
    quota_key.remove_prefix(kLimits.size());
    return pod_needs(pod_spec, {.limits = true, .resource = quota_key});
  }
  if (quota_key.starts_with(kRequests)) {
    quota_key.remove_prefix(kRequests.size());
    return pod_needs(pod_spec, {.limits = false, .resource = quota_key});
  }
  bool plain = std::ranges::find(kPlain, quota_key) != kPlain.end();
  return plain ? pod_needs(pod_spec, {.limits = false, .resource = quota_key}) : 0;
}

bool quota_covers(json::View quota_spec, json::View pod_spec) {
  return std::ranges::all_of(quota_spec["scopes"].array(),
                             [&](const json::Value& scope) { return in_scope(json::View(scope).text(), pod_spec); }) &&
         std::ranges::all_of(quota_spec["scopeSelector"]["matchExpressions"].array(),
                             [&](const json::Value& expression) { return matches(expression, pod_spec); });
}

}  // namespace api::operations
