// What the API answers when it refuses: Kubernetes' own Status object, as a value. Pure.
#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "demo-cluster/world/served_kinds.h"
#include "foundation/json/value.h"

namespace demo_cluster::world {

namespace json = foundation::json;

struct Refusal {
  struct Cause {
    std::string reason;   // "FieldValueInvalid"
    std::string message;  // "Invalid value: -1: must be greater than or equal to 0"
    std::string field;    // "spec.replicas"
  };
  int code = 500;
  std::string reason;  // "NotFound", "Conflict", "Invalid"...
  std::string message;
  std::string group{};
  std::string resource{};  // the plural, or the kind for Invalid, as the real server does
  std::string name{};
  std::vector<Cause> causes{};
  int retry_after_seconds = 0;
};

template <class T>
using Outcome = std::expected<T, Refusal>;

json::Value status_object(const Refusal& refusal);
json::Value success_object(const ServedKind& kind, std::string_view name, std::string_view uid);  // after a deletion

// The refusals with the real server's wording, which clients match on.
std::unexpected<Refusal> not_found(const ServedKind& kind, std::string_view name);
std::unexpected<Refusal> already_exists(const ServedKind& kind, std::string_view name);
std::unexpected<Refusal> conflict(const ServedKind& kind, std::string_view name, std::string_view why = {});
std::unexpected<Refusal> invalid(const ServedKind& kind, std::string_view name, std::vector<Refusal::Cause> causes);
std::unexpected<Refusal> bad_request(std::string message);
std::unexpected<Refusal> expired(std::string message);
std::unexpected<Refusal> refuse(int code, std::string reason, std::string message);

}  // namespace demo_cluster::world
