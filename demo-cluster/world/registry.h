// The rules of every write: identity, types, defaults, validation, optimistic concurrency, managed fields, generation,
// deletion. Clients and controllers write through it. Owner: World. Threads: one.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "demo-cluster/world/patch.h"
#include "demo-cluster/world/random.h"
#include "demo-cluster/world/status.h"
#include "demo-cluster/world/store.h"
#include "foundation/base/clock.h"
#include "foundation/json/view.h"

namespace demo_cluster::world {

using foundation::WallTime;

struct WriteOptions {
  std::string manager;  // fieldManager; empty: nobody is recorded (controllers' bookkeeping)
  bool dry_run = false;
  WallTime now;
  bool force = false;  // of a server-side apply: takes over what others own
};

struct DeleteOptions {
  std::optional<std::int64_t> grace_seconds;
  std::string propagation = "Background";  // or "Foreground", "Orphan"
  std::string uid;                         // preconditions; empty: none
  std::string resource_version;
  bool dry_run = false;
};

// Which part of an object a write may change.
enum class Part { spec, status, all };

class Registry {
 public:
  Registry(Store& store, Random& random) : store_(store), random_(random) {}

  Outcome<Stored> read(const ServedKind& kind, const Key& key) const;
  Outcome<Stored> create(const ServedKind& kind, std::string_view namespace_name, json::Value object,
                         const WriteOptions& options);
  Outcome<Stored> replace(const ServedKind& kind, const Key& key, json::Value object, Part part,
                          const WriteOptions& options);
  // PatchKind::apply (server-side apply) makes the object when there is none.
  Outcome<Stored> patch(const ServedKind& kind, const Key& key, PatchKind how, const json::Value& patch, Part part,
                        const WriteOptions& options);
  // Nothing when the object has gone at once, else the object as it now waits for its end.
  Outcome<std::optional<Stored>> remove(const ServedKind& kind, const Key& key, const DeleteOptions& what,
                                        const WriteOptions& options);

  // The eviction subresource: a deletion that a PodDisruptionBudget may refuse (429).
  Outcome<void> evict(const Key& pod, const DeleteOptions& what, const WriteOptions& options);

  // The scale subresource, as autoscaling/v1 Scale. A PUT without spec.replicas means 0, as on the real server.
  Outcome<json::Value> read_scale(const ServedKind& kind, const Key& key) const;
  Outcome<json::Value> replace_scale(const ServedKind& kind, const Key& key, const json::Value& scale,
                                     const WriteOptions& options);
  Outcome<json::Value> patch_scale(const ServedKind& kind, const Key& key, PatchKind how, const json::Value& patch,
                                   const WriteOptions& options);

 private:
  struct Write {
    const ServedKind& kind;
    Key key;
    Stored before;
    Part part;
    std::string subresource;
    const json::Value* applied = nullptr;  // the configuration of a server-side apply
    const WriteOptions& options;
  };
  Outcome<Stored> admit(const ServedKind& kind, std::string_view namespace_name, json::Value object,
                        const WriteOptions& options, const json::Value* applied);
  Outcome<Stored> apply(const ServedKind& kind, const Key& key, const json::Value& configuration, Part part,
                        const WriteOptions& options);
  Outcome<Stored> commit(const Write& write, json::Value after);
  Outcome<void> identify(const ServedKind& kind, std::string_view namespace_name, json::Value& object,
                         const WriteOptions& options);
  Outcome<json::Value> apply_scale(const ServedKind& kind, const Key& key, const Stored& before,
                                   const json::Value& scale, const WriteOptions& options);
  Outcome<json::Value> commit_scale(const ServedKind& kind, const Key& key, const Stored& before,
                                    const json::Value& scale, const WriteOptions& options);
  Outcome<Stored> budget_for(json::View pod) const;
  void orphan_dependents(std::string_view uid);

  Store& store_;
  Random& random_;
};

}  // namespace demo_cluster::world
