// Notices a model that says the same again and again. Pure.
#pragma once
#include <string>
#include <string_view>

namespace ai_ops::llm {

// A phrase of up to kLoopWindowBytes / kLoopRounds bytes, said kLoopRounds times on end.
inline constexpr std::size_t kLoopWindowBytes = 2048;
inline constexpr std::size_t kLoopRounds = 8;
inline constexpr std::size_t kLoopBytes = 256;        // less is a ruler, a table or an indent
inline constexpr std::size_t kLoopStrideBytes = 256;  // looked for this often

class Repetition {
 public:
  bool push(std::string_view text);  // true: it is a loop

 private:
  std::string tail_;
  std::size_t unseen_ = 0;
};

}  // namespace ai_ops::llm
