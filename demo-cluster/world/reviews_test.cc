#include "demo-cluster/world/reviews.h"

#include <gtest/gtest.h>

namespace demo_cluster::world {
namespace {

std::string answered(std::string_view group, std::string_view plural, std::string_view body) {
  const auto* kind = review_kind(group, "v1", plural);
  if (kind == nullptr) return "none";
  auto out = answer(*kind, *json::parse_strict(body));
  return out ? json::to_text(out->as_object().at("status")) : std::to_string(out.error().code);
}

TEST(Reviews, TheAdministratorMayDoAll) {
  EXPECT_EQ(answered("authorization.k8s.io", "selfsubjectaccessreviews",
                     R"({"spec":{"resourceAttributes":{"verb":"get","resource":"pods"}}})"),
            R"({"allowed":true,"reason":"the demo cluster has one user, its administrator"})");
  EXPECT_EQ(answered("authentication.k8s.io", "selfsubjectreviews", "{}"),
            R"({"userInfo":{"username":"admin","groups":["system:masters","system:authenticated"]}})");
}

TEST(Reviews, RefusesWhatAsksNothing) {
  EXPECT_EQ(answered("authorization.k8s.io", "selfsubjectaccessreviews", R"({"spec":{}})"), "422");
  EXPECT_EQ(answered("authorization.k8s.io", "selfsubjectaccessreviews", R"({"kind":"Pod","spec":{}})"), "400");
  EXPECT_EQ(answered("authorization.k8s.io", "subjectaccessreviews", "{}"), "none");
}

}  // namespace
}  // namespace demo_cluster::world
