#include "ai-ops/bundle/times.h"

#include <algorithm>
#include <array>

#include "ai-ops/bundle/fields.h"
#include "ai-ops/bundle/lines.h"
#include "foundation/json/view.h"

namespace ai_ops::bundle {
namespace {

using foundation::json::View;

// Members of the API's objects that say when something was or happened; no deadlines, no ends of validity.
constexpr std::array<std::string_view, 15> kTimes{
    "acquireTime",    "completionTime",     "creationTimestamp", "eventTime",        "finishedAt",
    "firstTimestamp", "lastHeartbeatTime",  "lastProbeTime",     "lastObservedTime", "lastScheduleTime",
    "lastTimestamp",  "lastTransitionTime", "lastUpdateTime",    "startTime",        "startedAt"};
constexpr std::size_t kMaxStampBytes = 40;
constexpr std::string_view kWeekdays = "Mon Tue Wed Thu Fri Sat Sun";

}  // namespace

void Newest::see(foundation::WallTime at) {
  if (latest_ && at > *latest_) return;
  if (!at_ || at > *at_) at_ = at;
}

void Newest::see_object(const json::Value& object) {
  for (const json::Value& item : View(object).array()) see_object(item);
  for (const auto& member : View(object).object()) {
    if (!member.value().is_string()) {
      see_object(member.value());
    } else if (std::ranges::find(kTimes, std::string_view(member.key())) != kTimes.end()) {
      if (auto at = foundation::parse_rfc3339(View(member.value()).text())) see(*at);
    }
  }
}

// "Fri, 21 Nov 2025 20:10:39 +0800", wherever it stands in a line.
void Newest::see_described(std::string_view text) {
  for (Lines lines(text); auto line = lines.next();) {
    for (std::size_t comma = line->find(", "); comma != line->npos; comma = line->find(", ", comma + 1)) {
      if (comma < 3 || kWeekdays.find(line->substr(comma - 3, 3)) == kWeekdays.npos) continue;
      json::Value at = time(line->substr(comma - 3, kMaxStampBytes));
      if (auto parsed = foundation::parse_rfc3339(View(at).text())) see(*parsed);
    }
  }
}

void Newest::see_log_line(std::string_view line) {
  std::string_view stamp = line.substr(0, kMaxStampBytes);
  if (auto at = foundation::parse_rfc3339(stamp.substr(0, stamp.find(' ')))) see(*at);
}

}  // namespace ai_ops::bundle
