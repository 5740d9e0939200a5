#include "demo-cluster/app/api_path.h"

#include <gtest/gtest.h>

#include "demo-cluster/app/script.h"

namespace demo_cluster::app {
namespace {

std::string read_back(std::string_view path) {
  auto parsed = parse_api_path(path);
  if (!parsed) return "none";
  return std::string(parsed->kind->kind.name) + "|" + parsed->namespace_name + "|" + parsed->name + "|" +
         parsed->subresource;
}

TEST(ApiPath, NamesCollectionsObjectsAndSubresources) {
  EXPECT_EQ(read_back("/api/v1/pods"), "Pod|||");
  EXPECT_EQ(read_back("/api/v1/namespaces/shop/pods"), "Pod|shop||");
  EXPECT_EQ(read_back("/api/v1/namespaces/shop/pods/web-0/log"), "Pod|shop|web-0|log");
  EXPECT_EQ(read_back("/api/v1/namespaces"), "Namespace|||");
  EXPECT_EQ(read_back("/api/v1/namespaces/shop"), "Namespace||shop|");
  EXPECT_EQ(read_back("/api/v1/namespaces/shop/status"), "Namespace||shop|status");
  EXPECT_EQ(read_back("/api/v1/nodes/node-1"), "Node||node-1|");
  EXPECT_EQ(read_back("/apis/apps/v1/namespaces/shop/deployments/web/scale"), "Deployment|shop|web|scale");
  EXPECT_EQ(read_back("/apis/autoscaling/v2/horizontalpodautoscalers"), "HorizontalPodAutoscaler|||");
}

TEST(ApiPath, KnowsNothingElse) {
  for (auto path :
       {"/", "/api", "/api/v1", "/api/v2/pods", "/apis/apps/v1", "/apis/apps/v2/deployments", "/api/v1/foos",
        "/api/v1/pods/web-0", "/api/v1/namespaces/shop/pods/a/b/c", "/api/v1/namespaces/shop/pods/",
        "/api/v1/namespaces/shop/nodes/node-1", "/apis//v1/pods", "/metrics", "/api/v1/namespaces/shop/pods//log"})
    EXPECT_EQ(read_back(path), "none") << path;
}

TEST(Script, EachFailureIsPlayedItsTimesAndOnlyWhereItIsMeant) {
  Script script;
  script.add({"/apis/apps", "PATCH", 500, 2, {}});
  script.add({"/api", "", 429, 1, {}});
  EXPECT_EQ(script.take("GET", "/apis/apps/v1/deployments")->status, 429);
  EXPECT_FALSE(script.take("GET", "/apis/apps/v1/deployments"));
  EXPECT_EQ(script.take("PATCH", "/apis/apps/v1/deployments")->status, 500);
  EXPECT_EQ(script.take("PATCH", "/apis/apps/v1/deployments")->status, 500);
  EXPECT_FALSE(script.take("PATCH", "/apis/apps/v1/deployments"));
}

}  // namespace
}  // namespace demo_cluster::app
