#include "ai-ops/diagnosis/event_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_cluster.h"

namespace ai_ops::diagnosis {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Said {
  std::string_view reason, at, message = "";
};

// The messages of the failures that still stand; `said` in any order.
std::vector<std::string> standing(std::span<const Step> steps, const std::vector<Said>& said) {
  sample::Cluster sample;
  sample.add(R"({"kind": "Pod", "metadata": {"name": "web", "namespace": "shop"}})");
  for (std::size_t i = 0; i < said.size(); ++i)
    sample.event(fmt::format("e{}", i), "web", said[i].reason, said[i].message, said[i].at);
  Cluster cluster(sample.snapshot());
  std::vector<std::string> out;
  for (const ObjectView& event :
       standing_failures(cluster.events_about(*sample.snapshot().find("Pod", "shop", "web")), steps))
    out.emplace_back(event.root()["message"].text());
  return out;
}

constexpr std::array kMounts{kMounting};
constexpr std::array kAttaches{kAttaching};
constexpr std::array kCreations{kCreatingPods};

TEST(EventHistory, WhatWentOnSinceIsOver) {
  EXPECT_THAT(standing(kMounts, {{"FailedMount", "2026-01-02T11:50:00Z", "old"},
                                 {"Pulled", "2026-01-02T11:55:00Z"},
                                 {"FailedMount", "2026-01-02T11:56:00Z", "again"},
                                 {"FailedMount", "2026-01-02T11:57:00Z", "and again"},
                                 {"Scheduled", "2026-01-02T11:58:00Z"}}),
              ElementsAre("and again", "again"));
}

TEST(EventHistory, AnAttachedVolumeEndsItsOwnFailuresOnly) {
  std::vector<Said> said{{"FailedAttachVolume", "2026-01-02T11:50:00Z", R"(error for volume \"a\")"},
                         {"FailedAttachVolume", "2026-01-02T11:51:00Z", R"(error for volume \"b\")"},
                         {"SuccessfulAttachVolume", "2026-01-02T11:52:00Z", R"(succeeded for volume \"a\")"}};
  EXPECT_THAT(standing(kAttaches, said), ElementsAre(R"(error for volume "b")"));
  said.push_back({"Pulling", "2026-01-02T11:53:00Z", R"(Pulling image \"b\")"});
  EXPECT_THAT(standing(kAttaches, said), IsEmpty()) << "a pod pulls its images when all its volumes are there";
}

TEST(EventHistory, OfOneSecondTheLaterStepIsTheLastWordButABatchEndsWithItsFailure) {
  constexpr std::string_view kAt = "2026-01-02T11:50:00Z";
  EXPECT_THAT(standing(kMounts, {{"Pulling", kAt}, {"FailedMount", kAt, "no"}}), IsEmpty());
  EXPECT_THAT(standing(kMounts, {{"FailedMount", kAt, "no"}, {"Pulling", kAt}}), IsEmpty());
  EXPECT_THAT(standing(kCreations, {{"SuccessfulCreate", kAt}, {"FailedCreate", kAt, "no"}}), ElementsAre("no"));
  EXPECT_THAT(standing(kCreations, {{"FailedCreate", kAt, "no"}, {"SuccessfulCreate", kAt}}), ElementsAre("no"));
}

TEST(EventHistory, WhatHasNoTimeIsTakenInItsOrder) {
  EXPECT_THAT(standing(kMounts, {{"FailedMount", "", "no"}, {"Pulling", "2026-01-02T11:50:00Z"}}), IsEmpty());
  EXPECT_THAT(standing(kMounts, {{"FailedMount", "2026-01-02T11:50:00Z", "no"}, {"Pulling", ""}}), ElementsAre("no"));
}

}  // namespace
}  // namespace ai_ops::diagnosis
