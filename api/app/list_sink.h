// All events of an answer, for a reply that is no stream. Owned by the handler.
#pragma once
#include <iterator>
#include <vector>

#include "api/turns/forward.h"
#include "foundation/async/task.h"

namespace api::app {

namespace async = foundation::async;

class ListSink final : public turns::EventSink {
 public:
  async::Task<void> begin() override { co_return foundation::Done{}; }
  async::Task<void> events(std::vector<turns::Event> some) override {
    all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
    co_return foundation::Done{};
  }
  async::Task<void> heartbeat() override { co_return foundation::Done{}; }

  std::vector<turns::Event> all;  // the last is the terminal one
};

}  // namespace api::app
