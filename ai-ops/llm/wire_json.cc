#include "ai-ops/llm/wire_json.h"

#include <utility>

namespace ai_ops::llm {

using foundation::Code;
using foundation::fail;
using prompts::Author;
using prompts::Prompt;

namespace {

std::string_view role(Author author) {
  switch (author) {
    case Author::system: return "system";
    case Author::user: return "user";
    case Author::assistant: break;
  }
  return "assistant";
}

// Characters, where a run of one counts kLongestRun at most.
std::int64_t weight(std::string_view text) {
  std::int64_t counted = 0;
  std::int64_t run = 0;
  std::string_view last;
  while (!text.empty()) {
    std::size_t bytes = 1;
    while (bytes < text.size() && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) ++bytes;
    auto character = text.substr(0, bytes);
    run = character == last ? run + 1 : 1;
    if (run <= kLongestRun) ++counted;
    last = character;
    text.remove_prefix(bytes);
  }
  return counted;
}

}  // namespace

json::Array messages_json(const Prompt& prompt) {
  json::Array messages;
  for (const auto& message : prompt.messages)
    messages.push_back(json::Object{{"role", role(message.author)}, {"content", message.text}});
  return messages;
}

json::Array tools_json(const Prompt& prompt) {
  json::Array tools;
  for (const auto& tool : prompt.tools) {
    json::Object function{{"name", tool.name}, {"description", tool.description}, {"parameters", tool.parameters}};
    tools.push_back(json::Object{{"type", "function"}, {"function", std::move(function)}});
  }
  return tools;
}

std::optional<json::Object> call_arguments(json::View arguments) {
  if (arguments.is_null()) return json::Object();
  if (arguments.value()->is_object()) return arguments.object();
  if (!arguments.value()->is_string()) return std::nullopt;
  if (arguments.text().empty()) return json::Object();
  auto parsed = json::parse_tolerant(arguments.text());
  if (!parsed || !parsed->is_object()) return std::nullopt;
  return std::move(parsed->as_object());
}

std::int64_t fewest_tokens(const Prompt& prompt) {
  std::int64_t characters = 0;
  for (const auto& message : prompt.messages) characters += weight(message.text);
  return characters / kMostCharactersPerToken;
}

foundation::Done check_prompt(const Prompt& prompt, std::int64_t context_tokens) {
  if (prompt.messages.empty()) return fail(Code::invalid, "ask the model", "a prompt without messages");
  if (!prompt.answer_schema.is_null() && !prompt.tools.empty()) {
    return fail(Code::invalid, "ask the model", "a prompt with both a schema and tools");
  }
  if (fewest_tokens(prompt) > context_tokens) {
    return fail(Code::too_large, "ask the model",
                "the prompt does not fit into " + std::to_string(context_tokens) + " tokens");
  }
  return {};
}

}  // namespace ai_ops::llm
