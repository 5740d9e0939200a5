#include "ai-ops/llm/wire_json.h"

#include <gtest/gtest.h>

namespace ai_ops::llm {
namespace {

using foundation::Code;
using prompts::Author;
using prompts::Prompt;

Prompt says(std::string text) { return {.messages = {{Author::user, std::move(text)}}}; }

std::string times(int n, std::string_view text) {
  std::string all;
  for (int i = 0; i < n; ++i) all += text;
  return all;
}

TEST(WireJson, FewestTokensIsBelowWhatAnyTokenizerMakes) {
  EXPECT_EQ(fewest_tokens(says(times(60, "ab"))), 20);
  EXPECT_EQ(fewest_tokens(says(times(60, "\xd0\xb0\xd0\xb1"))), 20) << "characters count, not bytes";
  EXPECT_LE(fewest_tokens(says(std::string(1000, '-') + std::string(1000, ' '))), 1) << "a run is few tokens";
  EXPECT_EQ(fewest_tokens({}), 0);
}

TEST(WireJson, APromptThatNoServerCouldAnswerIsRefusedHere) {
  EXPECT_TRUE(check_prompt(says("why?"), 4096));
  EXPECT_EQ(check_prompt({}, 4096).error().code, Code::invalid);
  EXPECT_EQ(check_prompt(says(times(20'000, "ab")), 4096).error().code, Code::too_large);
  auto both = says("why?");
  both.answer_schema = json::Object{{"type", "object"}};
  EXPECT_TRUE(check_prompt(both, 4096));
  both.tools.push_back({"get_logs", "reads", json::Object()});
  EXPECT_EQ(check_prompt(both, 4096).error().code, Code::invalid) << "servers then call nothing";
}

TEST(WireJson, MessagesAndToolsInTheShapeThatAllServersTake) {
  Prompt prompt{.messages = {{Author::system, "s"}, {Author::user, "u"}, {Author::assistant, "a"}},
                .tools = {{"get_logs", "reads", json::Object{{"type", "object"}}}}};
  EXPECT_EQ(json::to_text(messages_json(prompt)),
            R"([{"role":"system","content":"s"},{"role":"user","content":"u"},{"role":"assistant","content":"a"}])");
  EXPECT_EQ(
      json::to_text(tools_json(prompt)),
      R"([{"type":"function","function":{"name":"get_logs","description":"reads","parameters":{"type":"object"}}}])");
}

TEST(WireJson, ArgumentsAreAnObjectOrATextOfOne) {
  auto arguments = [](std::string_view text) {
    auto value = json::parse_tolerant(text).value();
    auto read = call_arguments(value);
    return read ? json::to_text(*read) : "none";
  };
  EXPECT_EQ(arguments(R"({"a":1})"), R"({"a":1})");
  EXPECT_EQ(arguments(R"("{\"a\":1}")"), R"({"a":1})");
  EXPECT_EQ(arguments(R"("")"), "{}");
  EXPECT_EQ(arguments("null"), "{}");
  for (auto bad : {"7", "[]", R"("{\"a\":")", R"("[]")"}) EXPECT_EQ(arguments(bad), "none") << bad;
}

}  // namespace
}  // namespace ai_ops::llm
