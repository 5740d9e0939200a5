// Owns spawned coroutines: nothing outlives its group. Stop = drain(), wait(grace), cancel(), wait(long).
// The gentle stop is a flag and never a cancellation: || forwards only the first cancellation it gets (Boost 1.81), so
// a soft signal followed by a terminal one would lose the terminal one. Threads: all on the group's executor.
#pragma once
#include <concepts>
#include <functional>
#include <list>
#include <memory>

#include "foundation/async/task.h"
#include "foundation/telemetry/log.h"

namespace foundation::async {

// A member's place in its group.
struct Seat {
  bool idle = false;      // set by the member while ending it loses nothing (a kept-alive connection between requests)
  bool draining = false;  // set by the group: finish what you do, take nothing new
};

class TaskGroup {
 public:
  TaskGroup(asio::any_io_executor on, telemetry::Log log);
  ~TaskGroup();  // aborts the process when members are left: an owner forgot to stop it
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  template <std::invocable<Seat&> F>
  void spawn(F start) {
    auto member = std::make_shared<Member>();  // shared: a queued cancel may run after the member has ended
    member->place = members_.insert(members_.end(), member);
    asio::co_spawn(on_, run<F>(std::move(start), member),
                   asio::bind_cancellation_slot(
                       member->signal.slot(), asio::bind_executor(on_, [this, member](std::exception_ptr thrown, Done) {
                         ended(member, thrown);
                       })));
  }
  void drain();   // flags every member; ends the idle ones
  void cancel();  // ends every member, once
  // True when all members have ended within `patience`.
  asio::awaitable<bool> wait(Milliseconds patience);
  // Members of all groups of this process, for the metric hks_tasks_live.
  static std::size_t live();
  std::size_t size() const { return members_.size(); }
  asio::any_io_executor executor() const { return on_; }

 private:
  struct Member {
    Member();
    ~Member();
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;
    asio::cancellation_signal signal;
    Seat seat;
    bool cancelled = false;
    std::list<std::shared_ptr<Member>>::iterator place;
    void cancel() {
      if (!std::exchange(cancelled, true)) signal.emit(asio::cancellation_type::terminal);
    }
  };
  // A named coroutine owns `start` for as long as it runs; a capturing lambda's captures would be gone.
  template <class F>
  static Task<void> run(F start, std::shared_ptr<Member> member) {
    co_return co_await in_branch<void>(start(member->seat));
  }
  void ended(const std::shared_ptr<Member>& member, std::exception_ptr thrown);

  asio::any_io_executor on_;
  telemetry::Log log_;
  std::list<std::shared_ptr<Member>> members_;
  asio::steady_timer changed_;
};

// Waits for `pause`, then runs the chore, again and again until the group drains or the member is cancelled. A chore
// tells its own failures: the next one comes all the same.
Task<void> repeat(Seat& seat, Milliseconds pause, std::function<Task<void>()> chore);

}  // namespace foundation::async
