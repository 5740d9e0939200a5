#include "ai-ops/llm/refusal.h"

#include <algorithm>
#include <array>
#include <span>

#include "foundation/base/ascii.h"
#include "foundation/base/unicode.h"
#include "foundation/json/view.h"

namespace ai_ops::llm {

using foundation::Code;
using foundation::Error;
namespace json = foundation::json;

namespace {

struct Row {
  int status;
  Code code;
  std::string_view cause;
};
constexpr std::array kRows{
    Row{400, Code::invalid, "the model server refuses the request"},
    Row{401, Code::unavailable, "the model server does not accept our key"},
    Row{403, Code::unavailable, "the model server does not accept our key"},
    Row{404, Code::not_found, "the model server does not have it"},
    Row{413, Code::too_large, "the prompt is too large for the model server"},
    Row{422, Code::invalid, "the model server refuses the request"},
    Row{429, Code::rate_limited, "the model server is busy"},
    Row{503, Code::rate_limited, "the model server is busy"},
};
// By these words of theirs servers tell what their status does not.
constexpr std::array<std::string_view, 6> kTooLong{"context length", "context_length",  "context size",
                                                   "context window", "maximum context", "prompt is too long"};
constexpr std::array<std::string_view, 3> kBadSchema{"schema", "invalid format", "grammar"};

bool says(std::string_view words, std::span<const std::string_view> any_of) {
  std::string low = foundation::lowered(words);
  return std::ranges::any_of(any_of, [&](auto part) { return low.contains(part); });
}

Row row_of(int status, std::string_view words) {
  bool may_be_ours = status == 400 || status == 500;
  if (may_be_ours && says(words, kTooLong)) return {status, Code::too_large, "the prompt is too long for the model"};
  if (status == 500 && says(words, kBadSchema)) return {status, Code::invalid, "the model server refuses the schema"};
  for (const Row& row : kRows)
    if (row.status == status) return row;
  if (status >= 500 || status == 499) return {status, Code::unavailable, "the model server failed"};
  if (status >= 400) return {status, Code::invalid, "the model server refuses the request"};
  return {status, Code::corrupt, "the model server gave no answer"};
}

}  // namespace

std::string server_words(std::string_view body) {
  auto parsed = json::parse_tolerant(body);
  if (!parsed) return {};
  json::View said(*parsed);
  auto words = said["error"].text(said["error"]["message"].text(said["message"].text()));
  auto shown = foundation::visible_text(words);
  if (shown.size() <= kMaxServerWords) return shown;
  auto end = kMaxServerWords;
  while (end > 0 && (static_cast<unsigned char>(shown[end]) & 0xc0) == 0x80) --end;  // not inside a character
  return shown.substr(0, end);
}

Error refusal(int status, std::string_view words, std::optional<std::string_view> retry_after) {
  auto row = row_of(status, words);
  std::string cause = std::string(row.cause) + " (" + std::to_string(status);
  if (!words.empty()) cause.append(": ").append(words);
  cause += ")";
  if (row.code == Code::rate_limited && retry_after && !retry_after->empty()) {
    bool seconds = std::ranges::all_of(*retry_after, [](unsigned char c) { return std::isdigit(c); });
    cause.append(seconds ? "; try again in " : "; try again at ").append(foundation::visible_text(*retry_after));
    if (seconds) cause += " s";
  }
  return {row.code, "ask the model", std::move(cause)};
}

}  // namespace ai_ops::llm
