#include "ai-ops/llm/repetition.h"

#include <vector>

namespace ai_ops::llm {
namespace {

// By the failure function of the tail read backwards (Knuth, Morris, Pratt): its first n bytes have the period
// n - fail[n].
bool ends_in_a_loop(std::string_view tail) {
  auto at = [&](std::size_t i) { return tail[tail.size() - 1 - i]; };
  std::vector<std::size_t> fail(tail.size() + 1, 0);
  for (std::size_t n = 2; n <= tail.size(); ++n) {
    auto k = fail[n - 1];
    while (k > 0 && at(k) != at(n - 1)) k = fail[k];
    fail[n] = at(k) == at(n - 1) ? k + 1 : 0;
    if (n >= kLoopBytes && n >= (n - fail[n]) * kLoopRounds) return true;
  }
  return false;
}

}  // namespace

bool Repetition::push(std::string_view text) {
  tail_ += text;
  unseen_ += text.size();
  if (unseen_ < kLoopStrideBytes) return false;
  unseen_ = 0;
  if (tail_.size() > kLoopWindowBytes) tail_.erase(0, tail_.size() - kLoopWindowBytes);
  return ends_in_a_loop(tail_);
}

}  // namespace ai_ops::llm
