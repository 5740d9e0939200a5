// What is known of one replica, and when to look at it again. Pure: time is passed in.
//
// A failure takes the replica out until a look succeeds, and each failure doubles the wait for that look. Only an
// answer makes the wait short again: a server that looks well and fails whoever asks it is asked ever more seldom.
#pragma once
#include <string>

#include "foundation/base/clock.h"

namespace ai_ops::llm {

struct LookTimes {
  foundation::Milliseconds every{10'000};
  foundation::Milliseconds first_wait{1'000};  // after a failure, doubled each time
  foundation::Milliseconds longest_wait{30'000};
  foundation::Milliseconds at_most{3'000};  // one look
};

enum class ReplicaState { ready, loading, down };
const char* to_string(ReplicaState state);  // "ready"

class ReplicaHealth {
 public:
  explicit ReplicaHealth(LookTimes times) : times_(times) {}

  // Down until first looked at.
  ReplicaState state() const {
    return !alive_ ? ReplicaState::down : loaded_ ? ReplicaState::ready : ReplicaState::loading;
  }
  const std::string& cause() const { return cause_; }  // why it is down
  foundation::SteadyTime last_failure() const { return last_failure_; }
  foundation::SteadyTime due() const { return due_; }  // of the next look

  // A look that began at `began` succeeded; it says nothing about a failure since.
  void looked(bool loaded, foundation::SteadyTime began, foundation::SteadyTime now);
  void failed(std::string cause, foundation::SteadyTime now);
  void answered() { loaded_ = true, wait_ = {}; }

 private:
  LookTimes times_;
  bool alive_ = false, loaded_ = false;
  std::string cause_ = "not looked at yet";
  foundation::Milliseconds wait_{0};  // after the last failure
  foundation::SteadyTime last_failure_ = foundation::SteadyTime::min();
  foundation::SteadyTime due_ = foundation::SteadyTime::min();
};

}  // namespace ai_ops::llm
