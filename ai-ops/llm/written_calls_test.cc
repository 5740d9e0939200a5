#include "ai-ops/llm/written_calls.h"

#include <gtest/gtest.h>

#include "ai-ops/llm/wire_json.h"

namespace ai_ops::llm {
namespace {

const std::vector<prompts::ToolOffer> kOffered{{"get_logs", "", json::Object()}, {"get_object", "", json::Object()}};

struct Passed {
  std::string at_once;
  std::string later;
  std::string calls;  // "get_logs {...};"
};

Passed passed(std::string_view text, std::size_t bytes, const std::vector<prompts::ToolOffer>& offered = kOffered) {
  WrittenCalls written(offered);
  Passed out;
  for (; !text.empty(); text.remove_prefix(std::min(bytes, text.size())))
    out.at_once += written.push(text.substr(0, bytes));
  auto rest = written.end();
  out.later = rest.words;
  for (const auto& call : rest.calls) out.calls += call.name + " " + json::to_text(call.arguments) + ";";
  return out;
}

TEST(WrittenCalls, AreFoundInEveryWayThatModelsWriteThem) {
  const std::string call = R"({"name": "get_logs", "arguments": {"pod": "web-1"}})";
  const std::string whole = R"(get_logs {"pod":"web-1"};)";
  for (std::size_t bytes : {1, 3, 1000}) {
    for (const auto& text :
         {call, " \n" + call + "\n", "[" + call + "]", "```json\n" + call + "\n```",
          "<tool_call>\n" + call + "\n</tool_call>", "<tool_call>" + call, "[TOOL_CALLS] [" + call + "]",
          std::string(R"({"type":"function","function":{"name":"get_logs","arguments":"{\"pod\":\"web-1\"}"}})"),
          std::string(R"({"function":"get_logs","parameters":{"pod":"web-1"}})")}) {
      auto out = passed(text, bytes);
      EXPECT_EQ(out.calls, whole) << text;
      EXPECT_EQ(out.at_once.find_first_not_of(" \n"), std::string::npos) << text;
      EXPECT_EQ(out.later, "") << text;
    }
  }
}

TEST(WrittenCalls, SeveralAndAmongWords) {
  auto out = passed(
      "I look.\n{\"name\":\"get_logs\",\"arguments\":{}}\n{\"name\":\"get_object\",\"arguments\":{\"x\":\"}\\\"{\"}} "
      "Wait.",
      2);
  EXPECT_EQ(out.at_once, "I look.");
  EXPECT_EQ(out.calls, R"(get_logs {};get_object {"x":"}\"{"};)");
  EXPECT_EQ(out.later, "Wait.");
}

TEST(WrittenCalls, TextWithoutACallIsAsItWas) {
  for (std::size_t bytes : {1, 1000}) {
    for (std::string text : {"web crashes", "", "\n\n", "{\"name\": \"scale\", \"arguments\": {}}",
                             "```yaml\na: 1\n```", "{\"name\": \"get_logs\"", "{\"name\":\"get_logs\",\"arguments\":7}",
                             "a\n{b\n{c}", "the <tool_call> of it", "x <tool", "{\"a\\"}) {
      auto out = passed(text, bytes);
      EXPECT_EQ(out.at_once + out.later, text);
      EXPECT_EQ(out.calls, "");
    }
  }
}

TEST(WrittenCalls, WhereNoneIsOfferedNothingIsKeptBack) {
  auto out = passed(R"({"name": "get_logs", "arguments": {}})", 5, {});
  EXPECT_EQ(out.at_once, R"({"name": "get_logs", "arguments": {}})");
  EXPECT_EQ(out.calls + out.later, "");
}

}  // namespace
}  // namespace ai_ops::llm
