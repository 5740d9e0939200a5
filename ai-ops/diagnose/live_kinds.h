// What a cluster's owner lets hks-diagnose read: the kinds that the platform speaks of, and those that only an owner
// sees. Data.
#pragma once
#include <span>

#include "foundation/kubernetes/kinds.h"

namespace ai_ops::diagnose {

struct LiveKind {
  foundation::kubernetes::Kind kind;
  bool metadata_only = false;  // its contents are never asked for
};

std::span<const LiveKind> live_kinds();

}  // namespace ai_ops::diagnose
