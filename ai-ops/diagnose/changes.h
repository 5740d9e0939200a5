// What has come, gone or become worse or better between two looks at a cluster. A finding is the same while its fault
// and its object are, whatever its words: a count of restarts is no change. Pure.
#pragma once
#include <string_view>
#include <vector>

#include "ai-ops/diagnosis/finding.h"

namespace ai_ops::diagnose {

enum class ChangeKind { appeared, changed, resolved };  // changed: its severity, or what causes it
std::string_view to_string(ChangeKind kind);

struct Change {
  ChangeKind kind;
  const diagnosis::Finding* finding;  // of the later look; a resolved one of the earlier
};

// The resolved ones first, then the others in the order of the later look. Borrows both.
std::vector<Change> changes_between(const std::vector<diagnosis::Finding>& before,
                                    const std::vector<diagnosis::Finding>& after);

}  // namespace ai_ops::diagnose
