#include "ai-ops/control_plane/snapshot_cache.h"

#include <algorithm>

namespace ai_ops::control_plane {

using foundation::SteadyTime;

std::optional<SnapshotCache::Copy> SnapshotCache::find(std::string_view user, std::string_view workspace,
                                                       SteadyTime now) {
  forget_old(now);
  auto found =
      std::ranges::find_if(entries_, [&](const Entry& e) { return e.user == user && e.workspace == workspace; });
  if (found == entries_.end()) return std::nullopt;
  entries_.splice(entries_.begin(), entries_, found);
  return found->copy;
}

void SnapshotCache::keep(std::string user, std::string workspace, Copy copy, SteadyTime now) {
  forget(user, workspace);
  forget_old(now);
  entries_.push_front({std::move(user), std::move(workspace), std::move(copy), now});
  if (entries_.size() > kMaxKeptSnapshots) entries_.pop_back();
  std::size_t bytes = 0;
  std::erase_if(entries_, [&](const Entry& e) {
    bytes += e.copy.bytes;
    return bytes > kMaxKeptBytes && &e != &entries_.front();
  });
}

void SnapshotCache::forget(std::string_view user, std::string_view workspace) {
  std::erase_if(entries_, [&](const Entry& e) { return e.user == user && e.workspace == workspace; });
}

void SnapshotCache::forget_old(SteadyTime now) {
  std::erase_if(entries_, [&](const Entry& e) { return now - e.fetched >= kSnapshotLife; });
}

}  // namespace ai_ops::control_plane
