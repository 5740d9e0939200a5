#include "ai-ops/diagnose/changes.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ai_ops::diagnose {
namespace {

using diagnosis::Finding;
using diagnosis::Severity;
using testing::ElementsAre;
using testing::IsEmpty;

Finding finding(std::string id, std::string name, std::string fault, std::string title = "t",
                std::vector<std::string> causes = {}, Severity severity = Severity::critical) {
  Finding out;
  out.id = std::move(id);
  out.severity = severity;
  out.object = {"Deployment", "shop", std::move(name), ""};
  out.fault = std::move(fault);
  out.title = std::move(title);
  out.causes = std::move(causes);
  return out;
}

std::vector<std::string> told(const std::vector<Finding>& before, const std::vector<Finding>& after) {
  std::vector<std::string> out;
  for (const Change& change : changes_between(before, after))
    out.push_back(fmt::format("{} {} {}", to_string(change.kind), change.finding->object.name, change.finding->fault));
  return out;
}

TEST(Changes, WhatComesAndWhatGoes) {
  EXPECT_THAT(told({finding("F1", "web", "crash"), finding("F2", "db", "crash")},
                   {finding("F1", "api", "crash"), finding("F2", "web", "crash"), finding("F3", "web", "slow")}),
              ElementsAre("resolved db crash", "new api crash", "new web slow"));
}

TEST(Changes, OtherWordsOrNumbersAreNone) {
  EXPECT_THAT(told({finding("F1", "web", "crash", "6 restarts")}, {finding("F4", "web", "crash", "7 restarts")}),
              IsEmpty());
  Finding remade = finding("F1", "web", "crash");
  remade.object.uid = "another";
  EXPECT_THAT(told({finding("F1", "web", "crash")}, {remade}), IsEmpty());
}

TEST(Changes, AnotherSeverityOrAnotherCauseIsOne) {
  EXPECT_THAT(told({finding("F1", "web", "crash", "t", {}, Severity::warning)}, {finding("F1", "web", "crash")}),
              ElementsAre("changed web crash"));
  Finding db = finding("F1", "db", "crash");
  EXPECT_THAT(told({db, finding("F2", "web", "crash")}, {db, finding("F2", "web", "crash", "t", {"F1"})}),
              ElementsAre("changed web crash"));
  Finding later = finding("F3", "db", "crash");
  EXPECT_THAT(
      told({db, finding("F2", "web", "crash", "t", {"F1"})}, {finding("F2", "web", "crash", "t", {"F3"}), later}),
      IsEmpty())
      << "ids are those of one look";
}

TEST(Changes, OfTwoContainersWithOneFaultOneMayGo) {
  std::vector<Finding> both{finding("F1", "web", "crash", "app"), finding("F2", "web", "crash", "sidecar")};
  EXPECT_THAT(told(both, {finding("F1", "web", "crash", "app")}), ElementsAre("resolved web crash"));
}

}  // namespace
}  // namespace ai_ops::diagnose
