// What this API server serves: the kinds of foundation/kubernetes and Secret, with their traits. Pure.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "foundation/kubernetes/kinds.h"

namespace demo_cluster::world {

namespace kubernetes = foundation::kubernetes;

enum Trait : std::uint8_t {
  kStatus = 1,      // has a status subresource: writes of the object leave the status alone, and the other way round
  kScale = 2,       // has a scale subresource
  kGeneration = 4,  // counts changes of its spec
  kAll = 8,         // `kubectl get all` lists it
};

struct ServedKind {
  kubernetes::Kind kind;
  std::uint8_t traits = 0;

  bool has(Trait trait) const { return (traits & trait) != 0; }
};

std::span<const ServedKind> served_kinds();
const ServedKind* served_kind(std::string_view name);  // "Deployment"
// By a request's path; null when the group, its version or the plural is unknown.
const ServedKind* served_kind(std::string_view group, std::string_view version, std::string_view plural);

}  // namespace demo_cluster::world
