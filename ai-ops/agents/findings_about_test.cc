#include "ai-ops/agents/findings_about.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ai_ops::agents {
namespace {

using diagnosis::Finding;
using diagnosis::ObjectRef;
using testing::ElementsAre;
using testing::IsEmpty;

Finding finding(std::string id, ObjectRef object, std::vector<std::string> causes = {}) {
  Finding made;
  made.id = std::move(id);
  made.object = std::move(object);
  made.causes = std::move(causes);
  return made;
}

// A node under a shop's database, under two of its clients; and somebody else's trouble.
std::vector<Finding> all() {
  return {finding("F1", {"Node", "", "node-1", ""}), finding("F2", {"StatefulSet", "data", "db", ""}, {"F1"}),
          finding("F3", {"Deployment", "shop", "web", ""}, {"F2"}),
          finding("F4", {"Deployment", "shop", "cart", ""}, {"F2"}), finding("F5", {"Deployment", "lab", "toy", ""})};
}
std::vector<std::string> ids(const std::vector<ObjectRef>& subjects, std::string_view project) {
  std::vector<std::string> out;
  for (const Finding& one : findings_about(all(), subjects, project)) out.push_back(one.id);
  return out;
}

TEST(FindingsAbout, NothingInParticularIsEverything) {
  EXPECT_THAT(ids({}, ""), ElementsAre("F1", "F2", "F3", "F4", "F5"));
}

TEST(FindingsAbout, AProjectComesWithItsCausesOutsideOfIt) {
  EXPECT_THAT(ids({}, "shop"), ElementsAre("F1", "F2", "F3", "F4"));
  EXPECT_THAT(ids({}, "lab"), ElementsAre("F5"));
  EXPECT_THAT(ids({}, "elsewhere"), IsEmpty());
}

TEST(FindingsAbout, SubjectsComeWithTheirCausesAndOutrankTheProject) {
  EXPECT_THAT(ids({{"Deployment", "shop", "web", ""}}, "lab"), ElementsAre("F1", "F2", "F3"));
  EXPECT_THAT(ids({{"Deployment", "shop", "cart", ""}, {"Deployment", "lab", "toy", ""}}, ""),
              ElementsAre("F1", "F2", "F4", "F5"));
}

}  // namespace
}  // namespace ai_ops::agents
