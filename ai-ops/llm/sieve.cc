#include "ai-ops/llm/sieve.h"

#include <utility>

#include "ai-ops/llm/wire_json.h"

namespace ai_ops::llm {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::Result;
using Pieces = std::vector<Piece>;

namespace {

constexpr std::string_view kDoing = "read the model's answer";

}  // namespace

Sieve::Sieve(const Prompt& prompt) : written_(prompt.tools), fewest_tokens_(fewest_tokens(prompt)) {}

Done Sieve::count(std::string_view bytes) {
  ++events_;
  bytes_ += bytes.size();
  if (bytes_ > kMaxAnswerBytes) return fail(Code::too_large, std::string(kDoing), "it does not end");
  if (repetition_.push(bytes)) return fail(Code::corrupt, std::string(kDoing), "it repeats itself without end");
  return {};
}

void Sieve::say(Pieces& pieces, std::string words) {
  if (!said_) words.erase(0, words.find_first_not_of(" \t\r\n"));  // models begin with line breaks
  if (words.empty()) return;
  said_ = true;
  pieces.emplace_back(std::move(words));
}

void Sieve::call(Pieces& pieces, ToolCall call) {
  said_ = true;
  pieces.emplace_back(std::move(call));
}

Result<Pieces> Sieve::take(Event event) {
  Pieces pieces;
  if (auto* trouble = std::get_if<Trouble>(&event)) return std::unexpected(std::move(trouble->error));
  if (auto* thought = std::get_if<Thinking>(&event)) {
    if (auto ok = count(thought->words); !ok) return std::unexpected(ok.error());
  } else if (auto* text = std::get_if<Text>(&event)) {
    if (auto ok = count(text->words); !ok) return std::unexpected(ok.error());
    auto shown = thinking_.push(text->words);
    if (!shown) return std::unexpected(shown.error());
    say(pieces, written_.push(*shown));
  } else {
    auto& made = std::get<ToolCall>(event);
    bytes_ += made.name.size() + json::to_text(made.arguments).size();
    if (auto ok = count({}); !ok) return std::unexpected(ok.error());
    call(pieces, std::move(made));
  }
  return pieces;
}

Result<Pieces> Sieve::end(const Ending& ending) {
  Pieces pieces;
  say(pieces, written_.push(thinking_.end()));
  auto rest = written_.end();
  say(pieces, std::move(rest.words));
  for (auto& made : rest.calls) call(pieces, std::move(made));
  if (ending.usage.input_tokens > 0 && ending.usage.input_tokens < fewest_tokens_) {
    return fail(Code::too_large, std::string(kDoing),
                "the server read " + std::to_string(ending.usage.input_tokens) + " tokens of a prompt of at least " +
                    std::to_string(fewest_tokens_) + ": it has left out a part");
  }
  if (!said_) return fail(Code::corrupt, std::string(kDoing), "it is empty");
  return pieces;
}

}  // namespace ai_ops::llm
