// A model's text cut into statements: sentences and list items, as written. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ai_ops::grounding {

struct Piece {
  std::string text;
  bool begins_line = false;
};

// A citation that stands alone after a sentence ("It crashes. [E3]") belongs to it. Empty lines, rules and code fences
// are left out.
std::vector<Piece> statements_of(std::string_view text);

}  // namespace ai_ops::grounding
