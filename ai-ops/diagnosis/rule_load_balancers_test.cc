#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::told;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

sample::Cluster& balancer(sample::Cluster& cluster, std::string_view name, std::string_view ingress,
                          std::string_view made = "2026-01-01T00:00:00Z") {
  return cluster.add(fmt::format(R"({{"kind": "Service", "metadata": {{"name": "{}", "namespace": "shop",
    "creationTimestamp": "{}"}}, "spec": {{"type": "LoadBalancer", "ports": [{{"port": 80}}]}},
    "status": {{"loadBalancer": {{{}}}}}}})",
                                 name, made, ingress));
}

constexpr std::string_view kAddress = R"("ingress": [{"ip": "192.0.2.7"}])";

TEST(LoadBalancers, WithoutAnyControllerItIsInfo) {
  sample::Cluster cluster;
  balancer(cluster, "web", "");
  EXPECT_THAT(told(cluster),
              ElementsAre("info Service/web load-balancer-pending: has no address from outside: no Service "
                          "has one: nothing seems to make load balancers here"));
}

TEST(LoadBalancers, IsAWarningWhereOthersGetOneOrTheControllerFails) {
  sample::Cluster others, failing;
  balancer(others, "api", kAddress);
  balancer(others, "web", "");
  balancer(failing, "web", "");
  failing.event_about("Service", "web", "e1", "SyncLoadBalancerFailed", "quota of addresses exceeded");
  EXPECT_THAT(told(others), ElementsAre(HasSubstr("warning Service/web load-balancer-pending: has no address from "
                                                  "outside: Service api has got one")));
  EXPECT_THAT(told(failing), ElementsAre(HasSubstr("quota of addresses exceeded")));
}

TEST(LoadBalancers, ThatAreNewOrHaveTheirAddressByNowAreFine) {
  sample::Cluster young, healed, unseen;
  balancer(young, "web", "", "2026-01-02T11:58:00Z");
  balancer(healed, "web", kAddress);
  healed.event_about("Service", "web", "e1", "SyncLoadBalancerFailed", "quota of addresses exceeded");
  unseen.add(R"({"kind": "Service", "metadata": {"name": "web", "namespace": "shop",
    "creationTimestamp": "2026-01-01T00:00:00Z"}, "spec": {"type": "LoadBalancer"}})");
  EXPECT_THAT(told(young), IsEmpty());
  EXPECT_THAT(told(healed), IsEmpty());
  EXPECT_THAT(told(unseen), IsEmpty());
}

}  // namespace
}  // namespace ai_ops::diagnosis
