// Sets of an object's fields in the form of metadata.managedFields (FieldsV1): {"f:spec": {"f:replicas": {}}}, an item
// of a list as k:{"name":"app"}; a leaf is {}. What the server keeps by itself (uid, name, versions) is in none. Pure.
#pragma once
#include <string>
#include <vector>

#include "demo-cluster/world/editing.h"

namespace demo_cluster::world {

using FieldSet = json::Object;

// The fields that are new or other in `after`; with a null `before` all that it has.
FieldSet written(const json::Value& before, const json::Value& after);
bool is_field_set(const json::Value& value);
void unite(FieldSet& set, const FieldSet& more);
void subtract(FieldSet& set, const FieldSet& less);
FieldSet without(const FieldSet& set, const FieldSet& other);  // field by field: a leaf is nobody's subtree
FieldSet shared(const FieldSet& one, const FieldSet& other);
std::vector<std::string> paths_of(const FieldSet& set);  // ".spec.replicas", .spec.containers[{"name":"app"}].image
// Takes those fields out of an object, and what is empty without them.
void erase_fields(json::Value& value, const FieldSet& set);

}  // namespace demo_cluster::world
