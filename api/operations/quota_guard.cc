#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <string>

#include "api/operations/guards.h"
#include "api/operations/pod_needs.h"
#include "foundation/kubernetes/quantity.h"

namespace api::operations {
namespace {

// One line of a quota: what it allows, what is taken, and what each further pod takes.
struct QuotaLine {
  std::string key;
  std::string hard;
  std::string used;
  std::int64_t room_milli = 0;
  std::int64_t each_milli = 0;
  std::int64_t pods_that_fit() const { return room_milli / each_milli; }
};

std::optional<QuotaLine> read_line(json::View status, std::string_view key, std::int64_t each_milli) {
  using foundation::kubernetes::parse_quantity_milli;
  if (each_milli <= 0) return std::nullopt;
  std::string_view hard = status["hard"][key].text();
  std::string_view used = status["used"][key].text("0");
  auto hard_milli = parse_quantity_milli(hard);
  auto used_milli = parse_quantity_milli(used);
  if (!hard_milli || !used_milli || *hard_milli < 0 || *used_milli < 0) return std::nullopt;
  std::int64_t room = std::max<std::int64_t>(0, *hard_milli - *used_milli);
  return QuotaLine{std::string(key), std::string(hard), std::string(used), room, each_milli};
}

// What the pods of the template would take more than they do now, all of them together; it counts as too much when it
// does not fit 64 bits.
std::int64_t taken_more(std::int64_t pods, std::int64_t before_milli, std::int64_t after_milli) {
  std::int64_t more = 0;
  bool overflows = __builtin_mul_overflow(pods, after_milli - before_milli, &more);
  return overflows && after_milli > before_milli ? std::numeric_limits<std::int64_t>::max() : more;
}

std::int64_t pods_of(const ObjectView& object) {
  if (object.kind() == "DaemonSet") return object.status()["desiredNumberScheduled"].integer_or(0);
  return object.spec()["replicas"].integer_or(1);
}

Refusal refuse(const ObjectView& quota, const ObjectView& object, const QuotaLine& line, ReplicaChange change) {
  return {"quota_exceeded",
          fmt::format("ResourceQuota/{} in project {} has room for {} more of {} ({}: {} of {} used), {} were asked "
                      "for. Scale to {} or fewer, free some of it, or have the quota raised.",
                      quota.name(), object.namespace_name(), line.pods_that_fit(), object.ref().text(), line.key,
                      line.used, line.hard, change.to - change.from, change.from + line.pods_that_fit())};
}

}  // namespace

std::optional<Refusal> refuse_over_quota(const ObjectView& object, ReplicaChange change, const Surroundings& around) {
  std::int64_t added = change.to - change.from;
  if (added <= 0) return std::nullopt;
  json::View pod_spec = object.spec()["template"]["spec"];
  for (const json::Value& value : around.quotas) {
    ObjectView quota{json::View(value)};
    if (!quota_covers(quota.spec(), pod_spec)) continue;
    for (const auto& member : quota.status()["hard"].object()) {
      std::string_view key = member.key();
      auto line = read_line(quota.status(), key, pod_needs_milli(pod_spec, key));
      if (line && added > line->pods_that_fit()) return refuse(quota, object, *line, change);
    }
  }
  return std::nullopt;
}

std::optional<Refusal> refuse_template_over_quota(const ObjectView& object, json::View new_pod_spec,
                                                  const Surroundings& around) {
  json::View pod_spec = object.spec()["template"]["spec"];
  std::int64_t pods = pods_of(object);
  for (const json::Value& value : around.quotas) {
    ObjectView quota{json::View(value)};
    if (!quota_covers(quota.spec(), new_pod_spec)) continue;
    for (const auto& member : quota.status()["hard"].object()) {
      std::string_view key = member.key();
      std::int64_t after = pod_needs_milli(new_pod_spec, key);
      auto line = read_line(quota.status(), key, after);
      if (!line || taken_more(pods, pod_needs_milli(pod_spec, key), after) <= line->room_milli) continue;
      return Refusal{"quota_exceeded",
                     fmt::format("ResourceQuota/{} in project {} has no room for {} such pods of {} ({}: {} of {} "
                                 "used). Ask for less, scale it down first, free some of it, or have the quota raised.",
                                 quota.name(), object.namespace_name(), pods, object.ref().text(), line->key,
                                 line->used, line->hard)};
    }
  }
  return std::nullopt;
}

}  // namespace api::operations
