// A model that says what its script says: for tests, and for runs that must come out the same. Asked more often than
// its script is long, it fails. Threads: one executor.
#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ai-ops/llm/model.h"
#include "foundation/base/clock.h"

namespace ai_ops::llm {

struct ScriptedAnswer {
  std::vector<Piece> pieces = {};
  foundation::Milliseconds before_each{0};             // a piece, and the end
  std::optional<foundation::Error> refused = {};       // instead of an answer
  std::optional<foundation::Error> broken_after = {};  // instead of the end
  bool cut_off = false;
  Usage usage = {};
};

class ScriptedModel final : public Model {
 public:
  explicit ScriptedModel(std::vector<ScriptedAnswer> script, Traits traits = {.model = "scripted"})
      : script_(script.begin(), script.end()), traits_(std::move(traits)) {}

  Traits traits() const override { return traits_; }
  async::Task<std::unique_ptr<Answer>> ask(async::Context& ctx, Prompt prompt, std::string session) override;

  const std::vector<Prompt>& asked() const { return asked_; }
  const std::vector<std::string>& sessions() const { return sessions_; }  // of asked(), one by one
  int live() const { return *live_; }                                     // answers that are not dropped yet

 private:
  std::deque<ScriptedAnswer> script_;
  Traits traits_;
  std::vector<Prompt> asked_;
  std::vector<std::string> sessions_;
  std::shared_ptr<int> live_ = std::make_shared<int>(0);  // shared: an answer may outlive the model
};

}  // namespace ai_ops::llm
