#include "cli/terminal/signals.h"

#include <poll.h>

#include <array>
#include <cerrno>

namespace cli::terminal {
namespace {

std::array<volatile std::sig_atomic_t, NSIG> noted{};  // written by the handler below, which can reach nothing else

void note(int signal) { noted[static_cast<std::size_t>(signal)] = 1; }

}  // namespace

NotedSignals::NotedSignals() {
  sigset_t blocked;
  ::sigemptyset(&blocked);
  struct sigaction action{};
  action.sa_handler = note;
  for (std::size_t i = 0; i < std::size(kSignals); ++i) {
    noted[static_cast<std::size_t>(kSignals[i])] = 0;
    ::sigaddset(&blocked, kSignals[i]);
    ::sigaction(kSignals[i], &action, &before_[i]);
  }
  ::pthread_sigmask(SIG_BLOCK, &blocked, &mask_before_);
}

NotedSignals::~NotedSignals() {
  ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);  // first: what is pending is noted, and ends nothing
  for (std::size_t i = 0; i < std::size(kSignals); ++i) ::sigaction(kSignals[i], &before_[i], nullptr);
}

bool NotedSignals::wait(int descriptor) const {
  pollfd readable{.fd = descriptor, .events = POLLIN, .revents = 0};
  return ::ppoll(&readable, 1, nullptr, &mask_before_) >= 0 || errno != EINTR;
}

bool NotedSignals::take(int signal) {
  auto& flag = noted[static_cast<std::size_t>(signal)];
  bool was = flag != 0;
  flag = 0;
  return was;
}

}  // namespace cli::terminal
