// Which of many words stand in a text, in any case: one pass over the text, however many words there are. Pure.
#pragma once
#include <re2/set.h>

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace ai_ops::diagnosis {

class WordSet {
 public:
  static constexpr std::size_t kMaxWords = 128;
  static constexpr std::int64_t kMemory = 8 << 20;  // bytes; without enough it is slower
  using Found = std::bitset<kMaxWords>;

  // Lower case; what they view outlives the set.
  explicit WordSet(std::vector<std::string_view> words, std::int64_t memory = kMemory);

  Found in(std::string_view text) const;
  Found among(std::span<const std::string_view> words) const;  // the bits of those of its words

 private:
  std::vector<std::string_view> words_;
  std::size_t shortest_ = 0;
  re2::RE2::Set set_;
  bool has_automaton_ = false;
};

}  // namespace ai_ops::diagnosis
