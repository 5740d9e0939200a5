// The wire value of what a principal may see at one moment: pruned and redacted objects with a version.
// On the wire it is NDJSON: a head line {"version","workspace","at"}, then one object a line.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/json/pool.h"
#include "foundation/kubernetes/object.h"

namespace foundation::kubernetes {

class Snapshot {
 public:
  Snapshot() = default;
  Snapshot(std::string version, WallTime at) : version_(std::move(version)), at_(at) {}

  void add(
      json::Value object);  // an object without kind or name is ignored; an event gets its core form (event_form.h)
  // The same of one that is read here, into what all such objects share. Code::corrupt: it is no JSON object.
  Done read(std::string_view text);
  // What has changed since: an object that is there is replaced by add(). Views of it are good no longer.
  void remove(const ObjectRef& object);
  void retake(WallTime at) { at_ = at; }
  // Every object of the kind is here, of all namespaces: one that is not does not exist.
  void has_all_of(std::string_view kind) { whole_.emplace(kind); }
  bool is_whole(std::string_view kind) const { return whole_.contains(kind); }
  // All objects of a kind, in order of (namespace, name). Pointers live as long as the snapshot and until the next add.
  std::vector<ObjectView> of_kind(std::string_view kind) const;
  std::vector<std::string_view> kinds() const;  // of which there is an object, in order
  // Empty when there is none.
  std::optional<ObjectView> find(std::string_view kind, std::string_view namespace_name, std::string_view name) const;
  std::vector<ObjectView> all() const;
  const std::string& version() const { return version_; }
  WallTime at() const { return at_; }
  std::size_t size() const { return objects_.size(); }

 private:
  using Key = std::tuple<std::string, std::string, std::string>;  // kind, namespace, name
  std::string version_;
  WallTime at_{};
  std::map<Key, json::Value> objects_;  // node-based: views stay good while others are added
  std::set<std::string, std::less<>> whole_;
  std::shared_ptr<json::Pool> pool_;  // what read() took; shared, so that a copy of the snapshot does no harm
};

// Each ends in one line feed.
std::string head_line(const std::string& version, std::string_view workspace, WallTime at);
std::string object_line(const json::Value& object);

// Takes what they wrote, as its bytes come: never more of the text is held than one line. What does not read is
// Code::corrupt.
class SnapshotParser {
 public:
  Done push(std::string_view bytes);
  Result<Snapshot> finish();  // after the last bytes; once

 private:
  Done take(std::string_view line);

  std::string begun_;  // of a line whose end has not come yet
  std::size_t lines_ = 0;
  std::optional<Snapshot> snapshot_;  // since its head
};
Result<Snapshot> parse_snapshot(std::string_view ndjson);

}  // namespace foundation::kubernetes
