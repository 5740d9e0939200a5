// The demo cluster's time: real, sped up, or moved only by hand. Threads: one.
#pragma once
#include "foundation/base/clock.h"

namespace demo_cluster::app {

using foundation::Milliseconds;
using foundation::SteadyTime;
using foundation::WallTime;

class DemoClock {
 public:
  // `speed` seconds of the cluster pass in one; 0: none pass by themselves.
  DemoClock(WallTime start, int speed) : base_(start), since_(std::chrono::steady_clock::now()), speed_(speed) {}

  WallTime now() const {
    auto real = std::chrono::steady_clock::now() - since_;
    return base_ + std::chrono::duration_cast<Milliseconds>(real) * speed_;
  }
  void advance(Milliseconds by) { base_ += by; }

 private:
  WallTime base_;
  SteadyTime since_;
  int speed_;
};

}  // namespace demo_cluster::app
