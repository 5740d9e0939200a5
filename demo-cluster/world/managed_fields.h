// metadata.managedFields: which client set which field, as the real server keeps it. Pure.
#pragma once
#include <string>
#include <string_view>

#include "demo-cluster/world/editing.h"

namespace demo_cluster::world {

struct FieldWriter {
  std::string manager;      // the request's fieldManager
  bool apply = false;       // server-side apply, not an update
  std::string api_version;  // of the object written ("autoscaling/v1" never: a scale writes the Deployment)
  std::string subresource;  // "scale", "status" or ""
};

// Gives the writer the fields in which `after` differs from `before` and takes them from all others; an entry without
// fields disappears. `before` is null for a new object. An empty manager records nothing, but others still lose what
// was overwritten. Entries of /scale carry no time, as was seen of the real server.
void record_writer(const json::Value& before, json::Value& after, const FieldWriter& writer, WallTime now);
// After a server-side apply: the writer owns what its configuration names, be it changed or not, and nothing else.
void record_applier(const json::Value& before, json::Value& after, const json::Value& configuration,
                    const FieldWriter& writer, WallTime now);
// Whether a client may put these in the place of what stands; with anything else the server keeps its own.
bool are_managed_fields(json::View entries);

}  // namespace demo_cluster::world
