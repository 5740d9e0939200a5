// What a server's stream says, in one vocabulary for every server. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ai-ops/prompts/prompt.h"
#include "foundation/base/error.h"

namespace ai_ops::llm {

struct Text {
  std::string words;
};
struct Thinking {  // never for the caller
  std::string words;
};
// The last event of an answer that fails: what the server itself reports in the middle of its stream, where the status
// is 200 already, or Code::corrupt for what its protocol does not have, Code::too_large for an event over
// kMaxEventBytes.
struct Trouble {
  foundation::Error error;
};
using Event = std::variant<Text, Thinking, prompts::ToolCall, Trouble>;

struct Ending {
  bool cut_off = false;
  prompts::Usage usage = {};
};

// Bytes of one server's stream to events, the same however the bytes are split. After a Trouble nothing comes.
class Decoder {
 public:
  virtual ~Decoder() = default;
  virtual std::vector<Event> push(std::string_view bytes) = 0;
  // Set once the server has said that its answer is complete. What may still follow (counts, an end mark) is worth a
  // short wait only.
  virtual const std::optional<Ending>& ending() const = 0;
};
inline constexpr std::size_t kMaxEventBytes = 128 << 10;  // an answer at its limit in one event, with its escapes

}  // namespace ai_ops::llm
