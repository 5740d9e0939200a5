// The built-in reader: words and live names in, a typed reading out, no model. It abstains rather than guesses.
// Reads of an object take a unique prefix and one typing error for its name; operations take names as they are (or the
// first words of one, "payments" for payments-api). Pure. What it reads has no authority: the control plane reads
// commands for itself.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/json/value.h"
#include "foundation/kubernetes/snapshot.h"

namespace ai_ops::reader {

using foundation::kubernetes::ObjectRef;

enum class Intent {
  overview,  // "what is wrong?", "is everything ok?"
  diagnose,  // "why is checkout failing?"
  status,    // "how many replicas does web have?", "show web", "list deployments"
  events,    // "what happened to checkout?"
  logs,      // "show me the logs of checkout"
  operate,   // "scale web to 5", "could you double web"
  help,      // "what can you do?"
  unknown,   // abstains
};
std::string_view to_string(Intent intent);

struct OperationWanted {
  std::string operation;               // a name of the catalogue
  foundation::json::Object arguments;  // as the operation's schema wants them
};

struct Reading {
  Intent intent = Intent::unknown;
  std::vector<ObjectRef> targets;           // live objects the words name, best first; workloads before what they own
  std::string kind;                         // a kind word without a name: "list deployments"
  std::string project;                      // a project word: "what is wrong in shop?"
  std::vector<OperationWanted> operations;  // intent operate, when every slot could be filled
  // What could not be read: "to how many replicas?", "which project: shop or stage?", "I see nothing called foo".
  std::string missing;
};

inline constexpr std::size_t kMaxMessageBytes = 4096;  // a longer one is unknown

Reading read(std::string_view message, const foundation::kubernetes::Snapshot& snapshot);

}  // namespace ai_ops::reader
