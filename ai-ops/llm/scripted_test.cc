#include "ai-ops/llm/scripted.h"

#include <gtest/gtest.h>

namespace ai_ops::llm {
namespace {

using foundation::Code;
using foundation::Error;
using foundation::Milliseconds;
using foundation::Result;

async::Context context(Milliseconds budget = Milliseconds(20'000)) {
  return {"test", std::chrono::steady_clock::now() + budget, {}};
}

Result<Reply> run(ScriptedModel& model, async::Context ctx = context()) {
  async::asio::io_context io(1);
  Result<Reply> out;
  Prompt prompt{.messages = {{prompts::Author::user, "why?"}}};
  async::asio::co_spawn(io, async::in_branch(ask_whole(ctx, model, std::move(prompt), "s-1")),
                        [&](std::exception_ptr thrown, Result<Reply> r) {
                          if (thrown) std::rethrow_exception(thrown);
                          out = std::move(r);
                        });
  io.run();
  return out;
}

TEST(ScriptedModel, AnswersInTheOrderOfItsScriptAndRemembersTheQuestions) {
  ScriptedModel model({{.pieces = {"it ", "crashes"}}, {.pieces = {"no"}}});
  EXPECT_EQ(run(model).value().text, "it crashes");
  EXPECT_EQ(run(model).value().text, "no");
  ASSERT_EQ(model.asked().size(), 2u);
  EXPECT_EQ(model.asked()[0].messages[0].text, "why?");
  EXPECT_EQ(model.sessions()[0], "s-1");
  EXPECT_EQ(model.live(), 0);
}

TEST(ScriptedModel, TextCallsAndCountsMakeOneReply) {
  ScriptedModel model({{.pieces = {"I look. ", ToolCall{"get_logs", {{"pod", "web-1"}}}, "Wait."},
                        .cut_off = true,
                        .usage = {.input_tokens = 7, .output_tokens = 3}}});
  auto reply = run(model).value();
  EXPECT_EQ(reply.text, "I look. Wait.");
  ASSERT_EQ(reply.calls.size(), 1u);
  EXPECT_EQ(reply.calls[0].name, "get_logs");
  EXPECT_EQ(reply.calls[0].arguments.at("pod"), "web-1");
  EXPECT_TRUE(reply.cut_off);
  EXPECT_EQ(reply.usage.input_tokens, 7);
  EXPECT_EQ(reply.usage.output_tokens, 3);
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
