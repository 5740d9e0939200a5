// One form for events. The API tells an Event in two: core/v1, which all of this house reads, and events.k8s.io/v1,
// which calls some members otherwise. An API server converts between them; a file holds whichever it was asked for.
// Pure.
#pragma once
#include "foundation/json/value.h"

namespace foundation::kubernetes {

// Gives the members of an events.k8s.io/v1 Event their names of core/v1, as the API server does. Leaves all else as it
// is; doing it twice changes nothing.
void to_core_event(json::Object& object);

}  // namespace foundation::kubernetes
