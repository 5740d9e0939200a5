// One Kubernetes Event as a line of the contract's Events. Pure.
#pragma once
#include <string>

#include "foundation/base/clock.h"
#include "foundation/json/value.h"
#include "foundation/kubernetes/object.h"

namespace api::reads {

namespace json = foundation::json;

struct EventEntry {
  foundation::WallTime last_at{};
  std::string name;   // of the Event: the order of those of one moment
  json::Object line;  // {object: {project, kind, name}, type, reason, text, count, first_at, last_at}
};
// Takes both shapes that Events have (core/v1 and events.k8s.io/v1).
EventEntry event_entry(const foundation::kubernetes::ObjectView& event);
foundation::kubernetes::ObjectRef subject_of(const foundation::kubernetes::ObjectView& event);

}  // namespace api::reads
