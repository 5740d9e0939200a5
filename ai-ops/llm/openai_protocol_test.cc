#include "ai-ops/llm/openai_protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ai_ops::llm::openai {
namespace {

using foundation::Code;
using prompts::Author;
using testing::StartsWith;

const ServerOptions kOptions{.model = "qwen3", .num_ctx = 8192};
const Prompt kQuestion{.messages = {{Author::user, "why?"}}, .max_tokens = 64};

std::string frame(std::string_view data) { return "data: " + std::string(data) + "\n\n"; }
std::string delta(std::string_view members) {
  return frame(R"({"choices":[{"index":0,"delta":{)" + std::string(members) + R"(},"finish_reason":null}]})");
}
std::string fragment(std::string_view call) { return delta(R"("tool_calls":[)" + std::string(call) + "]"); }
std::string finish(std::string_view reason) {
  return frame(R"({"choices":[{"index":0,"delta":{},"finish_reason":")" + std::string(reason) + R"("}]})");
}

// The events as text: words, (thinking), {calls}, [troubles], !code.
std::string told(std::string_view bytes, std::size_t piece = 10'000, std::optional<Ending>* ending = nullptr) {
  Frames frames;
  std::string out;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    for (const auto& event : frames.push(bytes.substr(0, piece))) {
      if (auto* text = std::get_if<Text>(&event)) out += text->words;
      if (auto* thought = std::get_if<Thinking>(&event)) out += "(" + thought->words + ")";
      if (auto* call = std::get_if<ToolCall>(&event)) out += "{" + call->name + json::to_text(call->arguments) + "}";
      if (auto* trouble = std::get_if<Trouble>(&event)) {
        out += "!" + std::string(to_string(trouble->error.code)) + " " + trouble->error.cause;
      }
    }
  }
  if (ending != nullptr) *ending = frames.ending();
  return out;
}

TEST(OpenAiProtocol, TheBodyOfAQuestion) {
  EXPECT_EQ(json::to_text(chat_body(kOptions, kQuestion)),
            R"({"model":"qwen3","messages":[{"role":"user","content":"why?"}],"stream":true,)"
            R"("stream_options":{"include_usage":true},"max_tokens":64,"temperature":0,"seed":7})");
}

TEST(OpenAiProtocol, ASchemaIsTheResponseFormatAndToolsAreTools) {
  auto with_schema = kQuestion;
  with_schema.answer_schema = json::Object{{"type", "object"}};
  auto body = chat_body(kOptions, with_schema);
  EXPECT_EQ(json::to_text(body.at("response_format")),
            R"({"type":"json_schema","json_schema":{"name":"answer","strict":true,"schema":{"type":"object"}}})");
  EXPECT_FALSE(body.as_object().contains("tools"));
  auto with_tools = kQuestion;
  with_tools.tools = {{"get_logs", "reads", json::Object()}};
  body = chat_body(kOptions, with_tools);
  EXPECT_EQ(json::View(body)["tools"][0]["function"]["name"].text(), "get_logs");
  EXPECT_FALSE(body.as_object().contains("response_format"));
}

TEST(OpenAiProtocol, TheFramesOfAnAnswer) {
  const std::string answer = ": processing\n\n" + delta(R"("role":"assistant","content":"")") +
                             delta(R"("reasoning_content":"hm")") + delta(R"("reasoning":"so","content":null)") +
                             delta(R"("content":"web ")") + delta(R"("content":"runs")") + finish("stop") +
                             frame(R"({"choices":[],"usage":{"prompt_tokens":40,"completion_tokens":3}})") +
                             frame("[DONE]") + delta(R"("content":"after the end")");
  for (std::size_t piece : {1, 7, 10'000}) {
    std::optional<Ending> ending;
    EXPECT_EQ(told(answer, piece, &ending), "(hm)(so)web runs");
    ASSERT_TRUE(ending);
    EXPECT_FALSE(ending->cut_off);
    EXPECT_EQ(ending->usage.input_tokens, 40);
    EXPECT_EQ(ending->usage.output_tokens, 3);
  }
}

TEST(OpenAiProtocol, CallsComeInFragmentsInEveryWayThatServersSendThem) {
  // Each call its index; all the same index but an id each; no index and no id, a whole call a fragment; the name
  // repeated in every fragment.
  const std::string by_index = fragment(R"({"index":0,"id":"1","function":{"name":"a","arguments":""}})") +
                               fragment(R"({"index":1,"id":"2","function":{"name":"b","arguments":"{\"y\""}})") +
                               fragment(R"({"index":0,"function":{"arguments":"{\"x\":1}"}})") +
                               fragment(R"({"index":1,"function":{"arguments":":2}"}})");
  const std::string by_id = fragment(R"({"index":0,"id":"1","function":{"name":"a","arguments":"{\"x\":1}"}},)"
                                     R"({"index":0,"id":"2","function":{"name":"b","arguments":"{\"y\":2}"}})");
  const std::string by_name = fragment(R"({"function":{"name":"a","arguments":{"x":1}}})") +
                              fragment(R"({"function":{"name":"b","arguments":"{\"y\":2}"}})");
  const std::string repeated = fragment(R"({"index":0,"id":"1","function":{"name":"a","arguments":"{\"x\""}})") +
                               fragment(R"({"index":0,"id":"1","function":{"name":"a","arguments":":1}"}})") +
                               fragment(R"({"index":1,"id":"2","function":{"name":"b","arguments":"{\"y\":2}"}})");
  for (const auto& calls : {by_index, by_id, by_name, repeated})
    EXPECT_EQ(told(calls + finish("tool_calls")), R"({a{"x":1}}{b{"y":2}})") << calls;
}

TEST(OpenAiProtocol, WordsMayStandBesideACall) {
  EXPECT_EQ(told(delta(R"("content":"I look.","tool_calls":[{"index":0,"function":{"name":"a"}}])") + finish("stop")),
            "I look.{a{}}");
}

TEST(OpenAiProtocol, ACallThatIsCutOffIsNoneAndABrokenOneIsCorrupt) {
  const std::string half = fragment(R"({"index":0,"function":{"name":"a","arguments":"{\"x\":"}})");
  std::optional<Ending> ending;
  EXPECT_EQ(told(half + finish("length"), 10'000, &ending), "");
  EXPECT_TRUE(ending && ending->cut_off);
  EXPECT_THAT(told(half + finish("tool_calls")), StartsWith("!corrupt"));
  EXPECT_THAT(told(fragment(R"({"index":0,"function":{"arguments":"{}"}})") + finish("stop")), StartsWith("!corrupt"));
}

TEST(OpenAiProtocol, ACallThatDoesNotEndIsStopped) {
  std::string flood;
  auto piece = fragment(R"({"index":0,"function":{"arguments":")" + std::string(1000, 'x') + R"("}})");
  for (std::size_t i = 0; i <= kMaxAnswerBytes / 1000; ++i) flood += piece;
  EXPECT_THAT(told(flood), StartsWith("!too_large"));
}

TEST(OpenAiProtocol, AnEndMarkWithoutAReasonEndsTheAnswer) {
  std::optional<Ending> ending;
  EXPECT_EQ(told(delta(R"("content":"a")") + frame("[DONE]"), 10'000, &ending), "a");
  EXPECT_TRUE(ending);
}

TEST(OpenAiProtocol, AnErrorUnder200IsATrouble) {
  EXPECT_EQ(told(frame(R"({"error":{"message":"out of memory","code":500}})")),
            "!unavailable the model server failed (500: out of memory)");
  EXPECT_EQ(told(frame(R"({"object":"error","message":"out of memory","code":500})")),
            "!unavailable the model server failed (500: out of memory)");
}

TEST(OpenAiProtocol, WhatIsNoFrameOfTheProtocolIsCorrupt) {
  for (auto bad : {"<html>", "{\"choices\":", "7", "{}", "[]"})
    EXPECT_THAT(told(frame(bad)), StartsWith("!corrupt")) << bad;
  EXPECT_THAT(told("data: " + std::string(kMaxEventBytes + 1, ' ')), StartsWith("!too_large"));
}

TEST(OpenAiProtocol, WhatFollowsACompleteAnswerCannotSpoilIt) {
  std::optional<Ending> ending;
  EXPECT_EQ(told(delta(R"("content":"a")") + finish("stop") + frame("{") + frame("[DONE]"), 10'000, &ending), "a");
  EXPECT_TRUE(ending);
}

TEST(OpenAiProtocol, TheModelIsAmongThoseOffered) {
  auto models = json::parse_tolerant(R"({"data":[{"id":"a"},{"id":"qwen3:latest","max_model_len":4000}]})").value();
  auto traits = traits_of(kOptions, models);
  ASSERT_TRUE(traits);
  EXPECT_EQ(traits->model, "qwen3");
  EXPECT_EQ(traits->context_tokens, 4000);
  EXPECT_FALSE(traits->calls_tools);
  auto told_so = kOptions;
  told_so.model = "a";
  told_so.calls_tools = true;
  traits = traits_of(told_so, models);
  ASSERT_TRUE(traits);
  EXPECT_EQ(traits->context_tokens, 8192);
  EXPECT_TRUE(traits->calls_tools);
  told_so.model = "b";
  EXPECT_FALSE(traits_of(told_so, models));
}

}  // namespace
}  // namespace ai_ops::llm::openai
