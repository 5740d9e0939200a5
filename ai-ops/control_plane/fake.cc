#include "ai-ops/control_plane/fake.h"

namespace ai_ops::control_plane {

using foundation::Code;
using foundation::fail;
using foundation::kubernetes::Snapshot;

namespace {

struct Waiting {
  explicit Waiting(int& c) : count(c) { ++count; }
  ~Waiting() { --count; }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  int& count;
};

}  // namespace

void FakeControlPlane::set_logs(std::string pod, bool previous, std::vector<std::string> lines) {
  logs_[{std::move(pod), previous}] = std::move(lines);
}

void FakeControlPlane::reply_to_operation(int status, json::Value body) {
  replies_.push_back(OperationReply{status, std::move(body)});
}

async::Task<void> FakeControlPlane::silence(async::Context& ctx) {
  Waiting here(waiting_);
  if (auto slept = co_await async::sleep_until(is_deaf_ ? foundation::SteadyTime::max() : ctx.deadline); !slept)
    co_return slept;
  co_return fail(Code::deadline, "ask the control plane", "it took too long");
}

async::Task<std::shared_ptr<const Snapshot>> FakeControlPlane::snapshot(async::Context& ctx, const Caller&) {
  if (silent_)
    if (auto none = co_await silence(ctx); !none) co_return std::unexpected(none.error());
  if (snapshot_error_) co_return std::unexpected(*snapshot_error_);
  co_return std::make_shared<const Snapshot>(snapshot_);
}

async::Task<json::Value> FakeControlPlane::object(async::Context& ctx, const Caller&, std::string kind,
                                                  std::string project, std::string name) {
  if (silent_)
    if (auto none = co_await silence(ctx); !none) co_return std::unexpected(none.error());
  auto found = snapshot_.find(kind, project, name);
  if (!found) co_return fail(Code::not_found, "read " + kind + "/" + name, "There is no such object.");
  co_return *found->root().value();
}

async::Task<json::Value> FakeControlPlane::events(async::Context& ctx, const Caller&, EventQuery) {
  if (silent_)
    if (auto none = co_await silence(ctx); !none) co_return std::unexpected(none.error());
  co_return events_;
}

async::Task<std::vector<std::string>> FakeControlPlane::logs(async::Context& ctx, const Caller&, LogQuery query) {
  ++log_reads_;
  if (silent_)
    if (auto none = co_await silence(ctx); !none) co_return std::unexpected(none.error());
  auto found = logs_.find({query.pod, query.previous});
  if (found == logs_.end()) co_return fail(Code::not_found, "read logs of " + query.pod, "There is no such log.");
  const auto& lines = found->second;
  auto tail = std::min(lines.size(), static_cast<std::size_t>(query.tail_lines));
  co_return std::vector<std::string>(lines.end() - static_cast<std::ptrdiff_t>(tail), lines.end());
}

async::Task<OperationReply> FakeControlPlane::request(async::Context& ctx, const Caller&, std::string operation,
                                                      std::string call_id, json::Object arguments) {
  asked_.push_back({std::move(operation), std::move(call_id), std::move(arguments)});
  if (silent_ || replies_.empty())
    if (auto none = co_await silence(ctx); !none) co_return std::unexpected(none.error());
  auto reply = std::move(replies_.front());
  replies_.pop_front();
  co_return reply;
}

}  // namespace ai_ops::control_plane
