#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::cites;
using sample::codes;
using sample::findings_of;
using testing::ElementsAre;
using testing::IsEmpty;

sample::Cluster bound(std::string_view kind, std::string_view name) {
  sample::Cluster cluster;
  cluster.add(R"({"kind": "Role", "metadata": {"name": "pods-viewer", "namespace": "shop"}})");
  cluster.add(R"({"kind": "ClusterRole", "metadata": {"name": "view"}})");
  return std::move(
      cluster.add(fmt::format(R"({{"kind": "RoleBinding", "metadata": {{"name": "reads", "namespace": "shop"}},
    "roleRef": {{"kind": "{}", "name": "{}"}}, "subjects": [{{"kind": "ServiceAccount", "name": "watcher"}}]}})",
                              kind, name)));
}

TEST(RoleBindings, ToARoleThatDoesNotExistGiveNothing) {
  for (auto [kind, name] : {std::pair("Role", "pod-viewer"), std::pair("ClusterRole", "viewer")}) {
    auto found = findings_of(bound(kind, name));
    ASSERT_EQ(found.size(), 1u) << kind;
    EXPECT_EQ(found[0].fault, "role-missing");
    EXPECT_TRUE(cites(found[0], "RoleBinding/reads roleRef.name", name));
  }
}

TEST(RoleBindings, ToOneThatExistsAreFine) {
  EXPECT_THAT(codes(bound("Role", "pods-viewer")), IsEmpty());
  EXPECT_THAT(codes(bound("ClusterRole", "view")), IsEmpty());
  EXPECT_THAT(codes(bound("User", "erin")), IsEmpty()) << "no role at all: the API server takes none";
}

TEST(RoleBindings, WhereRolesAreNotInViewAreNotJudged) {
  sample::Cluster cluster;
  cluster.add(R"({"kind": "RoleBinding", "metadata": {"name": "reads", "namespace": "shop"},
    "roleRef": {"kind": "Role", "name": "gone"}})");
  cluster.add(R"({"kind": "RoleBinding", "metadata": {"name": "more", "namespace": "shop"},
    "roleRef": {"kind": "ClusterRole", "name": "gone"}})");
  EXPECT_THAT(codes(cluster), IsEmpty());
}

TEST(RoleBindings, AreWhyWhoRunsAsTheirSubjectIsForbidden) {
  sample::Cluster cluster = bound("Role", "pod-viewer");
  std::string runs_as = R"(, "serviceAccountName": "watcher")";
  cluster.deployment("watcher", {.status = sample::kCrashing, .more_pod = runs_as});
  cluster.deployment("other", {.status = sample::kCrashing});
  auto said = [](std::string pod, std::string_view user) {
    return sample::log(std::move(pod),
                       {fmt::format(R"(pods is forbidden: User "{}" cannot list resource "pods")", user)});
  };
  EXPECT_THAT(codes(cluster, {said("watcher-5d9c-0", "system:serviceaccount:shop:watcher"), said("other-5d9c-0", "x")}),
              ElementsAre("F1 RoleBinding/reads role-missing", "F2 Deployment/other crash",
                          "F3 Deployment/watcher crash <- F1"));
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/other crash", "F2 Deployment/watcher crash",
                                          "F3 RoleBinding/reads role-missing"))
      << "nothing says that it is forbidden anything";
}

}  // namespace
}  // namespace ai_ops::diagnosis
