// The catalogue of faults: each finding is one of them. A code is a contract (events, hks-diagnose, guides): it never
// changes its meaning.
#pragma once
#include <span>
#include <string_view>

namespace ai_ops::diagnosis {

enum class Family { admission, scheduling, storage, startup, runtime, routing, infrastructure, performance, rollout };
std::string_view to_string(Family family);

struct Fault {
  std::string_view code;  // "image-not-found"
  Family family;
  std::string_view check;      // what would confirm or refute it, in a sentence
  std::string_view operation;  // of the catalogue of operations, that could mend it; empty: none
};

// Whether the operation acts on objects of the kind at all.
bool acts_on(std::string_view operation, std::string_view kind);

std::span<const Fault> faults();
const Fault* find_fault(std::string_view code);  // null: there is none

}  // namespace ai_ops::diagnosis
