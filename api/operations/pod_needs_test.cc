#include "api/operations/pod_needs.h"

#include <gtest/gtest.h>

namespace api::operations {
namespace {

json::Object container(const char* request, const char* limit = nullptr) {
  json::Object resources{{"requests", {{"cpu", request}}}};
  if (limit != nullptr) resources["limits"] = {{"cpu", limit}};
  return {{"resources", resources}};
}

TEST(PodNeeds, ContainersAddUp) {
  json::Value spec = {{"containers", json::Array{container("500m"), container("1"), json::Object{{"name", "bare"}}}}};
  EXPECT_EQ(pod_needs_milli(spec, "requests.cpu"), 1500);
  EXPECT_EQ(pod_needs_milli(spec, "cpu"), 1500);
  EXPECT_EQ(pod_needs_milli(spec, "limits.cpu"), 0);
  EXPECT_EQ(pod_needs_milli(spec, "pods"), 1000);
  EXPECT_EQ(pod_needs_milli(spec, "services"), 0);
}

TEST(PodNeeds, TheLargestInitContainerCountsWhenItIsLarger) {
  json::Value spec = {{"containers", json::Array{container("1")}},
                      {"initContainers", json::Array{container("3"), container("2")}}};
  EXPECT_EQ(pod_needs_milli(spec, "requests.cpu"), 3000);
}

TEST(PodNeeds, ASidecarRunsBesideBoth) {
  json::Object sidecar = container("500m");
  sidecar["restartPolicy"] = "Always";
  json::Value spec = {{"containers", json::Array{container("1")}},
                      {"initContainers", json::Array{sidecar, container("2")}}};
  EXPECT_EQ(pod_needs_milli(spec, "requests.cpu"), 2500);
  spec.as_object()["overhead"] = {{"cpu", "250m"}};
  EXPECT_EQ(pod_needs_milli(spec, "requests.cpu"), 2750);
}

TEST(PodNeeds, NumbersAreQuantitiesTooAndRubbishIsNothing) {
  json::Value spec = {{"containers", json::Array{json::Object{{"resources", {{"requests", {{"cpu", 2}}}}}},
                                                 container("much"), container("-1")}}};
  EXPECT_EQ(pod_needs_milli(spec, "requests.cpu"), 2000);
  EXPECT_EQ(pod_needs_milli(json::Value(), "requests.cpu"), 0);
}

}  // namespace
}  // namespace api::operations
