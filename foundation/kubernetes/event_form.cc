#include "foundation/kubernetes/event_form.h"

#include <string_view>

#include "foundation/json/view.h"

namespace foundation::kubernetes {
namespace {

struct Renamed {
  std::string_view from, to;
};
// Source: kubernetes/pkg/apis/events/v1/conversion.go.
constexpr Renamed kMembers[] = {
    {"regarding", "involvedObject"},
    {"note", "message"},
    {"deprecatedFirstTimestamp", "firstTimestamp"},
    {"deprecatedLastTimestamp", "lastTimestamp"},
    {"deprecatedCount", "count"},
    {"deprecatedSource", "source"},
    {"reportingController", "reportingComponent"},
};

}  // namespace

void to_core_event(json::Object& object) {
  auto kind = object.find("kind");
  if (kind == object.end() || json::View(kind->value()).text() != "Event") return;
  for (const Renamed& member : kMembers) {
    auto from = object.find(member.from);
    if (from == object.end()) continue;
    json::Value value = std::move(from->value());
    object.erase(from);
    json::Value& to = object[member.to];
    if (to.is_null()) to = std::move(value);
  }
}

}  // namespace foundation::kubernetes
