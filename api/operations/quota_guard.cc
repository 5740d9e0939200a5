#include <fmt/core.h>

#include <algorithm>
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

}  // namespace api::operations
