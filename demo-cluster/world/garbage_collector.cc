#include <algorithm>
#include <set>

#include "demo-cluster/world/controllers.h"

namespace demo_cluster::world {
namespace {

constexpr std::string_view kForeground = "foregroundDeletion";

using Uids = std::set<std::string, std::less<>>;

struct Census {
  Uids alive;       // every object there is
  Uids foreground;  // those that wait for their dependents
  Uids has_dependents;
};

bool waits_for_dependents(json::View object) {
  return std::ranges::any_of(object["metadata"]["finalizers"].array(),
                             [](const json::Value& name) { return name == json::Value(kForeground); });
}

Census census_of(const std::vector<Stored>& objects) {
  Census out;
  for (const auto& object : objects) {
    json::View view(*object);
    out.alive.emplace(view["metadata"]["uid"].text());
    if (waits_for_dependents(view)) out.foreground.emplace(view["metadata"]["uid"].text());
    for (const auto& owner : view["metadata"]["ownerReferences"].array())
      out.has_dependents.emplace(json::View(owner)["uid"].text());
  }
  return out;
}

// True when it has owners and none of them stays.
bool is_left_over(json::View object, const Census& census) {
  const auto& owners = object["metadata"]["ownerReferences"].array();
  return !owners.empty() && std::ranges::all_of(owners, [&](const json::Value& owner) {
    auto uid = json::View(owner)["uid"].text();
    return !census.alive.contains(uid) || census.foreground.contains(uid);
  });
}

void release(Step& step, const Stored& object) {
  json::Value after = *object;
  auto& finalizers = array_at(after, {"metadata", "finalizers"});
  finalizers.erase(std::find(finalizers.begin(), finalizers.end(), json::Value(kForeground)));
  step.write(object, std::move(after));
}

void empty_namespace(Step& step, const Stored& space) {
  auto name = json::View(*space)["metadata"]["name"].text();
  bool empty = true;
  for (const auto& kind : served_kinds()) {
    if (!kind.kind.namespaced) continue;
    for (const auto& object : step.store.list(kind.kind.name, name)) {
      if (!is_going(*object)) step.remove(object);
      empty = empty && step.store.find(key_of(*object)) == nullptr;
    }
  }
  if (empty) step.store.erase(key_of(*space));
}

}  // namespace

void step_garbage(Step& step) {
  auto objects = step.store.all();
  auto census = census_of(objects);
  for (const auto& object : objects) {
    auto uid = json::View(*object)["metadata"]["uid"].text();
    if (census.foreground.contains(uid) && is_going(*object) && !census.has_dependents.contains(uid))
      release(step, object);
    else if (!is_going(*object) && is_left_over(*object, census))
      step.remove(object);
  }
  for (const auto& space : step.store.list("Namespace"))
    if (is_going(*space)) empty_namespace(step, space);
}

}  // namespace demo_cluster::world
