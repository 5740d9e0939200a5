// The events of one turn on their way out: numbered from 1 and stamped.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "ai-ops/chat/events.h"
#include "foundation/base/clock.h"

namespace ai_ops::chat {

// Borrows the writer and the clock. Owner: the turn's coroutine.
class Emitter {
 public:
  Emitter(EventWriter& writer, const foundation::Clock& clock, std::string turn)
      : writer_(writer), clock_(clock), turn_(std::move(turn)) {}

  async::Task<void> emit(std::string name, json::Object members);
  // An event was begun and did not end: nobody knows how much of it went out, and nothing may follow it.
  bool cut_in_one() const { return writing_; }

 private:
  EventWriter& writer_;
  const foundation::Clock& clock_;
  std::string turn_;
  std::int64_t seq_ = 0;
  bool writing_ = false;
};

// The first bytes of a text, never none; cut before a character that does not fit.
std::string_view first_bytes(std::string_view text, std::size_t most);

}  // namespace ai_ops::chat
