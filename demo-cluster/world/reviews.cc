#include "demo-cluster/world/reviews.h"

#include <fmt/format.h>

namespace demo_cluster::world {
namespace {

constexpr std::string_view kUser = "admin";
constexpr std::string_view kWhy = "the demo cluster has one user, its administrator";

json::Array everything() { return json::Array{json::Value("*")}; }

Outcome<json::Value> access(json::View spec) {
  if (bool(spec["resourceAttributes"]) == bool(spec["nonResourceAttributes"]))
    return refuse(422, "Invalid",
                  "spec: Invalid value: exactly one of nonResourceAttributes or resourceAttributes must be specified");
  return json::Value(json::Object{{"allowed", true}, {"reason", kWhy}});
}

Outcome<json::Value> rules(json::View) {
  json::Object resources{{"verbs", everything()}, {"apiGroups", everything()}, {"resources", everything()}};
  json::Object paths{{"verbs", everything()}, {"nonResourceURLs", everything()}};
  return json::Value(json::Object{
      {"resourceRules", json::Array{resources}}, {"nonResourceRules", json::Array{paths}}, {"incomplete", false}});
}

Outcome<json::Value> identity(json::View) {
  json::Array groups{json::Value("system:masters"), json::Value("system:authenticated")};
  return json::Value(json::Object{{"userInfo", json::Object{{"username", kUser}, {"groups", std::move(groups)}}}});
}

constexpr ReviewKind kReviews[] = {
    {"authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview", identity},
    {"authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", access},
    {"authorization.k8s.io", "v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview", rules},
};

}  // namespace

std::span<const ReviewKind> review_kinds() { return kReviews; }

const ReviewKind* review_kind(std::string_view group, std::string_view version, std::string_view plural) {
  for (const auto& row : kReviews)
    if (row.group == group && row.version == version && row.plural == plural) return &row;
  return nullptr;
}

Outcome<json::Value> answer(const ReviewKind& kind, json::Value review) {
  json::View view(review);
  if (!review.is_object() || view["kind"].text(kind.kind) != kind.kind)
    return bad_request(fmt::format("the body is not a {}", kind.kind));
  auto status = kind.status(view["spec"]);
  if (!status) return std::unexpected(status.error());
  review.as_object()["kind"] = kind.kind;
  review.as_object()["apiVersion"] = fmt::format("{}/{}", kind.group, kind.version);
  review.as_object()["status"] = std::move(*status);
  return review;
}

}  // namespace demo_cluster::world
