// Signals while a person types. Owner: a read of one line. Threads: one, and at most one of these at a time.
#pragma once
#include <csignal>
#include <iterator>

namespace cli::terminal {

// While it lives, Ctrl-C, a resized terminal and a return from the background are noted instead of doing what they do
// otherwise. They are blocked but in wait(), so that none falls between a look and a wait.
class NotedSignals {
 public:
  NotedSignals();
  ~NotedSignals();
  NotedSignals(const NotedSignals&) = delete;
  NotedSignals& operator=(const NotedSignals&) = delete;

  // True when `descriptor` can be read, false when a signal was noted.
  bool wait(int descriptor) const;
  // Whether it was noted since it was last taken: SIGINT, SIGWINCH or SIGCONT.
  bool take(int signal);

 private:
  static constexpr int kSignals[] = {SIGINT, SIGWINCH, SIGCONT};
  struct sigaction before_[std::size(kSignals)];
  sigset_t mask_before_;
};

}  // namespace cli::terminal
