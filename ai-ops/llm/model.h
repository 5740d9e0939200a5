// The model seam. A model makes answers better; it never has authority and nothing waits for it. Behind it stand
// Ollama, any OpenAI-compatible server, a set of replicas of either, and ScriptedModel.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "ai-ops/prompts/prompt.h"
#include "foundation/async/context.h"
#include "foundation/async/task.h"

namespace ai_ops::llm {

namespace async = foundation::async;
namespace json = foundation::json;
using foundation::Milliseconds;
using prompts::Prompt;
using prompts::Reply;
using prompts::ToolCall;
using prompts::Traits;
using prompts::Usage;

// How long each part of an answer may take; the context's deadline bounds them all.
struct Patience {
  Milliseconds first_token{60'000};  // a long prompt on a CPU
  Milliseconds next_token{15'000};
};
inline constexpr std::size_t kMaxAnswerBytes = 64 << 10;  // a model that floods is cut off: Code::too_large

using Piece = std::variant<std::string, ToolCall>;  // text as it comes; a call when it is complete

// An answer on its way. Dropping it cancels the model's work.
class Answer {
 public:
  virtual ~Answer() = default;
  // Nothing at the end. Errors: deadline (a token did not come in time), unavailable (the connection or the server
  // broke), corrupt (no answer of the protocol), too_large.
  virtual async::Task<std::optional<Piece>> next(async::Context& ctx) = 0;
  // Both of the answer so far; complete at the end.
  virtual Usage usage() const = 0;
  virtual bool cut_off() const = 0;
};

class Model {
 public:
  virtual ~Model() = default;
  virtual Traits traits() const = 0;
  // Errors, all before the first token: rate_limited (busy; the cause says when to come again), unavailable, not_found
  // (no such model there), invalid (the server refuses the prompt), too_large (the prompt does not fit into the
  // context), deadline. `session` names whose turns are better answered by one replica (its prompt cache is warm).
  virtual async::Task<std::unique_ptr<Answer>> ask(async::Context& ctx, Prompt prompt, std::string session) = 0;
};

// The whole answer.
async::Task<Reply> ask_whole(async::Context& ctx, Model& model, Prompt prompt, std::string session);

}  // namespace ai_ops::llm
