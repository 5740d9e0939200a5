// The three ways in which a client may describe a change of an object. Pure: each edits `target` in place, and leaves
// it in an unspecified state when it fails.
#pragma once
#include "demo-cluster/world/status.h"

namespace demo_cluster::world {

enum class PatchKind { merge, json, strategic, apply };

// RFC 7386.
void merge_patch(json::Value& target, const json::Value& patch);
// RFC 6902: add, remove, replace, test, move, copy. A failed `test` is 422, a malformed operation 400.
Outcome<void> json_patch(json::Value& target, const json::Value& operations);
// Kubernetes' strategic merge: RFC 7386 with lists of known names merged by their key (containers by name, ports by
// containerPort, ...) and the $patch, $retainKeys and $deleteFromPrimitiveList directives that kubectl writes.
void strategic_merge_patch(json::Value& target, const json::Value& patch);

Outcome<void> apply_patch(PatchKind kind, json::Value& target, const json::Value& patch);

// The key by which a list of that name is merged, seen one of its items; empty: the list is one value.
std::string_view merge_key(std::string_view list_name, const json::Value& item);

}  // namespace demo_cluster::world
