// The deletion half of the registry: preconditions, grace, finalizers, propagation.
#include "demo-cluster/world/editing.h"
#include "demo-cluster/world/registry.h"

namespace demo_cluster::world {
namespace {

constexpr std::string_view kForeground = "foregroundDeletion";  // the garbage collector takes it off

// How long the object stays after its deletion; nothing: it goes at once.
std::optional<std::int64_t> grace_of(json::View object, const DeleteOptions& what) {
  auto kind = object["kind"].text();
  if (kind == "Namespace" || !object["metadata"]["finalizers"].array().empty()) return 0;
  if (kind != "Pod") return std::nullopt;
  auto phase = object["status"]["phase"].text();
  auto grace = what.grace_seconds.value_or(object["spec"]["terminationGracePeriodSeconds"].integer_or(30));
  bool runs = !object["spec"]["nodeName"].text().empty() && phase != "Succeeded" && phase != "Failed";
  return runs && grace > 0 ? std::optional(grace) : std::nullopt;
}

bool drop_owner(json::Value& object, std::string_view uid) {
  json::Array kept;
  const auto& owners = json::View(object)["metadata"]["ownerReferences"].array();
  for (const auto& owner : owners)
    if (json::View(owner)["uid"].text() != uid) kept.push_back(owner);
  if (kept.size() == owners.size()) return false;
  object_at(object, {"metadata"})["ownerReferences"] = std::move(kept);
  return true;
}

void mark(json::Value& object, std::int64_t grace, WallTime now) {
  auto& metadata = object_at(object, {"metadata"});
  metadata["deletionTimestamp"] = time_text(now + std::chrono::seconds(grace));
  metadata["deletionGracePeriodSeconds"] = grace;
  if (object.as_object()["kind"] == "Namespace") object_at(object, {"status"})["phase"] = "Terminating";
}

}  // namespace

void Registry::orphan_dependents(std::string_view uid) {
  for (const auto& stored : store_.all()) {
    json::Value object = *stored;
    if (drop_owner(object, uid)) store_.put(std::move(object));
  }
}

Outcome<std::optional<Stored>> Registry::remove(const ServedKind& kind, const Key& key, const DeleteOptions& what,
                                                const WriteOptions& options) {
  auto found = read(kind, key);
  if (!found) return std::unexpected(found.error());
  json::View before(**found);
  bool other =
      (!what.uid.empty() && what.uid != before["metadata"]["uid"].text()) ||
      (!what.resource_version.empty() && what.resource_version != before["metadata"]["resourceVersion"].text());
  if (other) return conflict(kind, key.name, "Precondition failed: the object is another one or has changed");
  json::Value after = **found;
  if (what.propagation == "Foreground" && key.kind != "Pod") {
    auto& finalizers = array_at(after, {"metadata", "finalizers"});
    if (std::find(finalizers.begin(), finalizers.end(), json::Value(kForeground)) == finalizers.end())
      finalizers.push_back(json::Value(kForeground));
  }
  auto grace = grace_of(after, what);
  if (options.dry_run || what.dry_run) return grace ? std::optional(*found) : std::nullopt;
  if (what.propagation == "Orphan") orphan_dependents(before["metadata"]["uid"].text());
  if (!grace) {
    store_.erase(key);
    return std::nullopt;
  }
  if (before["metadata"]["deletionTimestamp"]) return std::optional(*found);
  mark(after, *grace, options.now);
  return std::optional(store_.put(std::move(after)));
}

}  // namespace demo_cluster::world
