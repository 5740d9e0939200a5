// A model that is asked and waited for: evaluation does one thing at a time.
#pragma once
#include <memory>
#include <string>

#include "ai-ops/llm/model.h"

namespace eval {

using foundation::Result;

class Asker {
 public:
  // An Ollama at the URL, which is asked what the model can do.
  static Result<std::unique_ptr<Asker>> ollama(std::string url, std::string model);
  // A model that says this, and then no more.
  static std::unique_ptr<Asker> scripted(std::string answer);

  const ai_ops::prompts::Traits& traits() const { return traits_; }
  Result<ai_ops::prompts::Reply> ask(ai_ops::prompts::Prompt prompt);

 private:
  Asker() = default;

  ai_ops::llm::async::asio::io_context loop_{1};
  std::unique_ptr<ai_ops::llm::Model> model_;
  ai_ops::prompts::Traits traits_;
};

}  // namespace eval
