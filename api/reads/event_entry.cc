#include "api/reads/event_entry.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

#include "foundation/json/view.h"

namespace api::reads {

using foundation::WallTime;
using foundation::kubernetes::ObjectView;

namespace {

json::View first_of(json::View root, std::initializer_list<std::string_view> members) {
  for (auto member : members)
    if (auto found = root[member]; !found.is_null()) return found;
  return {};
}

// The first of these dotted paths that holds a time.
WallTime time_at(json::View root, std::initializer_list<std::string_view> paths) {
  for (auto path : paths)
    if (auto time = foundation::parse_rfc3339(root.path(path).text())) return *time;
  return {};
}

}  // namespace

foundation::kubernetes::ObjectRef subject_of(const ObjectView& event) {
  auto subject = first_of(event.root(), {"involvedObject", "regarding"});
  return {std::string(subject["kind"].text()), std::string(event.namespace_name()), std::string(subject["name"].text()),
          std::string(subject["uid"].text())};
}

EventEntry event_entry(const ObjectView& event) {
  auto root = event.root();
  auto subject = subject_of(event);
  auto last = time_at(root, {"series.lastObservedTime", "lastTimestamp", "deprecatedLastTimestamp", "eventTime",
                             "firstTimestamp", "metadata.creationTimestamp"});
  auto first = time_at(root, {"firstTimestamp", "deprecatedFirstTimestamp", "eventTime", "metadata.creationTimestamp"});
  auto count = std::max({root.path("series.count").integer_or(0), root["count"].integer_or(0),
                         root["deprecatedCount"].integer_or(0), std::int64_t{1}});
  return {last,
          std::string(event.name()),
          {{"object", {{"project", subject.namespace_name}, {"kind", subject.kind}, {"name", subject.name}}},
           {"type", root["type"].text() == "Warning" ? "Warning" : "Normal"},
           {"reason", root["reason"].text()},
           {"text", first_of(root, {"message", "note"}).text()},
           {"count", count},
           {"first_at", foundation::to_rfc3339(std::min(first, last))},
           {"last_at", foundation::to_rfc3339(last)}}};
}

}  // namespace api::reads
