// A view of a live cluster that is kept true: one WATCH a listing, whose events are gathered as they come and applied
// when wait() returns, so that objects() stays as it is while it is looked at. Reads only. Owner: main; the event loop
// runs within wait(). Threads: one.
#pragma once
#include <boost/asio/signal_set.hpp>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "ai-ops/diagnose/live_cluster.h"
#include "foundation/async/task_group.h"
#include "foundation/kubernetes_api/collection.h"

namespace ai_ops::diagnose {

// Time alone makes some faults (a rollout over its deadline) and ends others, so that a look is due without a change.
inline constexpr foundation::Milliseconds kLongestWait{30'000};
inline constexpr foundation::Milliseconds kStopTime{5'000};

class LiveWatch {
 public:
  LiveWatch(LiveCluster& cluster, LiveView view);
  ~LiveWatch();
  LiveWatch(const LiveWatch&) = delete;
  LiveWatch& operator=(const LiveWatch&) = delete;

  // Until something has changed, and what else changes within `gather`; an API server that goes away or comes back is a
  // change. False: SIGINT or SIGTERM asked us to end.
  bool wait(foundation::Milliseconds gather);
  const foundation::kubernetes::Snapshot& objects() const { return objects_; }
  // The API server does not answer: what objects() has is as old as that.
  const std::optional<foundation::Error>& trouble() const { return trouble_; }

 private:
  struct Delta {
    const Listing* whole = nullptr;  // all that is held of it goes first
    std::optional<foundation::kubernetes::ObjectRef> gone = {};
    std::vector<foundation::json::Object> come = {};
  };
  foundation::async::Task<void> follow(Followed& it);
  foundation::async::Task<void> watch(Followed& it);
  foundation::async::Task<void> relist(Followed& it, std::string collection);
  void note(const foundation::Done& ended, Followed& it);
  foundation::Done take(Followed& it, const foundation::kubernetes_api::WatchEvent& event);
  void apply(Delta delta);

  foundation::async::asio::io_context& loop_;
  foundation::kubernetes_api::ApiServer& api_;
  foundation::kubernetes::Snapshot objects_;
  std::vector<Followed> followed_;
  std::optional<foundation::Error> trouble_;
  std::vector<Delta> deltas_;
  bool changed_ = false;  // there are deltas, or trouble_ has come or gone
  bool is_stopping_ = false;
  foundation::async::asio::signal_set signals_;
  foundation::async::TaskGroup group_;
  foundation::async::Context ctx_;
};

}  // namespace ai_ops::diagnose
