#include "ai-ops/llm/written_calls.h"

#include <array>
#include <optional>
#include <utility>

#include "ai-ops/llm/markers.h"
#include "ai-ops/llm/wire_json.h"

namespace ai_ops::llm {

using prompts::ToolCall;

namespace {

constexpr std::array<std::string_view, 6> kMarks{"\n{", "\n[{", "\n[ {", "\n```", "<tool_call>", "[TOOL_CALLS]"};
// What stands around calls and means nothing by itself.
constexpr std::array<std::string_view, 5> kWrapping{"<tool_call>", "</tool_call>", "[TOOL_CALLS]", "```json", "```"};

// The length of the JSON object that the text begins with, 0 when it does not end.
std::size_t object_bytes(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return i + 1;
    }
  }
  return 0;
}

std::optional<ToolCall> call_in(std::string_view object, const std::set<std::string, std::less<>>& offered) {
  auto parsed = json::parse_tolerant(object);
  if (!parsed) return std::nullopt;
  json::View call(*parsed);
  if (call["function"]["name"]) call = call["function"];
  auto name = call["name"].text(call["function"].text());
  if (!offered.contains(name)) return std::nullopt;
  auto arguments = call_arguments(call["arguments"] ? call["arguments"] : call["parameters"]);
  if (!arguments) return std::nullopt;
  return ToolCall{std::string(name), std::move(*arguments)};
}

std::string without_wrapping(std::string text) {
  for (auto mark : kWrapping)
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark)) text.erase(at, mark.size());
  auto first = text.find_first_not_of(" \t\r\n[],;");
  if (first == std::string::npos) return {};
  auto last = text.find_last_not_of(" \t\r\n");
  return text.substr(first, last + 1 - first);
}

}  // namespace

WrittenCalls::WrittenCalls(const std::vector<prompts::ToolOffer>& offered) {
  for (const auto& tool : offered) offered_.insert(tool.name);
}

std::string WrittenCalls::push(std::string_view text) {
  if (offered_.empty()) return std::string(text);
  kept_ += text;
  if (keeping_) return {};
  auto mark = find_mark(kept_, kMarks);
  keeping_ = mark.has_value();
  auto out = kept_.substr(0, mark ? mark->at : kept_.size() - begun_mark(kept_, kMarks));
  kept_.erase(0, out.size());
  if (!begun_ && !out.empty()) {
    begun_ = true;
    out.erase(0, 1);
  }
  return out;
}

WrittenCalls::Rest WrittenCalls::end() {
  if (offered_.empty()) return {};
  if (!begun_) kept_.erase(0, 1);
  Rest rest;
  std::string others;
  for (std::string_view left = kept_; !left.empty();) {
    auto at = std::min(left.find('{'), left.size());
    others += left.substr(0, at);
    left.remove_prefix(at);
    auto bytes = left.empty() ? 0 : object_bytes(left);
    auto call = bytes == 0 ? std::nullopt : call_in(left.substr(0, bytes), offered_);
    if (call) {
      rest.calls.push_back(std::move(*call));
    } else {
      bytes = left.empty() ? 0 : 1;
      others += left.substr(0, bytes);
    }
    left.remove_prefix(bytes);
  }
  rest.words = rest.calls.empty() ? std::exchange(kept_, {}) : without_wrapping(std::move(others));
  return rest;
}

}  // namespace ai_ops::llm
