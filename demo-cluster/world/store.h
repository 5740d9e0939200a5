// The objects of the cluster and the history of their changes. Objects are immutable once stored: lists, watches and
// the history share them. Owner: World. Threads: one.
#pragma once
#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/json/value.h"

namespace demo_cluster::world {

namespace json = foundation::json;

using Stored = std::shared_ptr<const json::Value>;  // shared: lists, watches and the history hold it too

struct Key {
  std::string kind;
  std::string namespace_name;
  std::string name;
  friend auto operator<=>(const Key&, const Key&) = default;
};
Key key_of(const json::Value& object);

struct Change {
  std::uint64_t revision;
  Key key;
  Stored before;  // null: it was added
  Stored after;   // null: it was deleted, and `last` is its final state
  Stored last;
};

class Store {
 public:
  static constexpr std::size_t kHistoryChanges = 4'096;
  explicit Store(std::size_t history_changes = kHistoryChanges) : history_bound_(history_changes) {}

  Stored find(const Key& key) const;  // null when there is none
  // In order of (namespace, name); an empty namespace means all of them.
  std::vector<Stored> list(std::string_view kind, std::string_view namespace_name = {}) const;
  std::vector<Stored> all() const;
  // Adds or replaces; stamps the next resourceVersion.
  Stored put(json::Value object);
  Stored erase(const Key& key);  // its final state, stamped with the deletion's revision

  std::uint64_t revision() const { return revision_; }
  // The changes after that revision, oldest first; nothing when the history no longer reaches back so far.
  std::optional<std::vector<const Change*>> since(std::uint64_t revision) const;
  // The kind's objects as they stood at that revision; nothing when that is too long ago.
  std::optional<std::vector<Stored>> list_at(std::uint64_t revision, std::string_view kind,
                                             std::string_view namespace_name) const;

  // What has happened so far is too long ago for a watch, as after a compaction.
  void forget_history();
  // Takes a saved state: the history starts anew at that revision.
  void restore(std::vector<json::Value> objects, std::uint64_t revision);

 private:
  void remember(Change change);

  std::map<Key, Stored> objects_;
  std::deque<Change> history_;
  std::size_t history_bound_;
  std::uint64_t revision_ = 1;
  std::uint64_t history_from_ = 1;  // the history holds every change after this revision
};

}  // namespace demo_cluster::world
