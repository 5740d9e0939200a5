// Free text without the well-known credential formats: events' messages, conditions' messages, log lines, what a user
// types; plain, in base64, percent-encoded, behind backslashes, and one of these in another. Invisible characters go
// first, so that none can split a credential. Pure but for the Pseudonyms given.
//
// Whole texts only: a caller that cuts a stream must cut between lines, and not inside a PEM block.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "foundation/redaction/pseudonyms.h"

namespace foundation::redaction {

// The longest credential that is certain to be found whole: an RSA key of 16384 bits in PEM, in base64 and in that
// again is below it.
inline constexpr std::size_t kMaxCredentialBytes = 32 << 10;
// The bytes that the formats are searched for in are at most so many times those of the text, however it is encoded:
// the text, its views, their views, and what windows share.
inline constexpr std::size_t kMaxSearchedPerByte = 50;

// A longer text is searched piece by piece. Smaller ones than these are for tests.
struct Windows {
  std::size_t bytes = 256 << 10;
  std::size_t shared_bytes = kMaxCredentialBytes;  // of each with the next
};

// Text that went through redact_text; nobody else can make one.
class RedactedText {
 public:
  const std::string& str() const { return text_; }
  std::size_t secrets() const { return secrets_; }                // how many were taken out
  std::size_t searched_bytes() const { return searched_bytes_; }  // what it cost, all views together

 private:
  friend RedactedText redact_text(std::string_view text, Pseudonyms& pseudonyms, Windows windows);
  RedactedText(std::string text, std::size_t secrets, std::size_t searched_bytes)
      : text_(std::move(text)), secrets_(secrets), searched_bytes_(searched_bytes) {}

  std::string text_;
  std::size_t secrets_ = 0;
  std::size_t searched_bytes_ = 0;
};

// Each credential becomes its pseudonym; where two formats overlap, both go as one. Redacting twice changes nothing.
RedactedText redact_text(std::string_view text, Pseudonyms& pseudonyms, Windows windows = {});

bool holds_secret(std::string_view text);

}  // namespace foundation::redaction
