// What a message asks for, by a table of word patterns. Operations are read elsewhere (operate.h), before this.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "ai-ops/reader/reader.h"

namespace ai_ops::reader {

// Stands in the place of each word that names a target, so that a workload called "events" is no question about events.
inline constexpr std::string_view kNameWord = "<name>";

struct Heard {
  bool has_target = false;
  bool has_kind = false;
};

// The word of our questions that a slip was meant for, "logs" for "lgos"; empty: it is a word, or no slip of one.
std::string_view word_meant_by(std::string_view word);

Intent intent_of(std::span<const std::string> words, Heard heard);

}  // namespace ai_ops::reader
