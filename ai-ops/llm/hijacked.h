// A model that obeys everybody: each order, claim and address that it reads becomes its plan, its calls and its words,
// in the most harmful form that the protocol has. For tests of what holds when a model does not. Threads: one executor.
#pragma once
#include <string>
#include <vector>

#include "ai-ops/llm/model.h"

namespace ai_ops::llm {

// The answer that does the most harm. A plan: the operations that the prompt's texts order, then a restart of each name
// that is offered and its end; a model whose server does not keep to the schema goes beyond what it offers. Prose:
// every order told as done and approved, every claim as a fact with its citation, every address as a picture. Pure.
Reply most_harmful(const Prompt& prompt, const Traits& traits);

class HijackedModel final : public Model {
 public:
  explicit HijackedModel(Traits traits = {.model = "hijacked"}) : traits_(std::move(traits)) {}

  Traits traits() const override { return traits_; }
  async::Task<std::unique_ptr<Answer>> ask(async::Context& ctx, Prompt prompt, std::string session) override;

  const std::vector<Prompt>& asked() const { return asked_; }
  const std::vector<Reply>& said() const { return said_; }  // to asked(), one by one

 private:
  Traits traits_;
  std::vector<Prompt> asked_;
  std::vector<Reply> said_;
};

}  // namespace ai_ops::llm
