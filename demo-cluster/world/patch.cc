#include "demo-cluster/world/patch.h"

#include "demo-cluster/world/editing.h"

namespace demo_cluster::world {

void merge_patch(json::Value& target, const json::Value& patch) {
  if (!patch.is_object()) {
    target = patch;
    return;
  }
  if (!target.is_object()) target = json::Object{};
  auto& object = target.as_object();
  for (const auto& [name, value] : patch.as_object()) {
    if (value.is_null())
      object.erase(name);
    else
      merge_patch(object[name], value);
  }
}

Outcome<void> apply_patch(PatchKind kind, json::Value& target, const json::Value& patch) {
  switch (kind) {
    case PatchKind::json: return json_patch(target, patch);
    case PatchKind::merge: merge_patch(target, patch); break;
    case PatchKind::strategic:
    case PatchKind::apply: strategic_merge_patch(target, patch); break;
  }
  if (!target.is_object()) return bad_request("the patch does not describe an object");
  return {};
}

}  // namespace demo_cluster::world
