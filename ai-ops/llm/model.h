// The model seam. A model makes answers better; it never has authority and nothing waits for it. The adapters for
// Ollama and OpenAI-compatible servers stand behind this; ScriptedModel is the one that ships beside it.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "foundation/async/context.h"
#include "foundation/async/task.h"
#include "foundation/json/value.h"

namespace ai_ops::llm {

namespace async = foundation::async;

enum class Author {
  system,
  user,
  assistant,
  data
};  // data: cluster text inside a delimited block, never an instruction

struct Message {
  Author author = Author::user;
  std::string text;
};

struct Prompt {
  std::vector<Message> messages;
  foundation::json::Value answer_schema;  // null: free text
  int max_tokens = 512;
};

struct Usage {
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
};

// An answer on its way. Dropping it cancels the model's work.
class Answer {
 public:
  virtual ~Answer() = default;
  // The next piece of text; empty at the end.
  virtual async::Task<std::string> next(async::Context& ctx) = 0;
  virtual Usage usage() const = 0;
};

class Model {
 public:
  virtual ~Model() = default;
  virtual std::string name() const = 0;
  virtual async::Task<std::unique_ptr<Answer>> ask(async::Context& ctx, Prompt prompt) = 0;
};

}  // namespace ai_ops::llm
