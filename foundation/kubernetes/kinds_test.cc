#include "foundation/kubernetes/kinds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace foundation::kubernetes {
namespace {

std::string_view kind_of(std::string_view word) {
  const Kind* kind = find_kind_by_word(word);
  return kind ? kind->name : "none";
}

TEST(Kinds, KnowsTheWordsOfKubectl) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"pod", "Pod"},
      {"pods", "Pod"},
      {"po", "Pod"},
      {"Pod", "Pod"},
      {"PODS", "Pod"},
      {"svc", "Service"},
      {"endpoints", "Endpoints"},
      {"ep", "Endpoints"},
      {"ev", "Event"},
      {"no", "Node"},
      {"ns", "Namespace"},
      {"cm", "ConfigMap"},
      {"pvc", "PersistentVolumeClaim"},
      {"pv", "PersistentVolume"},
      {"quota", "ResourceQuota"},
      {"limits", "LimitRange"},
      {"sa", "ServiceAccount"},
      {"deploy", "Deployment"},
      {"deployment", "Deployment"},
      {"deployments", "Deployment"},
      {"rs", "ReplicaSet"},
      {"sts", "StatefulSet"},
      {"ds", "DaemonSet"},
      {"jobs", "Job"},
      {"cj", "CronJob"},
      {"hpa", "HorizontalPodAutoscaler"},
      {"pdb", "PodDisruptionBudget"},
      {"ing", "Ingress"},
      {"ingresses", "Ingress"},
      {"netpol", "NetworkPolicy"},
      {"networkpolicies", "NetworkPolicy"},
      {"endpointslice", "EndpointSlice"},
      {"sc", "StorageClass"},
      {"", "none"},
      {"pod ", "none"},
      {"podx", "none"},
      {"secret", "none"},
      {"secrets", "none"},
  };
  for (auto [word, name] : rows) EXPECT_EQ(kind_of(word), name) << word;
}

TEST(Kinds, NoWordMeansTwoKinds) {
  std::map<std::string, std::string_view> seen;
  for (const Kind& kind : kinds()) {
    std::string singular(kind.name);
    std::ranges::transform(singular, singular.begin(), [](char c) { return static_cast<char>(std::tolower(c)); });
    for (const std::string& word :
         std::set<std::string>{singular, std::string(kind.plural), std::string(kind.short_name)}) {
      if (word.empty()) continue;
      EXPECT_TRUE(seen.emplace(word, kind.name).second) << word << " is " << seen[word] << " and " << kind.name;
      EXPECT_EQ(find_kind_by_word(word), &kind) << word;
    }
  }
}

TEST(Kinds, EveryRowIsFoundByItsNameAndItsPlural) {
  EXPECT_GE(kinds().size(), 24u);
  for (const Kind& kind : kinds()) {
    EXPECT_EQ(find_kind(kind.name), &kind);
    EXPECT_EQ(find_kind_by_plural(kind.group, kind.plural), &kind);
  }
}

TEST(Kinds, LookupsAreExact) {
  EXPECT_EQ(find_kind("pod"), nullptr);
  EXPECT_EQ(find_kind("Secret"), nullptr);
  EXPECT_EQ(find_kind_by_plural("", "deployments"), nullptr);
  EXPECT_EQ(find_kind_by_plural("apps", "pods"), nullptr);
}

TEST(ObjectPath, FollowsGroupAndScope) {
  const Kind& deployment = *find_kind("Deployment");
  const Kind& pod = *find_kind("Pod");
  const Kind& node = *find_kind("Node");
  EXPECT_EQ(api_version(deployment), "apps/v1");
  EXPECT_EQ(api_version(pod), "v1");
  EXPECT_EQ(api_version(*find_kind("HorizontalPodAutoscaler")), "autoscaling/v2");
  EXPECT_EQ(object_path(deployment, "shop", "web"), "/apis/apps/v1/namespaces/shop/deployments/web");
  EXPECT_EQ(object_path(deployment, "shop", "web", "scale"), "/apis/apps/v1/namespaces/shop/deployments/web/scale");
  EXPECT_EQ(object_path(deployment, "shop"), "/apis/apps/v1/namespaces/shop/deployments");
  EXPECT_EQ(object_path(deployment, ""), "/apis/apps/v1/deployments");
  EXPECT_EQ(object_path(pod, "shop", "web-1", "log"), "/api/v1/namespaces/shop/pods/web-1/log");
  EXPECT_EQ(object_path(node, "", "n1"), "/api/v1/nodes/n1");
  EXPECT_EQ(object_path(node, "shop", "n1"), "/api/v1/nodes/n1");
}

TEST(ObjectPath, NothingLeavesItsSegment) {
  const Kind& pod = *find_kind("Pod");
  EXPECT_EQ(object_path(pod, "a/b", "../x?y#z"), "/api/v1/namespaces/a%2Fb/pods/..%2Fx%3Fy%23z");
  EXPECT_EQ(object_path(pod, "..", "."), "/api/v1/namespaces/%2E%2E/pods/%2E");
  EXPECT_EQ(object_path(pod, "a", "b%2f\r\n\xff c"), "/api/v1/namespaces/a/pods/b%252f%0D%0A%FF%20c");
  EXPECT_EQ(object_path(pod, "a", "web.v2"), "/api/v1/namespaces/a/pods/web.v2");
}

}  // namespace
}  // namespace foundation::kubernetes
