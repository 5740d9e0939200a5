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
  std::string used;  // empty: the cluster has not counted it yet
  std::int64_t room_milli = 0;
  std::int64_t each_milli = 0;
  std::int64_t pods_that_fit() const { return room_milli / each_milli; }
  std::string text() const {
    return used.empty() ? fmt::format("{}: {} at most, not counted yet", key, hard)
                        : fmt::format("{}: {} of {} used", key, used, hard);
  }
};

// What is allowed is read of `spec`: `status` repeats it only when the cluster has counted. Until then nothing else is
// known to be taken than `own_milli`, which the workload's own pods take.
std::optional<QuotaLine> read_line(const ObjectView& quota, std::string_view key, std::int64_t each_milli,
                                   std::int64_t own_milli) {
  using foundation::kubernetes::parse_quantity_milli;
  if (each_milli <= 0) return std::nullopt;
  std::string_view hard = quota.spec()["hard"][key].text();
  std::string_view used = quota.status()["used"][key].text();
  auto hard_milli = parse_quantity_milli(hard);
  auto used_milli = used.empty() ? foundation::Result<std::int64_t>(own_milli) : parse_quantity_milli(used);
  if (!hard_milli || !used_milli || *hard_milli < 0 || *used_milli < 0) return std::nullopt;
  std::int64_t room = std::max<std::int64_t>(0, *hard_milli - *used_milli);
  return QuotaLine{std::string(key), std::string(hard), std::string(used), room, each_milli};
}

// What that many pods take; as much as 64 bits hold when it is more.
std::int64_t taken_by(std::int64_t pods, std::int64_t each_milli) {
  std::int64_t all = 0;
  bool overflows = __builtin_mul_overflow(pods, each_milli, &all);
  return overflows ? std::numeric_limits<std::int64_t>::max() : all;
}

// What the pods of the template would take more than they do now, all of them together.
std::int64_t taken_more(std::int64_t pods, std::int64_t before_milli, std::int64_t after_milli) {
  return after_milli > before_milli ? taken_by(pods, after_milli - before_milli) : 0;
}

std::int64_t pods_of(const ObjectView& object) {
  if (object.kind() == "DaemonSet") return object.status()["desiredNumberScheduled"].integer_or(0);
  return object.spec()["replicas"].integer_or(1);
}

Refusal refuse(const ObjectView& quota, const ObjectView& object, const QuotaLine& line, ReplicaChange change) {
  return {"quota_exceeded",
          fmt::format("ResourceQuota/{} in project {} has room for {} more of {} ({}), {} were asked for. "
                      "Scale to {} or fewer, free some of it, or have the quota raised.",
                      quota.name(), object.namespace_name(), line.pods_that_fit(), object.ref().text(), line.text(),
                      change.to - change.from, change.from + line.pods_that_fit())};
}

}  // namespace

std::optional<Refusal> refuse_over_quota(const ObjectView& object, ReplicaChange change, const Surroundings& around) {
  std::int64_t added = change.to - change.from;
  if (added <= 0) return std::nullopt;
  json::View pod_spec = object.spec()["template"]["spec"];
  for (const json::Value& value : around.quotas) {
    ObjectView quota{json::View(value)};
    if (!quota_covers(quota.spec(), pod_spec)) continue;
    for (const auto& member : quota.spec()["hard"].object()) {
      std::string_view key = member.key();
      std::int64_t each = pod_needs_milli(pod_spec, key);
      auto line = read_line(quota, key, each, taken_by(change.from, each));
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
    for (const auto& member : quota.spec()["hard"].object()) {
      std::string_view key = member.key();
      std::int64_t before = pod_needs_milli(pod_spec, key), after = pod_needs_milli(new_pod_spec, key);
      auto line = read_line(quota, key, after, taken_by(pods, before));
      if (!line || taken_more(pods, before, after) <= line->room_milli) continue;
      return Refusal{
          "quota_exceeded",
          fmt::format("ResourceQuota/{} in project {} has no room for {} such pods of {} ({}). Ask for less, "
                      "scale it down first, free some of it, or have the quota raised.",
                      quota.name(), object.namespace_name(), pods, object.ref().text(), line->text())};
    }
  }
  return std::nullopt;
}

}  // namespace api::operations
