// A model server that stands as its test says: every question gets the same scripted answer.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "ai-ops/llm/scripted.h"
#include "ai-ops/llm/server.h"

namespace ai_ops::llm {

struct FakeServerState {
  Traits traits = {.model = "fake"};
  bool loaded = true;
  Milliseconds look_takes{0};
  std::optional<foundation::Error> look_fails = {};
  ScriptedAnswer answer = {.pieces = {"hello"}};
  int looks = 0, asked = 0;
};

class FakeServer final : public Server {
 public:
  explicit FakeServer(std::shared_ptr<FakeServerState> state) : state_(std::move(state)) {}

  Traits traits() const override { return state_->traits; }
  async::Task<std::unique_ptr<Answer>> ask(async::Context& ctx, Prompt prompt, std::string session) override {
    ++state_->asked;
    ScriptedModel once({state_->answer});
    co_return co_await once.ask(ctx, std::move(prompt), std::move(session));
  }
  async::Task<Traits> look(async::Context&) override {
    ++state_->looks;
    if (auto slept = co_await async::sleep_for(state_->look_takes); !slept) co_return std::unexpected(slept.error());
    if (state_->look_fails) co_return std::unexpected(*state_->look_fails);
    co_return state_->traits;
  }
  async::Task<bool> loaded(async::Context&) override { co_return state_->loaded; }

 private:
  std::shared_ptr<FakeServerState> state_;  // shared with the test
};

}  // namespace ai_ops::llm
