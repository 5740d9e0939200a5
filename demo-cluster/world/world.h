// The demo cluster: objects, the rules of their change, controllers and kubelets, stepped by a clock that its owner
// holds. No I/O, no clock and no randomness of its own (a seed is given): the same calls give the same cluster.
// Owner: the app, or a test. Threads: one.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "demo-cluster/world/kubelet.h"
#include "demo-cluster/world/registry.h"
#include "demo-cluster/world/step.h"
#include "demo-cluster/world/store.h"

namespace demo_cluster::world {

class World {
 public:
  struct Options {
    std::uint64_t random_seed = 1;
    std::size_t history_changes = Store::kHistoryChanges;
  };
  explicit World(Options options) : store_(options.history_changes), random_(options.random_seed) {}

  World(const World&) = delete;  // its registry refers to its store
  World& operator=(const World&) = delete;

  // Creates what a cluster has before anyone comes: the namespaces default and kube-system and the API's own Service.
  void found(WallTime now);
  // Creates the objects in their order; the first that is refused ends it.
  Outcome<void> seed(std::vector<json::Value> objects, WallTime now);

  // Watches and lists of versions up to now get 410 from here on.
  void forget_history() { store_.forget_history(); }

  // Lets controllers and kubelets act until nothing is left to do at this moment. Cheap when nothing has happened and
  // nothing is due.
  void tick(WallTime now);
  // Ticks through the time between, so that what is due in it happens in its order.
  void run(WallTime from, WallTime to, Milliseconds stride = Milliseconds(200));

  const Store& store() const { return store_; }
  Registry& registry() { return registry_; }
  Outcome<std::string> log(const Key& pod, const LogQuery& query, WallTime now) const {
    return kubelet_.log(store_, pod, query, now);
  }
  LogNews log_after(const Key& pod, const LogQuery& query, const LogPosition& seen) const {
    return kubelet_.log_after(store_, pod, query, seen);
  }

  // Every object, the revision and the time, as JSON lines; uids and resourceVersions survive. Watches from before the
  // restart get 410. import_lines answers the time of the export; Code::corrupt for text that export_lines did not
  // write.
  std::string export_lines(WallTime now) const;
  foundation::Result<WallTime> import_lines(std::string_view lines);

 private:
  Store store_;
  Random random_;
  Registry registry_{store_, random_};
  EventBook events_;
  Kubelet kubelet_;
  std::uint64_t settled_revision_ = 0;
  WallTime stepped_at_{};
};

}  // namespace demo_cluster::world
