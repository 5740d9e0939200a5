#include "ai-ops/diagnosis/container.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_cluster.h"

namespace ai_ops::diagnosis {
namespace {

TEST(Container, KnowsWhatPartItHasInItsPod) {
  json::Value pod = sample::parsed(R"({"kind": "Pod", "metadata": {"name": "web", "namespace": "shop"},
    "spec": {"initContainers": [{"name": "migrate"}, {"name": "proxy", "restartPolicy": "Always"}],
             "containers": [{"name": "app", "restartPolicy": "Always"}]},
    "status": {"initContainerStatuses": [{"name": "migrate"}, {"name": "proxy"}, {"name": "unseen"}],
               "containerStatuses": [{"name": "app"}]}})");
  auto containers = containers_of(ObjectView(pod));
  std::vector<std::pair<std::string, Container::Role>> roles;
  for (const Container& container : containers) roles.emplace_back(container.name, container.role);
  using enum Container::Role;
  EXPECT_THAT(roles, testing::ElementsAre(std::pair("migrate", init), std::pair("proxy", sidecar),
                                          std::pair("unseen", init), std::pair("app", main)));
}

}  // namespace
}  // namespace ai_ops::diagnosis
