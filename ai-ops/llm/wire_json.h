// The parts of JSON that all model servers have in common. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "ai-ops/prompts/prompt.h"
#include "foundation/base/error.h"
#include "foundation/json/view.h"

namespace ai_ops::llm {

namespace json = foundation::json;

inline constexpr int kSeed = 7;  // any, always the same: the same prompt has the same answer

json::Array messages_json(const prompts::Prompt& prompt);
json::Array tools_json(const prompts::Prompt& prompt);

// The arguments of a call: an object, or a text that holds one; none at all is an empty object.
std::optional<json::Object> call_arguments(json::View arguments);

// Fewer tokens than this no tokenizer makes of the messages: what a server counts below it, it has not read. A run of
// one character is packed into few tokens, so it counts little.
std::int64_t fewest_tokens(const prompts::Prompt& prompt);
inline constexpr std::int64_t kMostCharactersPerToken = 6;  // prose has four to five
inline constexpr std::int64_t kLongestRun = 3;              // characters that a run counts

// What no server could answer well: a prompt that cannot fit into the context (too_large), one without messages or with
// both a schema and tools (invalid).
foundation::Done check_prompt(const prompts::Prompt& prompt, std::int64_t context_tokens);

}  // namespace ai_ops::llm
