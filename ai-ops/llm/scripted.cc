#include "ai-ops/llm/scripted.h"

#include <utility>

namespace ai_ops::llm {

using foundation::Code;
using foundation::fail;

namespace {

class Recital final : public Answer {
 public:
  Recital(ScriptedAnswer script, std::shared_ptr<int> live) : script_(std::move(script)), live_(std::move(live)) {
    ++*live_;
  }
  ~Recital() override { --*live_; }

  async::Task<std::optional<Piece>> next(async::Context& ctx) override {
    if (script_.before_each.count() > 0) {
      auto waited = co_await async::with_deadline(ctx.deadline, async::sleep_for(script_.before_each));
      if (!waited) co_return std::unexpected(waited.error());
    }
    if (told_ < script_.pieces.size()) co_return script_.pieces[told_++];
    if (script_.broken_after) co_return std::unexpected(*script_.broken_after);
    co_return std::nullopt;
  }
  Usage usage() const override { return script_.usage; }
  bool cut_off() const override { return script_.cut_off; }

 private:
  ScriptedAnswer script_;
  std::shared_ptr<int> live_;  // shared with the model, which counts
  std::size_t told_ = 0;
};

}  // namespace

async::Task<std::unique_ptr<Answer>> ScriptedModel::ask(async::Context&, Prompt prompt, std::string session) {
  asked_.push_back(std::move(prompt));
  sessions_.push_back(std::move(session));
  if (script_.empty()) co_return fail(Code::unavailable, "ask the model", "its script has ended");
  ScriptedAnswer next = std::move(script_.front());
  script_.pop_front();
  if (next.refused) co_return std::unexpected(*next.refused);
  co_return std::make_unique<Recital>(std::move(next), live_);
}

}  // namespace ai_ops::llm
