#include "ai-ops/llm/sieve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/llm/wire_json.h"

namespace ai_ops::llm {
namespace {

using foundation::Code;
using foundation::Error;
using foundation::Result;
using prompts::Author;

const Prompt kQuestion{.messages = {{Author::user, "why?"}}};

// The pieces as one text, calls in braces, or the code of the failure after a "!".
std::string sieved(std::vector<Event> events, Ending ending = {}, const Prompt& prompt = kQuestion) {
  Sieve sieve(prompt);
  std::string out;
  auto add = [&](const Result<std::vector<Piece>>& pieces) {
    if (!pieces) out += "!" + std::string(to_string(pieces.error().code));
    for (const auto& piece : pieces ? *pieces : std::vector<Piece>()) {
      auto* call = std::get_if<ToolCall>(&piece);
      out += call ? "{" + call->name + "}" : std::get<std::string>(piece);
    }
    return pieces.has_value();
  };
  for (auto& event : events)
    if (!add(sieve.take(std::move(event)))) return out;
  add(sieve.end(ending));
  return out;
}

TEST(Sieve, WordsAndCallsPassAndThinkingDoesNot) {
  EXPECT_EQ(sieved({Thinking{"hm"}, Text{"\n\n "}, Text{"\nweb "}, Text{" crashes\n"}, ToolCall{"get_logs", {}}}),
            "web  crashes\n{get_logs}");
  EXPECT_EQ(sieved({Text{"<thi"}, Text{"nk>a</think>\n\nb<"}}), "b<");
}

TEST(Sieve, AnEmptyAnswerIsNone) {
  EXPECT_EQ(sieved({}), "!corrupt");
  EXPECT_EQ(sieved({Text{" \n"}, Thinking{"deep thoughts"}, Text{"<think>more"}}), "!corrupt");
  EXPECT_EQ(sieved({ToolCall{"get_logs", {}}}), "{get_logs}");
}

TEST(Sieve, AWrittenCallIsACallWhereToolsAreOffered) {
  Prompt prompt{.messages = kQuestion.messages, .tools = {{"get_logs", "", json::Object()}}};
  EXPECT_EQ(sieved({Text{"{\"name\":\"get_logs\","}, Text{"\"arguments\":{}}"}}, {}, prompt), "{get_logs}");
  EXPECT_EQ(sieved({Text{"{\"name\":\"get_logs\","}, Text{"\"arguments\":{}}"}}),
            R"({"name":"get_logs","arguments":{}})");
}

TEST(Sieve, AFloodEndsInThinkingInWordsAndInArguments) {
  std::string page;
  for (int i = 0; page.size() < kMaxAnswerBytes / 4; ++i) page += std::to_string(i) + " ";
  EXPECT_THAT(sieved({Text{page}, Text{page}, Text{page}, Text{page}}), testing::EndsWith("!too_large"));
  EXPECT_EQ(sieved({Thinking{page}, Thinking{page}, Thinking{page}, Thinking{page}}), "!too_large");
  std::vector<Event> calls;
  for (int i = 0; i < 5; ++i) calls.push_back(ToolCall{"get_logs", {{"pod", page}}});
  EXPECT_THAT(sieved(std::move(calls)), testing::EndsWith("!too_large"));
}

TEST(Sieve, ALoopEndsAlsoInThinking) {
  std::vector<Event> words(500, Text{"and so on "});
  EXPECT_THAT(sieved(words), testing::EndsWith("!corrupt"));
  std::vector<Event> thoughts(500, Thinking{"wait, "});
  EXPECT_EQ(sieved(thoughts), "!corrupt");
}

TEST(Sieve, APromptThatTheServerReadOnlyInPartIsNoticed) {
  Prompt prompt{.messages = {{Author::system, "Be brief."}, {Author::user, {}}}};
  for (int i = 0; i < 1000; ++i) prompt.messages[1].text += "pod web-" + std::to_string(i) + " is Running\n";
  ASSERT_GT(fewest_tokens(prompt), 3000);
  EXPECT_EQ(sieved({Text{"fine"}}, {.usage = {.input_tokens = 900}}, prompt), "fine!too_large");
  EXPECT_EQ(sieved({Text{"fine"}}, {.usage = {.input_tokens = 9000}}, prompt), "fine");
  EXPECT_EQ(sieved({Text{"fine"}}, {.usage = {.input_tokens = 0}}, prompt), "fine") << "not counted";
}

TEST(Sieve, ATroubleIsItsError) {
  EXPECT_EQ(sieved({Text{"half "}, Trouble{Error{Code::unavailable, "x", "y"}}}), "half !unavailable");
}

}  // namespace
}  // namespace ai_ops::llm
