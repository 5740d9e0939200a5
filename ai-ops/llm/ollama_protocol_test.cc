#include "ai-ops/llm/ollama_protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/llm/wire_json.h"

namespace ai_ops::llm::ollama {
namespace {

using foundation::Code;
using prompts::Author;
using testing::StartsWith;

const ServerOptions kOptions{.model = "qwen3:8b", .num_ctx = 8192, .keep_alive = "30m"};
const Prompt kQuestion{.messages = {{Author::user, "why?"}}, .max_tokens = 64};

json::Value parsed(std::string_view text) { return json::parse_tolerant(text).value(); }

// The events as text: words, (thinking), {calls}, !code.
std::string told(std::string_view bytes, std::size_t piece, std::optional<Ending>* ending = nullptr) {
  Lines lines;
  std::string out;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    for (const auto& event : lines.push(bytes.substr(0, piece))) {
      if (auto* text = std::get_if<Text>(&event)) out += text->words;
      if (auto* thought = std::get_if<Thinking>(&event)) out += "(" + thought->words + ")";
      if (auto* call = std::get_if<ToolCall>(&event)) out += "{" + call->name + json::to_text(call->arguments) + "}";
      if (auto* trouble = std::get_if<Trouble>(&event)) {
        out += "!" + std::string(to_string(trouble->error.code)) + " " + trouble->error.cause;
      }
    }
  }
  if (ending != nullptr) *ending = lines.ending();
  return out;
}

TEST(OllamaProtocol, TheBodyOfAQuestion) {
  EXPECT_EQ(json::to_text(chat_body(kOptions, kQuestion)),
            R"({"model":"qwen3:8b","messages":[{"role":"user","content":"why?"}],"stream":true,"think":false,)"
            R"("truncate":false,"shift":false,"keep_alive":"30m",)"
            R"("options":{"num_ctx":8192,"temperature":0,"seed":7,"num_predict":64}})");
}

TEST(OllamaProtocol, ASchemaIsTheFormatAndToolsAreTools) {
  auto with_schema = kQuestion;
  with_schema.answer_schema = json::Object{{"type", "object"}};
  auto body = chat_body(kOptions, with_schema);
  EXPECT_EQ(json::to_text(body.at("format")), R"({"type":"object"})");
  EXPECT_FALSE(body.as_object().contains("tools"));
  auto with_tools = kQuestion;
  with_tools.tools = {{"get_logs", "reads", json::Object()}};
  body = chat_body(kOptions, with_tools);
  EXPECT_EQ(json::View(body)["tools"][0]["function"]["name"].text(), "get_logs");
  EXPECT_FALSE(body.as_object().contains("format"));
}

TEST(OllamaProtocol, LoadOptionsAreTheSameWhateverIsAsked) {
  auto other = kQuestion;
  other.max_tokens = 7;
  other.tools = {{"get_logs", "reads", json::Object()}};
  auto a = chat_body(kOptions, kQuestion).at("options").as_object();
  auto b = chat_body(kOptions, other).at("options").as_object();
  a.erase("num_predict");  // of the answer, not of the loading
  b.erase("num_predict");
  EXPECT_EQ(a, b);
}

TEST(OllamaProtocol, TheLinesOfAnAnswer) {
  const std::string answer =
      R"({"model":"m","message":{"role":"assistant","content":"","thinking":"hm"},"done":false})"
      "\n"
      R"({"model":"m","message":{"role":"assistant","content":"web "},"done":false})"
      "\n\n"
      R"({"message":{"content":"runs","tool_calls":[{"function":{"name":"a","arguments":{"x":1}}},)"
      R"({"id":"2","function":{"index":0,"name":"b","arguments":"{\"y\":2}"}}]},"done":false})"
      "\r\n"
      R"({"message":{"content":""},"done":true,"done_reason":"stop","prompt_eval_count":40,"eval_count":3})"
      "\n"
      R"({"message":{"content":"after the end"},"done":false})"
      "\n";
  for (std::size_t piece : {1, 7, 10'000}) {
    std::optional<Ending> ending;
    EXPECT_EQ(told(answer, piece, &ending), R"((hm)web runs{a{"x":1}}{b{"y":2}})");
    ASSERT_TRUE(ending);
    EXPECT_FALSE(ending->cut_off);
    EXPECT_EQ(ending->usage.input_tokens, 40);
    EXPECT_EQ(ending->usage.output_tokens, 3);
  }
}

TEST(OllamaProtocol, AnAnswerAtItsLimitIsCutOff) {
  std::optional<Ending> ending;
  told("{\"message\":{\"content\":\"{\\\"a\\\":\"},\"done\":true,\"done_reason\":\"length\"}\n", 100, &ending);
  ASSERT_TRUE(ending);
  EXPECT_TRUE(ending->cut_off);
}

TEST(OllamaProtocol, AnErrorUnder200IsATrouble) {
  EXPECT_EQ(told("{\"error\":\"an error was encountered while running the model\"}\n", 1000),
            "!unavailable the model server failed (500: an error was encountered while running the model)");
}

TEST(OllamaProtocol, WhatIsNoLineOfTheProtocolIsCorrupt) {
  for (auto bad : {"<html>\n", "{\"message\":\n", "7\n", "{}\n", "{\"done\":false}\n", "\xff\n",
                   "{\"message\":{\"tool_calls\":[{\"function\":{\"name\":\"a\",\"arguments\":7}}]}}\n",
                   "{\"message\":{\"tool_calls\":[{\"function\":{\"arguments\":{}}}]}}\n"}) {
    EXPECT_THAT(told(bad, 1000), StartsWith("!corrupt")) << bad;
  }
  EXPECT_THAT(told(std::string(kMaxEventBytes + 1, ' '), 4096), StartsWith("!too_large"));
}

TEST(OllamaProtocol, WhatTheModelCanDo) {
  auto traits = traits_of(kOptions, parsed(R"({"capabilities":["completion","tools","thinking"],
      "model_info":{"general.architecture":"qwen3","qwen3.context_length":40960}})"));
  EXPECT_EQ(traits.model, "qwen3:8b");
  EXPECT_TRUE(traits.calls_tools);
  EXPECT_EQ(traits.context_tokens, 8192) << "never more than it is told to use";
  traits = traits_of(kOptions, parsed(R"({"capabilities":["completion"],
      "model_info":{"general.architecture":"llama","llama.context_length":2048}})"));
  EXPECT_FALSE(traits.calls_tools);
  EXPECT_EQ(traits.context_tokens, 2048);
  EXPECT_EQ(traits_of(kOptions, parsed("{}")).context_tokens, 8192);
}

TEST(OllamaProtocol, AThinkingModelWithItsOwnParserIsNotHeldToASchema) {
  auto keeps = [](std::string_view shown) { return traits_of(kOptions, parsed(shown)).keeps_schema; };
  EXPECT_TRUE(keeps(R"({"capabilities":["completion","tools"],"parser":"qwen3-coder"})"));
  EXPECT_TRUE(keeps(R"({"capabilities":["completion","thinking"]})"));
  EXPECT_TRUE(keeps(R"({"capabilities":["completion","thinking"],"parser":"harmony"})"));
  EXPECT_FALSE(keeps(R"({"capabilities":["completion","thinking"],"parser":"qwen3-thinking"})"));
}

TEST(OllamaProtocol, AModelIsLoadedWhenItsProcessRuns) {
  auto running = parsed(R"({"models":[{"name":"smollm2:latest","model":"smollm2:latest"},{"name":"qwen3:8b"}]})");
  EXPECT_TRUE(is_loaded("qwen3:8b", running));
  EXPECT_TRUE(is_loaded("smollm2", running));
  EXPECT_FALSE(is_loaded("qwen3", running));
  EXPECT_FALSE(is_loaded("qwen3:8b", parsed("{}")));
  EXPECT_TRUE(is_loaded("host:5000/a/b", parsed(R"({"models":[{"name":"host:5000/a/b:latest"}]})")));
}

}  // namespace
}  // namespace ai_ops::llm::ollama
