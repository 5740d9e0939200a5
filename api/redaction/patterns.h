// Free text without the well-known credential formats: events' messages, conditions' messages, log lines, what a user
// types. Invisible characters go first, so that none can split a credential. Pure but for the Pseudonyms given.
//
// Whole texts only: a caller that cuts a stream must cut between lines, and not inside a PEM block.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "api/redaction/pseudonyms.h"

namespace api::redaction {

// Text that went through redact_text; nobody else can make one.
class RedactedText {
 public:
  const std::string& str() const { return text_; }
  std::size_t secrets() const { return secrets_; }  // how many were taken out

 private:
  friend RedactedText redact_text(std::string_view text, Pseudonyms& pseudonyms);
  RedactedText(std::string text, std::size_t secrets) : text_(std::move(text)), secrets_(secrets) {}

  std::string text_;
  std::size_t secrets_ = 0;
};

// Each credential becomes its pseudonym; where two formats overlap, both go as one. Redacting twice changes nothing.
RedactedText redact_text(std::string_view text, Pseudonyms& pseudonyms);

bool holds_secret(std::string_view text);

}  // namespace api::redaction
