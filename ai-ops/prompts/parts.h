// A prompt from typed parts. Instructions and labels are constants of ours by type, so no text of a user, a cluster or
// a model can become one. Everything else is Untrusted by type and comes out as data: cleaned, without anybody's
// delimiters, bounded. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/prompts/prompt.h"
#include "foundation/base/error.h"
#include "foundation/base/untrusted.h"

namespace ai_ops::prompts {

using foundation::Untrusted;

// Only a constant becomes one.
class OurWords {
 public:
  consteval OurWords(const char* text) : text_(text) {}  // NOLINT(google-explicit-constructor): a literal reads as one
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

struct Data {
  OurWords label;
  std::vector<Untrusted> lines;  // the most important first
};

struct Parts {
  std::vector<OurWords> instructions;
  std::vector<Data> data;  // the most important first
  Untrusted question;      // the user's own words, and what they paste
};

inline constexpr std::size_t kMaxLineBytes = 600;          // of data; the rest of a longer line is cut
inline constexpr std::size_t kMaxLines = 200;              // of a block
inline constexpr std::size_t kMaxQuestionBytes = 4 << 10;  // a longer question is too_large
inline constexpr std::int64_t kMessageTokens = 8;          // what a chat template puts around a message

// No tokenizer is at hand: three letters or spaces a token, everything else (digits, marks, bytes of other alphabets) a
// token each. English takes 4 to 5 letters a token, names with hashes 2 to 3: the estimate is rather too high.
std::int64_t estimated_tokens(std::string_view text);

// Untrusted text as it may stand in a prompt: visible characters only, on one line, and without the marks by which we
// (<data ...>) or a model's chat template (<|im_end|>, [INST]) tell who speaks, nor what looks like them.
std::string as_data(const Untrusted& foreign, std::size_t max_bytes = kMaxLineBytes);

// The system message has the instructions alone; the user's has the data blocks, then the question. When that is over
// `room_tokens`, the last lines of the last block go first. Code::too_large: not even instructions and question fit.
foundation::Result<std::vector<Message>> messages_of(const Parts& parts, std::int64_t room_tokens);

// What is left of the context for the messages: without the answer and what is sent beside them.
std::int64_t room_for_messages(const Prompt& prompt, const Traits& traits);

std::string rendered(const Prompt& prompt);  // for golden files

}  // namespace ai_ops::prompts
