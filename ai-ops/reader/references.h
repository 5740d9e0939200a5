// Words that stand for what was spoken of, and what they mean now: "it", "them", "the other one". Pure.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ai-ops/reader/names.h"
#include "ai-ops/reader/recent.h"

namespace ai_ops::reader {

enum class Means { the_one, all, the_other };

// Objects that are there now; or what has to be asked.
struct Meant {
  std::vector<ObjectRef> objects;
  std::string missing;
};
Meant meant_by(Means means, const Recent& recent, const Snapshot& snapshot);

// A message whose references are names: "restart deployment/web in shop".
struct Resolved {
  std::vector<std::string> words;
  std::vector<ObjectRef> objects;  // empty: it had no reference, or has something missing
  bool is_of_another = false;      // it said "the other one"
  std::string missing;
};
// None: it refers in two ways, or to nothing, or has a name of its own that it may be about.
std::optional<Resolved> resolved(std::span<const std::string> words, const Recent& recent, const Names& names,
                                 const Snapshot& snapshot);

}  // namespace ai_ops::reader
