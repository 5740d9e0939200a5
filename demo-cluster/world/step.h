// What a controller is given for one step: the cluster at one moment, the registry to write through, and the recorder
// of events. Borrowed from World for the length of a step.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "demo-cluster/world/editing.h"
#include "demo-cluster/world/registry.h"

namespace demo_cluster::world {

// Repeated events (same object, reason and message) raise the count of the one that stands, as the real recorder does.
// Owner: World.
class EventBook {
 public:
  static constexpr std::chrono::hours kLifetime{1};
  static constexpr std::size_t kEvents = 1'000;

  struct Event {
    std::string_view type;  // "Normal", "Warning"
    std::string_view reason;
    std::string message;
    std::string_view component;  // "kubelet"
    std::string field_path{};    // "spec.containers{app}"
  };
  void record(Store& store, Registry& registry, Random& random, WallTime now, json::View about, const Event& event);
  // When the same was last recorded; the epoch when it never was.
  WallTime last(const Store& store, json::View about, const Event& event) const;
  // Drops what is too old or too much.
  void expire(Store& store, WallTime now);

 private:
  std::map<std::string, Key> standing_;  // by object uid, field, reason and message
  WallTime looked_at_{};
};

class Step {
 public:
  Step(Store& s, Registry& r, Random& ra, EventBook& e, WallTime at)
      : store(s), registry(r), random(ra), now(at), events_(e) {}

  Outcome<Stored> create(json::Value object);
  // Writes what differs from the stored object, spec and status alike; false when another object has its name now.
  bool write(const Stored& before, json::Value after);
  void write_status(const Stored& before, json::Object status);
  void set_replicas(const Stored& workload, std::int64_t replicas);
  void remove(const Stored& object);  // gracefully
  void event(json::View about, const EventBook::Event& event);
  // For what goes on: not more often than that.
  void event_every(Milliseconds interval, json::View about, const EventBook::Event& event);

  Store& store;
  Registry& registry;
  Random& random;
  const WallTime now;

 private:
  EventBook& events_;
};

json::Value owner_reference(json::View owner);  // as its controller
bool is_controlled_by(json::View object, json::View owner);
std::vector<Stored> controlled(const Store& store, std::string_view kind, json::View owner);
bool is_going(json::View object);  // a deletion is under way

}  // namespace demo_cluster::world
