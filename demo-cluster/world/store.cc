#include "demo-cluster/world/store.h"

#include "foundation/kubernetes/object.h"

namespace demo_cluster::world {
namespace {

void stamp(json::Value& object, std::uint64_t revision) {
  object.as_object()["metadata"].as_object()["resourceVersion"] = std::to_string(revision);
}

bool within(const Key& key, std::string_view kind, std::string_view namespace_name) {
  return key.kind == kind && (namespace_name.empty() || key.namespace_name == namespace_name);
}

}  // namespace

Key key_of(const json::Value& object) {
  foundation::kubernetes::ObjectView view{json::View(object)};
  return {std::string(view.kind()), std::string(view.namespace_name()), std::string(view.name())};
}

Stored Store::find(const Key& key) const {
  auto at = objects_.find(key);
  return at == objects_.end() ? nullptr : at->second;
}

std::vector<Stored> Store::list(std::string_view kind, std::string_view namespace_name) const {
  std::vector<Stored> out;
  auto at = objects_.lower_bound(Key{std::string(kind), std::string(namespace_name), ""});
  for (; at != objects_.end() && within(at->first, kind, namespace_name); ++at) out.push_back(at->second);
  return out;
}

std::vector<Stored> Store::all() const {
  std::vector<Stored> out;
  out.reserve(objects_.size());
  for (const auto& [key, object] : objects_) out.push_back(object);
  return out;
}

Stored Store::put(json::Value object) {
  stamp(object, ++revision_);
  auto stored = std::make_shared<const json::Value>(std::move(object));
  Key key = key_of(*stored);
  auto& place = objects_[key];
  remember({revision_, std::move(key), place, stored, nullptr});
  place = stored;
  return stored;
}

Stored Store::erase(const Key& key) {
  auto at = objects_.find(key);
  if (at == objects_.end()) return nullptr;
  json::Value last = *at->second;
  stamp(last, ++revision_);
  auto stored = std::make_shared<const json::Value>(std::move(last));
  remember({revision_, key, at->second, nullptr, stored});
  objects_.erase(at);
  return stored;
}

void Store::remember(Change change) {
  history_.push_back(std::move(change));
  if (history_.size() <= history_bound_) return;
  history_from_ = history_.front().revision;
  history_.pop_front();
}

std::optional<std::vector<const Change*>> Store::since(std::uint64_t revision) const {
  if (revision < history_from_) return std::nullopt;
  std::vector<const Change*> out;
  auto at = std::lower_bound(history_.begin(), history_.end(), revision + 1,
                             [](const Change& change, std::uint64_t wanted) { return change.revision < wanted; });
  for (; at != history_.end(); ++at) out.push_back(&*at);
  return out;
}

std::optional<std::vector<Stored>> Store::list_at(std::uint64_t revision, std::string_view kind,
                                                  std::string_view namespace_name) const {
  auto changes = since(revision);
  if (!changes) return std::nullopt;
  std::map<Key, Stored> then;
  for (auto& object : list(kind, namespace_name)) then[key_of(*object)] = object;
  for (auto change = changes->rbegin(); change != changes->rend(); ++change) {
    if (!within((*change)->key, kind, namespace_name)) continue;
    if ((*change)->before)
      then[(*change)->key] = (*change)->before;
    else
      then.erase((*change)->key);
  }
  std::vector<Stored> out;
  for (auto& [key, object] : then) out.push_back(std::move(object));
  return out;
}

void Store::forget_history() {
  history_.clear();
  history_from_ = revision_;
}

void Store::restore(std::vector<json::Value> objects, std::uint64_t revision) {
  objects_.clear();
  history_.clear();
  for (auto& object : objects) {
    Key key = key_of(object);
    objects_[std::move(key)] = std::make_shared<const json::Value>(std::move(object));
  }
  revision_ = history_from_ = revision;
}

}  // namespace demo_cluster::world
