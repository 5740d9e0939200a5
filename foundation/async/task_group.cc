#include "foundation/async/task_group.h"

#include <atomic>
#include <cstdlib>
#include <exception>

namespace foundation::async {
namespace {

std::atomic<std::size_t> live_members{0};

}  // namespace

TaskGroup::Member::Member() { ++live_members; }
TaskGroup::Member::~Member() { --live_members; }
std::size_t TaskGroup::live() { return live_members; }

TaskGroup::TaskGroup(asio::any_io_executor on, telemetry::Log log)
    : on_(on), log_(std::move(log)), changed_(on, SteadyTime::max()) {}

TaskGroup::~TaskGroup() {
  if (!members_.empty()) std::abort();
}

void TaskGroup::drain() {
  auto members = members_;  // a member may end, and so leave the list, while it is told
  for (auto& member : members) {
    member->seat.draining = true;
    if (member->seat.idle) member->cancel();
  }
}

void TaskGroup::cancel() {
  auto members = members_;
  for (auto& member : members) member->cancel();
}

asio::awaitable<bool> TaskGroup::wait(Milliseconds patience) {
  auto until = std::chrono::steady_clock::now() + patience;
  while (!members_.empty() && std::chrono::steady_clock::now() < until) {
    changed_.expires_at(until);
    co_await changed_.async_wait(as_result);
  }
  co_return members_.empty();
}

void TaskGroup::ended(const std::shared_ptr<Member>& member, std::exception_ptr thrown) {
  if (thrown) {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
      log_.error("task_threw", {{"what", e.what()}});
    } catch (...) {
      log_.error("task_threw", {{"what", "not a std::exception"}});
    }
  }
  members_.erase(member->place);
  if (members_.empty()) changed_.cancel();
}

Task<void> repeat(Seat& seat, Milliseconds pause, std::function<Task<void>()> chore) {
  while (!seat.draining) {
    seat.idle = true;
    if (auto slept = co_await sleep_for(pause); !slept) co_return slept;
    seat.idle = false;
    auto done = co_await chore();
    if (!done && done.error().code == Code::cancelled) co_return done;
  }
  co_return Done{};
}

}  // namespace foundation::async
