// One model on several servers. A question goes to the replica that choose_replica() names, and on to another one when
// that fails before its first token; replicas that fail are left alone for a while and looked at again. Which there are
// is discovered again and again; one that has vanished finishes what it does.
// Owner: main, which ends the task group's members and drops every answer before it. Threads: one executor.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ai-ops/llm/discovery.h"
#include "ai-ops/llm/replica_pool.h"
#include "foundation/async/task_group.h"

namespace ai_ops::llm {

inline constexpr std::size_t kMaxReplicas = 64;  // those beyond it are left out, and the log says so
inline constexpr std::size_t kMaxAttempts = 3;   // of one question, each at another replica

struct ReplicaStatus {
  std::string address;
  ReplicaState state = ReplicaState::down;
  int in_flight = 0;
  std::string cause = {};  // why it is down
};

// How a question ended, for hks_model_requests_total. `broken` came after the first token, `dropped` is the asker's.
enum class Outcome { answered, broken, busy, refused, unavailable, deadline, dropped };

class ReplicaSet final : public Model {
 public:
  using MakeServer = std::function<foundation::Result<std::unique_ptr<Server>>(const std::string& address)>;
  struct Options {
    std::string model = {};
    QueueLimits limits = {};
    LookTimes times = {};
  };
  ReplicaSet(Options options, std::unique_ptr<Discovery> discovery, MakeServer make_server,
             foundation::telemetry::Metrics& metrics, foundation::telemetry::Log log, async::TaskGroup& background);

  void start();  // discovers and looks, as members of the task group

  // What every replica that answers can do; with none, what the last ones could.
  Traits traits() const override { return traits_; }
  // Ends when the first piece of the answer is here.
  async::Task<std::unique_ptr<Answer>> ask(async::Context& ctx, Prompt prompt, std::string session) override;

  std::vector<ReplicaStatus> status() const;
  ReplicaState state() const;  // the best of its replicas

 private:
  struct Begun;
  class PlacedAnswer;
  class Tally;

  async::Task<Begun> begin(async::Context& ctx, Replica& replica, Prompt prompt, std::string session);
  void went_down(Replica& replica, const foundation::Error& error);

  async::Task<void> discover(async::Seat& seat);
  void take(const std::vector<std::string>& found);
  void add(const std::string& address);
  async::Task<void> watch(async::Seat& seat, std::shared_ptr<Replica> replica);
  async::Task<void> look_at(Replica& replica);
  void agree_on_traits();

  Options options_;
  std::unique_ptr<Discovery> discovery_;
  MakeServer make_server_;
  foundation::telemetry::Log log_;
  async::TaskGroup& background_;
  std::vector<foundation::telemetry::Counter> outcomes_;  // by Outcome
  ReplicaPool pool_;
  Traits traits_;
};

}  // namespace ai_ops::llm
