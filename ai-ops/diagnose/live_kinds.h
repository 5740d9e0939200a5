// What a cluster's owner lets hks-diagnose read: the kinds that the platform speaks of, and those that only an owner
// sees. Data.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "foundation/json/value.h"
#include "foundation/kubernetes/kinds.h"

namespace ai_ops::diagnose {

struct LiveKind {
  foundation::kubernetes::Kind kind;
  bool metadata_only = false;  // its contents are never asked for
};

std::span<const LiveKind> live_kinds();

// One LIST, and one WATCH after it.
struct Listing {
  const LiveKind* kind = nullptr;
  std::string namespace_name;  // empty: all, or a kind without
};
std::vector<Listing> listings(const std::vector<std::string>& namespaces);  // empty: all

std::string list_accept(const LiveKind& kind);
// What is kept of an object: facts in place of configuration values.
foundation::json::Object shown_part(foundation::json::Object object, const LiveKind& kind);

}  // namespace ai_ops::diagnose
