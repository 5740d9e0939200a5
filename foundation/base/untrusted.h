// Text written by a cluster, a log, a model or a person outside. It cannot become an argument, a path or an instruction
// by accident: there is no conversion to std::string, and every way out names what it is for.
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
  // To show to a person or to store as data; already cleaned by visible_text.
  const std::string& for_display() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

}  // namespace foundation
