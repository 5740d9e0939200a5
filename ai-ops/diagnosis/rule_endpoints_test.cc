#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::codes;
using sample::endpoint;
using sample::log;
using sample::told;
using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// web crashes, and is configured to call a port that the Service does not have.
std::vector<std::string> crash_that_logs(std::vector<LogLine> lines) {
  sample::Cluster cluster;
  cluster.deployment("cart").service("cart", 80);
  cluster.deployment("web", {.status = sample::kCrashing, .env = endpoint("CART", "http", "cart", 81)});
  return codes(cluster, {log("web-5d9c-0", std::move(lines))});
}

TEST(Endpoints, ALineThatOnlyNamesATimeoutExplainsNothing) {
  EXPECT_THAT(crash_that_logs({"config: session timeout set to 30s", "panic: invalid license"}),
              Contains(EndsWith("Deployment/web crash")));
}

TEST(Endpoints, TheLineThatSaysWhyOrOneThatNamesTheHostExplains) {
  EXPECT_THAT(crash_that_logs({"starting", "panic: dial tcp 10.0.0.7:81: connect: connection refused"}),
              Contains(EndsWith("Deployment/web crash <- F1")));
  EXPECT_THAT(crash_that_logs({"retrying http://cart:81 after 30s", "panic: gave up"}),
              Contains(EndsWith("Deployment/web crash <- F1")));
}

// A pod of Deployment cart, beside those that it has.
sample::Cluster& one_more(sample::Cluster& cluster, std::string_view status) {
  return cluster.add(fmt::format(R"({{"kind": "Pod", "metadata": {{"name": "cart-5d9c-9", "namespace": "shop",
    "labels": {{"app": "cart"}}, "ownerReferences": [{{"kind": "ReplicaSet", "name": "cart-5d9c", "controller": true}}]}},
    "spec": {{"containers": [{{"name": "app"}}]}}, "status": {}}})",
                                 status));
}

TEST(Endpoints, SaysOfAServiceThatServesInPartHowMuchOfItIsReady) {
  auto suffering = [](int ready, std::string_view rest) {
    sample::Cluster cluster;
    cluster.deployment("cart", {.replicas = ready}).service("cart", 80);
    one_more(cluster, rest);
    cluster.deployment("web", {.env = endpoint("CART", "http", "cart", 80)});
    return told(cluster, {log("web-5d9c-0", {"error: request to cart failed: 500"}, false)});
  };
  EXPECT_THAT(suffering(2, sample::kCrashing),
              Contains(StartsWith("warning Deployment/web dependency-down: calls cart, of whose 3 pods 2 are ready")));
  EXPECT_THAT(suffering(2, sample::kCrashing), Not(Contains(HasSubstr("which is not ready"))));
  EXPECT_THAT(suffering(0, sample::kCrashing), Contains(HasSubstr("calls cart, which is not ready")));
}

// Facts of values of the form "cart:81", of which nothing but the shape says that they are addresses.
std::vector<std::string> told_by_shape(std::vector<std::string_view> names, std::vector<LogLine> lines) {
  sample::Cluster cluster;
  cluster.deployment("cart").service("cart", 80);
  std::string env;
  for (std::string_view name : names)
    env += fmt::format(R"({}{{"name": "{}", "fact": {{"type": "endpoint", "host": "cart", "port": 81}}}})",
                       env.empty() ? "" : ",", name);
  cluster.deployment("web", {.status = sample::kCrashing, .env = env});
  return told(cluster, {log("web-5d9c-0", std::move(lines))});
}

TEST(Endpoints, AnAddressByItsShapeAloneNeedsANameOrALogThatSpeaksForIt) {
  for (std::string_view name : {"WORKER_IMAGE", "CACHE_SECONDS", "CART_IMAGE", "IMAGE"})
    EXPECT_THAT(told_by_shape({name}, {"panic: index out of range"}), Not(Contains(HasSubstr("endpoint-")))) << name;
  for (std::string_view name : {"CART_ADDR", "cartServiceHost", "UPSTREAMS", "BROKER_2", "SHOP_CART", "SERVER_ADDRESS"})
    EXPECT_THAT(told_by_shape({name}, {"panic: index out of range"}), Contains(HasSubstr("endpoint-port-mismatch")))
        << name;
  EXPECT_THAT(told_by_shape({"WORKER_IMAGE"}, {"panic: dial tcp cart:81: connect: connection refused"}),
              Contains(HasSubstr("WORKER_IMAGE points to cart:81")));
  EXPECT_THAT(told_by_shape({"WORKER_IMAGE", "CART_ADDR"}, {"panic: dial tcp cart:81: connect: connection refused"}),
              Contains(HasSubstr("CART_ADDR points to cart:81")));
}

}  // namespace
}  // namespace ai_ops::diagnosis
