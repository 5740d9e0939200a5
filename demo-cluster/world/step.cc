#include "demo-cluster/world/step.h"

#include "foundation/kubernetes/object.h"

namespace demo_cluster::world {

Outcome<Stored> Step::create(json::Value object) {
  Key key = key_of(object);
  const auto& kind = *served_kind(key.kind);
  return registry.create(kind, key.namespace_name, std::move(object), {.manager = {}, .dry_run = false, .now = now});
}

bool Step::write(const Stored& before, json::Value after) {
  if (after == *before) return true;
  Key key = key_of(*before);
  WriteOptions options{.manager = {}, .dry_run = false, .now = now};
  return registry.replace(*served_kind(key.kind), key, std::move(after), Part::all, options).has_value();
}

void Step::write_status(const Stored& before, json::Object status) {
  // Most steps change nothing: the object is copied only when there is something to write.
  if (auto standing = json::View(*before)["status"]; standing && standing.object() == status) return;
  json::Value after = *before;
  after.as_object()["status"] = std::move(status);
  write(before, std::move(after));
}

void Step::set_replicas(const Stored& workload, std::int64_t replicas) {
  json::Value after = *workload;
  object_at(after, {"spec"})["replicas"] = replicas;
  write(workload, std::move(after));
}

void Step::remove(const Stored& object) {
  Key key = key_of(*object);
  // What another controller has removed in this step is gone all the same.
  (void)registry.remove(*served_kind(key.kind), key, {}, {.manager = {}, .dry_run = false, .now = now});
}

void Step::event(json::View about, const EventBook::Event& event) {
  events_.record(store, registry, random, now, about, event);
}

void Step::event_every(Milliseconds interval, json::View about, const EventBook::Event& event) {
  if (now - events_.last(store, about, event) >= interval) this->event(about, event);
}

json::Value owner_reference(json::View owner) {
  return json::Object{{"apiVersion", copy_of(owner["apiVersion"])},
                      {"kind", copy_of(owner["kind"])},
                      {"name", copy_of(owner["metadata"]["name"])},
                      {"uid", copy_of(owner["metadata"]["uid"])},
                      {"controller", true},
                      {"blockOwnerDeletion", true}};
}

bool is_controlled_by(json::View object, json::View owner) {
  auto controller = kubernetes::ObjectView(object).controller();
  return controller && controller->uid == owner["metadata"]["uid"].text();
}

std::vector<Stored> controlled(const Store& store, std::string_view kind, json::View owner) {
  std::vector<Stored> out;
  for (auto& object : store.list(kind, owner["metadata"]["namespace"].text()))
    if (is_controlled_by(*object, owner)) out.push_back(std::move(object));
  return out;
}

bool is_going(json::View object) { return bool(object["metadata"]["deletionTimestamp"]); }

}  // namespace demo_cluster::world
