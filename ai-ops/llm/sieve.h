// What of a server's answer reaches the caller: words without thinking, calls however they were written, never more
// than an answer may have. Pure.
#pragma once
#include <string>
#include <vector>

#include "ai-ops/llm/answer_event.h"
#include "ai-ops/llm/model.h"
#include "ai-ops/llm/repetition.h"
#include "ai-ops/llm/thinking.h"
#include "ai-ops/llm/written_calls.h"

namespace ai_ops::llm {

class Sieve {
 public:
  explicit Sieve(const Prompt& prompt);
  // Code::too_large over kMaxAnswerBytes, Code::corrupt for an endless repetition, and what a Trouble says.
  foundation::Result<std::vector<Piece>> take(Event event);
  // Code::corrupt for an answer with nothing in it, Code::too_large when the server has left out part of the prompt.
  foundation::Result<std::vector<Piece>> end(const Ending& ending);
  std::int64_t events() const { return events_; }  // a token each, as a rule

 private:
  foundation::Done count(std::string_view bytes);
  void say(std::vector<Piece>& pieces, std::string words);
  void call(std::vector<Piece>& pieces, ToolCall call);

  ThinkingFilter thinking_;
  WrittenCalls written_;
  Repetition repetition_;
  std::int64_t fewest_tokens_;
  std::int64_t events_ = 0;
  std::size_t bytes_ = 0;
  bool said_ = false;
};

}  // namespace ai_ops::llm
