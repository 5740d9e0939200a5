// What a message asks for, by a table of word patterns. Operations are read elsewhere (operate.h), before this.
#pragma once
#include <span>
#include <string>

#include "ai-ops/reader/reader.h"

namespace ai_ops::reader {

struct Heard {
  bool has_target = false;
  bool has_kind = false;
};

Intent intent_of(std::span<const std::string> words, Heard heard);

}  // namespace ai_ops::reader
