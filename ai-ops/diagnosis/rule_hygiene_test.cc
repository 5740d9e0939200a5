#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::Runs;
using sample::told;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::string storage_class(std::string_view name, std::string_view is_default) {
  return fmt::format(R"({{"kind": "StorageClass", "metadata": {{"name": "{}",
    "annotations": {{"storageclass.kubernetes.io/is-default-class": "{}"}}}}}})",
                     name, is_default);
}

TEST(Hygiene, TellsTwoDefaultStorageClasses) {
  sample::Cluster cluster, fine;
  cluster.add(storage_class("a", "true")).add(storage_class("b", "true")).add(storage_class("c", "false"));
  fine.add(storage_class("a", "true")).add(storage_class("b", "false"));
  EXPECT_THAT(told(cluster),
              ElementsAre("warning StorageClass/a several-default-classes: is not the only default storage "
                          "class: so is b"));
  EXPECT_THAT(told(fine), IsEmpty());
}

TEST(Hygiene, TellsAPrivilegedContainerOutsideTheSystem) {
  auto with = [](const char* project, const char* privileged) {
    sample::Cluster cluster;
    cluster.deployment("agent",
                       {.project = project,
                        .more_container = fmt::format(R"(, "securityContext": {{"privileged": {}}})", privileged)});
    return told(cluster);
  };
  EXPECT_THAT(with("shop", "true"),
              ElementsAre("info Deployment/agent runs-privileged: runs privileged: container app has "
                          "every right of its node"));
  EXPECT_THAT(with("shop", "false"), IsEmpty());
  EXPECT_THAT(with("kube-system", "true"), IsEmpty());
}

std::string config(std::string_view name, std::string_view more = "", std::string_view made = "2025-12-01T00:00:00Z") {
  return fmt::format(R"({{"kind": "ConfigMap", "metadata": {{"name": "{}", "namespace": "shop",
    "creationTimestamp": "{}"{}}}, "data": {{}}}})",
                     name, made, more);
}

const std::string kWhole = R"(, "restartPolicy": "Always", "dnsPolicy": "ClusterFirst")";

TEST(Hygiene, SaysNothingOfConfigMapsWherePodTemplatesAreSeenInPart) {
  sample::Cluster cluster;
  cluster.deployment("web", {.more_pod = kWhole}).deployment("api").add(config("old-settings"));
  EXPECT_THAT(told(cluster), IsEmpty());
}

TEST(Hygiene, TellsAConfigMapThatNoPodNames) {
  sample::Cluster cluster, fine;
  cluster.deployment("web", {.more_pod = kWhole}).add(config("old-settings"));
  EXPECT_THAT(told(cluster), ElementsAre("info ConfigMap/old-settings config-map-unused: is named by no pod"));
  fine.deployment("web",
                  {.env = R"({"name": "A", "fact": {"type": "reference", "kind": "configMapKeyRef", "name": "a"}})",
                   .more_pod = kWhole + R"(, "volumes": [{"name": "v", "configMap": {"name": "b"}}])"});
  fine.add(config("a")).add(config("b")).add(config("kube-root-ca.crt"));
  fine.add(config("dashboard", R"(, "labels": {"grafana_dashboard": "1"})"));
  fine.add(config("new", "", "2026-01-02T11:00:00Z"));
  fine.add(config("leader", R"(, "annotations": {"control-plane.alpha.kubernetes.io/leader": "x"})"));
  EXPECT_THAT(told(fine), IsEmpty());
}

TEST(Hygiene, IsBounded) {
  sample::Cluster cluster;
  cluster.deployment("web", {.more_pod = kWhole});
  for (int i = 0; i < 30; ++i) cluster.add(config(fmt::format("c{}", i)));
  EXPECT_THAT(told(cluster), SizeIs(10));
}

}  // namespace
}  // namespace ai_ops::diagnosis
