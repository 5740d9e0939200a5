// Laws of everything that reads an answer in pieces: however the bytes are split, the same comes out; and no bytes at
// all break it.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "ai-ops/llm/ollama_protocol.h"
#include "ai-ops/llm/openai_protocol.h"
#include "ai-ops/llm/sieve.h"
#include "ai-ops/llm/wire_json.h"

namespace ai_ops::llm {
namespace {

const Prompt kOffering{.messages = {{prompts::Author::user, "why?"}}, .tools = {{"get_logs", "", json::Object()}}};

// A text made of these words, any number of them in any order.
rc::Gen<std::string> text_of(std::vector<std::string> words) {
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::move(words))),
                      [](const std::vector<std::string>& chosen) {
                        std::string text;
                        for (const auto& word : chosen) text += word;
                        return text;
                      });
}

std::vector<std::string> split(std::string_view text, const std::vector<std::size_t>& lengths) {
  std::vector<std::string> pieces;
  for (std::size_t i = 0; !text.empty(); ++i) {
    auto bytes = lengths.empty() ? text.size() : std::min(text.size(), 1 + lengths[i % lengths.size()] % 9);
    pieces.emplace_back(text.substr(0, bytes));
    text.remove_prefix(bytes);
  }
  return pieces;
}

// The pieces joined, calls in braces, a failure as its code.
struct Told {
  std::string all;
  bool add(const foundation::Result<std::vector<Piece>>& pieces) {
    if (!pieces) all += "!" + std::string(to_string(pieces.error().code));
    for (const auto& piece : pieces ? *pieces : std::vector<Piece>()) {
      auto* call = std::get_if<ToolCall>(&piece);
      all += call ? "{" + call->name + json::to_text(call->arguments) + "}" : std::get<std::string>(piece);
    }
    return pieces.has_value();
  }
};

std::string sieved(const std::vector<std::string>& texts) {
  Sieve sieve(kOffering);
  Told told;
  for (const auto& text : texts)
    if (!told.add(sieve.take(Text{text}))) return told.all;
  told.add(sieve.end({}));
  return told.all;
}

template <class Protocol>
std::string decoded(const std::vector<std::string>& pieces) {
  Protocol protocol;
  Sieve sieve(kOffering);
  Told told;
  for (const auto& bytes : pieces) {
    for (auto& event : protocol.push(bytes))
      if (!told.add(sieve.take(std::move(event)))) return told.all;
  }
  if (protocol.ending()) told.add(sieve.end(*protocol.ending()));
  return told.all;
}

TEST(SplitLaws, WordsThinkingAndWrittenCalls) {
  auto words = text_of({"a", " ", "\n", "<", "<th", "<think>", "</think>", "[THINK]", "[/THINK]", "{", "}", "\"", "```",
                        "<tool_call>", "{\"name\":\"get_logs\"}", "\n{\"name\":\"get_logs\",\"arguments\":{\"a\":1}}",
                        "\xc3\xa4"});
  EXPECT_TRUE(rc::check([&] {
    auto text = *words;
    auto lengths = *rc::gen::arbitrary<std::vector<std::size_t>>();
    auto whole = sieved({text});
    auto parts = sieved(split(text, lengths));
    // What came before a failure may be told or not; the failure is the same.
    if (auto failed = whole.find('!'); failed != std::string::npos) {
      RC_ASSERT(parts.ends_with(whole.substr(failed)));
    } else {
      RC_ASSERT(parts == whole);
    }
  }));
}

const std::vector<std::string> kLines{
    "{\"message\":{\"content\":\"web \"},\"done\":false}\n",
    "{\"message\":{\"content\":\"\",\"thinking\":\"hm\"}}\n",
    "{\"message\":{\"tool_calls\":[{\"function\":{\"name\":\"a\",\"arguments\":{\"x\":1}}}]}}\r\n",
    "\n",
    "{\"error\":\"broken\"}\n",
    "{\"done\":true,\"done_reason\":\"length\"}\n",
    "{\"mess",
    "\xff",
    "{}\n"};
const std::vector<std::string> kFrames{
    "data: {\"choices\":[{\"delta\":{\"content\":\"web \"}}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"reasoning\":\"hm\"}}]}\r\n\r\n",
    "data: "
    "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"a\",\"arguments\":\"{\"}}]}}]}"
    "\n\n",
    "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"}\"}}]}}]}\n\n",
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
    "data: {\"error\":{\"message\":\"broken\"}}\n\n",
    "data: [DONE]\n\n",
    ": idle\n\n",
    "data: {\"cho",
    "\xff",
    "\n\n"};

template <class Protocol>
void holds_for(const std::vector<std::string>& parts) {
  auto stream_of = text_of(parts);
  EXPECT_TRUE(rc::check([&] {
    auto stream = *stream_of;
    auto lengths = *rc::gen::arbitrary<std::vector<std::size_t>>();
    auto whole = decoded<Protocol>({stream});
    auto pieces = decoded<Protocol>(split(stream, lengths));
    if (auto failed = whole.find('!'); failed != std::string::npos) {
      RC_ASSERT(pieces.ends_with(whole.substr(failed)));
    } else {
      RC_ASSERT(pieces == whole);
    }
  }));
  EXPECT_TRUE(rc::check([&] {
    auto bytes = *rc::gen::arbitrary<std::string>();
    decoded<Protocol>({bytes, "\n\n" + bytes});
  }));
}

TEST(SplitLaws, LinesOfOllama) { holds_for<ollama::Lines>(kLines); }
TEST(SplitLaws, FramesOfOpenAi) { holds_for<openai::Frames>(kFrames); }

}  // namespace
}  // namespace ai_ops::llm
