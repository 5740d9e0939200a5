#include "ai-ops/prompts/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "foundation/base/ascii.h"

namespace ai_ops::prompts {

using foundation::Code;
using foundation::fail;
using foundation::Result;

namespace {

constexpr std::int64_t kLettersPerToken = 3;

// Of templates that mark turns without angle brackets (Mistral's, GLM's, InternLM's), in small letters and without the
// bracket: each may also begin with a slash.
constexpr std::array<std::string_view, 17> kTemplateMarks{
    "inst]", "system_prompt]", "available_tools]", "tool_calls]", "tool_results]", "tool_content]",
    "args]", "call_id]",       "think]",           "img]",        "img_break]",    "img_end]",
    "bos]",  "eos]",           "gmask]",           "sop]",        "unused_token_"};

struct LookAlike {
  std::string_view text, shown;
};
// Angle brackets, also those that a tokenizer or a reader may take for them, become quotation marks: every delimiter of
// ours and most of the chat templates' begin with one.
constexpr std::array<LookAlike, 6> kAngles{{{"<", "\u2039"},
                                            {">", "\u203A"},
                                            {"\uFF1C", "\u2039"},
                                            {"\uFF1E", "\u203A"},
                                            {"\uFE64", "\u2039"},
                                            {"\uFE65", "\u203A"}}};

bool begins_with_small(std::string_view text, std::string_view small) {
  return text.size() >= small.size() && std::ranges::equal(text.substr(0, small.size()), small,
                                                           [](char a, char b) { return foundation::lower(a) == b; });
}

// `text` is what follows a square bracket.
bool begins_template_mark(std::string_view text) {
  if (text.starts_with('/')) text.remove_prefix(1);
  return std::ranges::any_of(kTemplateMarks, [&](auto mark) { return begins_with_small(text, mark); });
}

std::string without_marks(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto angle = std::ranges::find_if(kAngles, [&](const LookAlike& a) { return text.starts_with(a.text); });
    bool is_angle = angle != kAngles.end();
    out += is_angle ? angle->shown : text.substr(0, 1);
    bool is_bracket = text.starts_with('[');
    text.remove_prefix(is_angle ? angle->text.size() : 1);
    if (is_bracket && begins_template_mark(text)) out += ' ';
  }
  return out;
}

std::string cut(std::string text, std::size_t max_bytes) {
  constexpr std::string_view kEllipsis = "...";
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes - kEllipsis.size();
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text += kEllipsis;
}

// A data block while it is being fitted.
struct Block {
  std::string_view label;
  std::vector<std::string> lines;
  std::size_t left_out = 0;

  std::string text() const {
    if (lines.empty()) return {};
    std::string out = fmt::format("<data {}>\n", label);
    for (const std::string& line : lines) out += line + "\n";
    if (left_out > 0) out += fmt::format("({} more left out)\n", left_out);
    return out + fmt::format("</data {}>\n\n", label);
  }
};

Block block_of(const Data& data) {
  Block out{data.label.text(), {}, 0};
  for (const Untrusted& line : data.lines) {
    if (out.lines.size() < kMaxLines)
      out.lines.push_back(as_data(line));
    else
      ++out.left_out;
  }
  return out;
}

std::int64_t tokens_of(const std::vector<Block>& blocks) {
  std::int64_t sum = 0;
  for (const Block& block : blocks) sum += estimated_tokens(block.text());
  return sum;
}

bool drop_least_important(std::vector<Block>& blocks) {
  while (!blocks.empty() && blocks.back().lines.empty()) blocks.pop_back();
  if (blocks.empty()) return false;
  blocks.back().lines.pop_back();
  ++blocks.back().left_out;
  return true;
}

std::string_view name_of(Author author) {
  switch (author) {
    case Author::system: return "system";
    case Author::user: return "user";
    case Author::assistant: return "assistant";
  }
  return "user";
}

}  // namespace

std::int64_t estimated_tokens(std::string_view text) {
  std::int64_t letters = 0, others = 0;
  for (char c : text) {
    bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ';
    ++(is_letter ? letters : others);
  }
  return (letters + kLettersPerToken - 1) / kLettersPerToken + others;
}

std::string as_data(const Untrusted& foreign, std::size_t max_bytes) {
  std::string line = foreign.cleaned().substr(0, 2 * max_bytes);  // the rest would be cut anyway
  for (char& c : line)
    if (c == '\n' || c == '\t') c = ' ';  // of the control characters a clean text has no others
  return cut(without_marks(line), max_bytes);
}

Result<std::vector<Message>> messages_of(const Parts& parts, std::int64_t room_tokens) {
  if (parts.question.cleaned().size() > kMaxQuestionBytes)
    return fail(Code::too_large, "build a prompt", "the question is long");
  std::string instructions;
  for (const OurWords& words : parts.instructions) {
    if (!instructions.empty()) instructions += '\n';
    instructions += words.text();
  }
  std::string question = fmt::format("<question>\n{}\n</question>", as_data(parts.question, 2 * kMaxQuestionBytes));
  std::vector<Block> blocks;
  for (const Data& data : parts.data) blocks.push_back(block_of(data));
  std::int64_t fixed = 2 * kMessageTokens + estimated_tokens(instructions) + estimated_tokens(question);
  while (fixed + tokens_of(blocks) > room_tokens)
    if (!drop_least_important(blocks)) return fail(Code::too_large, "build a prompt", "it does not fit the model");
  std::string user;
  for (const Block& block : blocks) user += block.text();
  return std::vector<Message>{{Author::system, std::move(instructions)}, {Author::user, user + question}};
}

std::int64_t room_for_messages(const Prompt& prompt, const Traits& traits) {
  std::int64_t beside = prompt.answer_schema.is_null() ? 0 : estimated_tokens(json::to_text(prompt.answer_schema));
  for (const ToolOffer& tool : prompt.tools)
    beside += estimated_tokens(tool.name + tool.description + json::to_text(tool.parameters));
  return traits.context_tokens - prompt.max_tokens - beside;
}

std::string rendered(const Prompt& prompt) {
  std::string out;
  for (const Message& message : prompt.messages)
    out += fmt::format("== {}\n{}\n", name_of(message.author), message.text);
  if (!prompt.answer_schema.is_null()) out += fmt::format("== answer\n{}\n", json::to_pretty(prompt.answer_schema));
  for (const ToolOffer& tool : prompt.tools)
    out += fmt::format("== tool {}: {}\n{}\n", tool.name, tool.description, json::to_pretty(tool.parameters));
  return out + fmt::format("== at most {} tokens\n", prompt.max_tokens);
}

}  // namespace ai_ops::prompts
