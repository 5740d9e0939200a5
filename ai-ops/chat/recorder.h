// For tests: a writer that keeps the events, and can fail in the ways of a reader.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ai-ops/chat/events.h"
#include "foundation/json/view.h"

namespace ai_ops::chat {

struct Event {
  std::int64_t seq;
  std::string name;
  json::Object data;
};

class Recorder final : public EventWriter {
 public:
  async::Task<void> write(std::int64_t seq, std::string name, json::Object data) override {
    ++begun;
    if (stalled) co_return co_await async::sleep_until(foundation::SteadyTime::max());
    if (gone || events.size() >= gone_after)
      co_return foundation::fail(foundation::Code::io, "write", "the reader has gone");
    events.push_back({seq, std::move(name), std::move(data)});
    co_return foundation::Done{};
  }
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const Event& event : events) out.push_back(event.name);
    return out;
  }
  std::string answer() const {
    std::string text;
    for (const Event& event : events)
      if (event.name == "delta") text += json::View(event.data.if_contains("text")).text();
    return text;
  }
  std::vector<Event> events;
  int begun = 0;
  bool stalled = false;
  bool gone = false;
  std::size_t gone_after = SIZE_MAX;  // events
};

}  // namespace ai_ops::chat
