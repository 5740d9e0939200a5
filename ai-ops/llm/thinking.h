// Keeps a model's thinking from its text where the server does not: "<think>...</think>" inside the content. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "foundation/base/error.h"

namespace ai_ops::llm {

class ThinkingFilter {
 public:
  // What of these bytes is no thinking; a mark that may have begun is kept back. An end of thinking without its
  // beginning is Code::corrupt: what was taken for the answer was none.
  foundation::Result<std::string> push(std::string_view text);
  std::string end();  // what was kept back; thinking that never ended is dropped

 private:
  std::string kept_;
  std::optional<std::size_t> inside_;  // of which kind of thinking
};

}  // namespace ai_ops::llm
