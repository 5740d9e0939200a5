// A control plane in this process, with behaviour: it answers from given objects and scripts, and remembers what it was
// asked. Ships beside its seam for the tests of whoever uses it. Threads: one executor.
#pragma once
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ai-ops/control_plane/control_plane.h"

namespace ai_ops::control_plane {

class FakeControlPlane final : public Reads, public Operations {
 public:
  struct Asked {
    std::string operation;
    std::string call_id;
    json::Object arguments;
  };

  // What it answers from now on.
  void add_object(json::Value object) { snapshot_.add(std::move(object)); }
  void set_logs(std::string pod, bool previous, std::vector<std::string> lines);
  void set_events(json::Value reply) { events_ = std::move(reply); }
  void refuse_snapshot(foundation::Error error) { snapshot_error_ = std::move(error); }
  void reply_to_operation(int status, json::Value body);  // the next request; one that has no reply meets silence
  void lose_next_operation(foundation::Error error) { replies_.push_back(std::unexpected(std::move(error))); }
  void be_silent() { silent_ = true; }            // nothing is answered any more
  void be_stuck() { silent_ = is_deaf_ = true; }  // and deadlines pass unheard

  const std::vector<Asked>& operations() const { return asked_; }
  std::size_t log_reads() const { return log_reads_; }
  int waiting() const { return waiting_; }  // callers that now meet silence

  async::Task<std::shared_ptr<const foundation::kubernetes::Snapshot>> snapshot(async::Context& ctx,
                                                                                const Caller& caller) override;
  async::Task<json::Value> object(async::Context& ctx, const Caller& caller, std::string kind, std::string project,
                                  std::string name) override;
  async::Task<json::Value> events(async::Context& ctx, const Caller& caller, EventQuery query) override;
  async::Task<std::vector<std::string>> logs(async::Context& ctx, const Caller& caller, LogQuery query) override;
  async::Task<OperationReply> request(async::Context& ctx, const Caller& caller, std::string operation,
                                      std::string call_id, json::Object arguments) override;

 private:
  async::Task<void> silence(async::Context& ctx);  // until the caller's deadline, if that

  foundation::kubernetes::Snapshot snapshot_{"1.1", foundation::WallTime{}};
  std::optional<foundation::Error> snapshot_error_;
  std::map<std::pair<std::string, bool>, std::vector<std::string>> logs_;
  json::Value events_ = json::Object{{"events", json::Array{}}};
  std::deque<foundation::Result<OperationReply>> replies_;
  std::vector<Asked> asked_;
  std::size_t log_reads_ = 0;
  int waiting_ = 0;
  bool silent_ = false;
  bool is_deaf_ = false;
};

}  // namespace ai_ops::control_plane
