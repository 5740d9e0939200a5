// The revisions of a Deployment as its ReplicaSets keep them. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/json/value.h"
#include "foundation/kubernetes/object.h"

namespace api::operations {

namespace json = foundation::json;
using foundation::kubernetes::ObjectView;

inline constexpr std::int64_t kMaxRevision = 1'000'000'000;
inline constexpr const char* kRevisionPointer = "/metadata/annotations/deployment.kubernetes.io~1revision";

struct Revision {
  std::int64_t number = 0;
  std::string replica_set;   // "web-7d9f8c"
  json::Value pod_template;  // as the Deployment had it
};

// The template as somebody wrote it: without the label that the controller adds, and without what is null. Two of them
// are equal when the controller takes them for the same.
json::Value plain_template(json::View pod_template);

// Of the ReplicaSets that the Deployment controls; lowest number first. What has no number is none.
std::vector<Revision> revisions_of(const ObjectView& deployment, std::span<const json::Value> replica_sets);

std::optional<std::int64_t> revision_number(std::string_view text);
std::optional<std::int64_t> revision_number(const ObjectView& object);  // of a Deployment or a ReplicaSet

}  // namespace api::operations
