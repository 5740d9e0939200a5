// Text written by a cluster, a log, a model or a person outside. It cannot become an argument, a path or an instruction
// by accident: nothing is made of it without a word that says what for, it converts to nothing, and fmt and json refuse
// it. What it holds is visible text already, so no way out can forget to clean it.
#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "foundation/base/unicode.h"

namespace foundation {

class Untrusted {
 public:
  Untrusted() = default;
  explicit Untrusted(std::string_view raw) : text_(visible_text(raw)) {}

  // To show to a person, to look into, or to stand in a data block of a prompt; by visible_text.
  const std::string& cleaned() const& { return text_; }
  std::string cleaned() && { return std::move(text_); }
  bool empty() const { return text_.empty(); }
  friend bool operator==(const Untrusted&, const Untrusted&) = default;

 private:
  std::string text_;
};

}  // namespace foundation
