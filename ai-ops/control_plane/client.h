// The control plane's internal API over HTTP: Reads and Operations on one connection pool, whose client certificate is
// the one that the callers' tokens are bound to. A token goes into one header and nowhere else.
// Owner: main; borrows the HTTP client. Threads: one executor.
#pragma once
#include "ai-ops/control_plane/control_plane.h"
#include "ai-ops/control_plane/snapshot_cache.h"
#include "foundation/http/client.h"

namespace ai_ops::control_plane {

// Of one reply.
inline constexpr std::size_t kMaxSnapshotBytes = 256 << 20;  // some 100,000 objects
inline constexpr std::size_t kMaxReadBytes = 4 << 20;
inline constexpr std::size_t kMaxOperationBytes = 256 << 10;
// Of one request; never later than the context's deadline.
inline constexpr foundation::Milliseconds kSnapshotTime{30'000};
inline constexpr foundation::Milliseconds kReadTime{20'000};
inline constexpr foundation::Milliseconds kOperationTime{60'000};

// A refusal is an Error whose code follows from the status and whose cause is the problem's detail. Where no answer
// came the cause says so in plain words, and the log has the rest: every cause is fit for the user.
class Client final : public Reads, public Operations {
 public:
  explicit Client(foundation::http::Client& http) : http_(http) {}

  async::Task<std::shared_ptr<const foundation::kubernetes::Snapshot>> snapshot(async::Context& ctx,
                                                                                const Caller& caller) override;
  async::Task<json::Value> object(async::Context& ctx, const Caller& caller, std::string kind, std::string project,
                                  std::string name) override;
  async::Task<json::Value> events(async::Context& ctx, const Caller& caller, EventQuery query) override;
  async::Task<std::vector<std::string>> logs(async::Context& ctx, const Caller& caller, LogQuery query) override;
  // A request whose connection is lost before the answer is sent once more. Code::unavailable: it never left;
  // any other error: nobody can tell whether it was carried out.
  async::Task<OperationReply> request(async::Context& ctx, const Caller& caller, std::string operation,
                                      std::string call_id, json::Object arguments) override;

  // Called now and then, so that a copy does not stay in memory after its life.
  void forget_old_snapshots() { snapshots_.forget_old(std::chrono::steady_clock::now()); }

 private:
  async::Task<json::Value> read_json(async::Context& ctx, const Caller& caller, std::string doing, std::string target);

  foundation::http::Client& http_;
  SnapshotCache snapshots_;
};

}  // namespace ai_ops::control_plane
