// Reading a collection: lists in pages of one moment, and watches. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "demo-cluster/world/selectors.h"
#include "demo-cluster/world/status.h"
#include "demo-cluster/world/store.h"

namespace demo_cluster::world {

struct Scope {
  const ServedKind* kind = nullptr;
  std::string namespace_name;  // empty: all
  LabelSelector labels;
  FieldSelector fields;

  bool includes(const Stored& object) const;  // false for null
};

struct Page {
  std::size_t limit = 0;       // 0: everything
  std::string continue_token;  // of the page before; it names the moment that all pages show
  std::string at_least;        // resourceVersion of the request: 504 while the server is not there yet
};

// The list object ("PodList"), its items without kind and apiVersion as the real server writes them. 410 when the
// continue token's moment is no longer in the history.
Outcome<json::Value> list(const Store& store, const Scope& scope, const Page& page);

struct WatchEvents {
  std::vector<json::Value> events;  // {"type": "ADDED", "object": ...}
  std::uint64_t upto = 0;           // everything to this revision has been told
};
// What has happened in the scope after that revision; an object that enters or leaves the selectors is added or
// deleted. 410 when the history no longer reaches back so far.
Outcome<WatchEvents> watch(const Store& store, const Scope& scope, std::uint64_t after);
// The state as ADDED events: the start of a watch without a resourceVersion.
WatchEvents watch_from_now(const Store& store, const Scope& scope);
// Tells a quiet watch how far the server is; `initial_end` closes the initial events of sendInitialEvents=true.
json::Value bookmark(const ServedKind& kind, std::uint64_t revision, bool initial_end = false);
json::Value watch_error(const Refusal& refusal);

}  // namespace demo_cluster::world
