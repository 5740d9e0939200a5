// Copies of snapshots, one per (user, workspace). A copy is good for nothing until the control plane has revalidated
// its ETag for this very request: the 304 is the authorization. Pure: the time is passed in. Threads: one executor.
#pragma once
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "foundation/base/clock.h"
#include "foundation/kubernetes/snapshot.h"

namespace ai_ops::control_plane {

inline constexpr std::size_t kMaxKeptSnapshots = 64;
inline constexpr std::size_t kMaxKeptBytes = 64
                                             << 20;  // of all copies as they came; the newest is kept whatever it takes
inline constexpr foundation::Milliseconds kSnapshotLife{60'000};  // since it was fetched, however often revalidated

class SnapshotCache {
 public:
  using Shared = std::shared_ptr<const foundation::kubernetes::Snapshot>;  // shared: turns outlive the copy here
  struct Copy {
    std::string etag;
    Shared snapshot;
    std::size_t bytes = 0;  // as it came
  };

  std::optional<Copy> find(std::string_view user, std::string_view workspace, foundation::SteadyTime now);
  void keep(std::string user, std::string workspace, Copy copy, foundation::SteadyTime now);
  void forget(std::string_view user, std::string_view workspace);
  void forget_old(foundation::SteadyTime now);
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string user;
    std::string workspace;
    Copy copy;
    foundation::SteadyTime fetched;
  };
  std::list<Entry> entries_;  // the last used first; few, so a search is a walk
};

}  // namespace ai_ops::control_plane
