#include "ai-ops/llm/scripted.h"

#include <gtest/gtest.h>

namespace ai_ops::llm {
namespace {

using foundation::Code;
using foundation::Done;
using foundation::Error;
using foundation::Milliseconds;
using foundation::Result;

async::Context context(Milliseconds budget = Milliseconds(20'000)) {
  return {"test", std::chrono::steady_clock::now() + budget, {}};
}

// All pieces joined by "|", or why it ended.
async::Task<std::string> recite(ScriptedModel& model, async::Context& ctx) {
  auto answer = co_await model.ask(ctx, {.messages = {{Author::user, "why?"}}, .answer_schema = {}});
  if (!answer) co_return std::unexpected(answer.error());
  std::string all;
  for (;;) {
    auto piece = co_await (*answer)->next(ctx);
    if (!piece) co_return std::unexpected(piece.error());
    if (piece->empty()) co_return all;
    all += *piece + "|";
  }
}

Result<std::string> run(ScriptedModel& model, async::Context ctx = context()) {
  async::asio::io_context io(1);
  Result<std::string> out;
  async::asio::co_spawn(io, async::in_branch(recite(model, ctx)),
                        [&](std::exception_ptr thrown, Result<std::string> r) {
                          if (thrown) std::rethrow_exception(thrown);
                          out = std::move(r);
                        });
  io.run();
  return out;
}

TEST(ScriptedModel, AnswersInTheOrderOfItsScriptAndRemembersTheQuestions) {
  ScriptedModel model({{.pieces = {"it ", "crashes"}}, {.pieces = {"no"}}});
  EXPECT_EQ(run(model).value(), "it |crashes|");
  EXPECT_EQ(run(model).value(), "no|");
  ASSERT_EQ(model.asked().size(), 2u);
  EXPECT_EQ(model.asked()[0].messages[0].text, "why?");
  EXPECT_EQ(model.live(), 0);
}

TEST(ScriptedModel, AskedBeyondItsScriptFails) {
  ScriptedModel model({});
  EXPECT_EQ(run(model).error().code, Code::unavailable);
}

TEST(ScriptedModel, FailsWhereItsScriptSaysSo) {
  ScriptedModel model({{.refused = Error{Code::rate_limited, "ask", "busy"}},
                       {.pieces = {"half"}, .broken_after = Error{Code::io, "read", "gone"}}});
  EXPECT_EQ(run(model).error().code, Code::rate_limited);
  EXPECT_EQ(run(model).error().code, Code::io);
}

TEST(ScriptedModel, ASlowAnswerEndsAtTheContextsDeadline) {
  ScriptedModel model({{.pieces = {"late"}, .before_each = Milliseconds(600'000)}});
  EXPECT_EQ(run(model, context(Milliseconds(20))).error().code, Code::deadline);
  EXPECT_EQ(model.live(), 0);
}

}  // namespace
}  // namespace ai_ops::llm
