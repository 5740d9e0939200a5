// What two protocols of model servers have in common: bytes through a Decoder and the Sieve, as a caller gets them.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "ai-ops/llm/sieve.h"
#include "tests/fuzz/laws.h"

namespace fuzz {

struct Told {
  std::string words = {};
  std::string calls = {};
  std::string failure = {};
};

inline const ai_ops::prompts::Prompt& offering() {
  static const ai_ops::prompts::Prompt prompt{.messages = {{ai_ops::prompts::Author::user, "why?"}},
                                              .tools = {{"get_logs", "", ai_ops::prompts::json::Object()}}};
  return prompt;
}

inline bool add(Told& told, const foundation::Result<std::vector<ai_ops::llm::Piece>>& pieces) {
  if (!pieces) told.failure = to_string(pieces.error().code);
  if (!pieces) return false;
  for (const auto& piece : *pieces) {
    if (const auto* call = std::get_if<ai_ops::prompts::ToolCall>(&piece)) {
      must(!call->name.empty(), "a call names its tool");
      told.calls += call->name + ai_ops::prompts::json::to_text(call->arguments) + "\n";
    } else {
      must(!std::get<std::string>(piece).empty(), "a piece says something");
      told.words += std::get<std::string>(piece);
    }
  }
  return true;
}

template <class Protocol>
Told told_by(const std::vector<std::string_view>& pieces) {
  Protocol protocol;
  ai_ops::llm::Sieve sieve(offering());
  Told told;
  for (auto bytes : pieces)
    for (auto& event : protocol.push(bytes))
      if (!add(told, sieve.take(std::move(event)))) return told;
  if (protocol.ending()) add(told, sieve.end(*protocol.ending()));
  return told;
}

template <class Protocol>
void model_stream(std::string_view input) {
  auto [whole, pieces] = split(input);
  auto once = told_by<Protocol>({whole});
  auto parts = told_by<Protocol>(pieces);
  must(once.failure == parts.failure, "a failure does not depend on where the bytes are split",
       once.failure + "/" + parts.failure);
  must(once.words.size() <= ai_ops::llm::kMaxAnswerBytes, "an answer is bounded");
  if (!once.failure.empty()) return;  // what came before a failure may be told or not
  must(once.words == parts.words && once.calls == parts.calls, "an answer does not depend on where its bytes are split",
       once.words + "/" + parts.words);
}

}  // namespace fuzz
