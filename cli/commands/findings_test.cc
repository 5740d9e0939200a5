// `hks findings`, against a fake control plane.
#include <algorithm>

#include "cli/commands/commands_lab.h"

namespace cli::commands {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string kFindings = "/api/v1/workspaces/shop/findings";

struct FindingsCommand : Commands {
  void SetUp() override {
    Commands::SetUp();
    sign_in();
    fake.reply("GET " + kFindings, {{200, FakeControlPlane::example("findings.reply.json")}});
  }
};

TEST_F(FindingsCommand, TellsEachOnOneLineAndWhatWasChecked) {
  auto ran = run({"findings"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.out, StartsWith(" ● checkout   crashes at start: DATABASE_URL points to postgres.shop:5433"));
  EXPECT_THAT(ran.out, HasSubstr("└─ ◐ cart   calls checkout, which has no ready pod\n"));
  EXPECT_THAT(ran.out, HasSubstr("\n 2 findings in 84 objects, 9 workloads.\n"));
  EXPECT_THAT(ran.out, HasSubstr(" Not looked at: log of cart-6c5d7f9b4-9k2vw/cart: You may not read logs here.\n"));
  EXPECT_THAT(ran.out, Not(HasSubstr("E1")));
  EXPECT_EQ(std::ranges::count(ran.out, '\n'), 4);
  EXPECT_EQ(fake.seen().back(), "GET " + kFindings + " ");
}

TEST_F(FindingsCommand, TellsTheEvidenceWhenAsked) {
  EXPECT_THAT(run({"findings", "--evidence"}).out, HasSubstr("├─ Service/postgres spec.ports[0].port   5432   [E2]\n"));
}

TEST_F(FindingsCommand, IsOneDocumentForAProgram) {
  auto ran = run({"findings", "--output", "json"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(json::parse_strict(ran.out).value(),
            json::parse_strict(FakeControlPlane::example("findings.reply.json")).value());
}

TEST_F(FindingsCommand, NothingFoundIsAnAnswerToo) {
  fake.reply("GET " + kFindings, {{200, FakeControlPlane::example("findings.healthy.json")}});
  auto ran = run({"findings"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(ran.out, " 0 findings in 84 objects, 9 workloads.\n");
}

TEST_F(FindingsCommand, AsksForWhatIsWanted) {
  EXPECT_EQ(run({"findings", "Deployment/web", "--project", "shop", "--severity", "critical"}).exit, 0);
  EXPECT_EQ(fake.seen().back(), "GET " + kFindings + "?project=shop&object=Deployment%2Fweb&severity=critical ");
}

TEST_F(FindingsCommand, WrongOptionsAreWrongUsage) {
  EXPECT_EQ(run({"findings", "web"}).exit, 2);
  EXPECT_EQ(run({"findings", "--severity", "bad"}).exit, 2);
}

TEST_F(FindingsCommand, AnAdvisorThatIsAwayIsToldAndFails) {
  fake.reply("GET " + kFindings, {{503, FakeControlPlane::example("problem.cluster_unavailable.json")}});
  auto ran = run({"findings"});
  EXPECT_EQ(ran.exit, 1);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("find what is wrong in workspace shop"));
}

}  // namespace
}  // namespace cli::commands
