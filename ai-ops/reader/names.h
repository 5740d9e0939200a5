// The live names of a snapshot, and what the words of a message name of them.
#pragma once
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/kubernetes/snapshot.h"

namespace ai_ops::reader {

using foundation::kubernetes::ObjectRef;
using foundation::kubernetes::Snapshot;

class Names {
 public:
  explicit Names(const Snapshot& snapshot);

  bool is_project(std::string_view word) const { return projects_.contains(word); }
  // Workloads before Services before what they own; all projects and kinds.
  std::span<const ObjectRef> exactly(std::string_view name) const;
  // The one name that starts with the words, "payments" for payments-api.
  std::span<const ObjectRef> by_first_words(std::string_view words) const;
  // The one name that starts with the letters; pods and replica sets only where nothing else does.
  std::span<const ObjectRef> by_prefix(std::string_view letters) const;
  std::span<const ObjectRef> by_one_slip(std::string_view word) const;

 private:
  std::map<std::string, std::vector<ObjectRef>, std::less<>> by_name_;
  std::set<std::string, std::less<>> projects_;
};

struct Named {
  std::vector<ObjectRef> targets;
  std::string kind;             // a kind word, when there is no target
  std::string project;          // a project word
  std::string unknown;          // a word that stands where a name would, and is none
  std::vector<std::size_t> at;  // which words name the targets
};

Named named_in(std::span<const std::string> words, const Names& names);

// "deployment", "svc", also "workload", "app": the kind, or "Workload" for the words that mean any. Empty: none.
std::string kind_of_word(std::string_view word);
inline constexpr std::string_view kAnyWorkload = "Workload";
// Of the language and of our questions: no name, unless beside a kind word or exactly that of an object.
bool is_everyday(std::string_view word);
bool fits_kind(const ObjectRef& object, std::string_view kind);

}  // namespace ai_ops::reader
