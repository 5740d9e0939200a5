// Approvals, operations and undo, against a fake control plane.
#include <signal.h>

#include <fstream>

#include "cli/commands/commands_lab.h"
#include "cli/commands/ids.h"
#include "cli/commands/unattended.h"
#include "foundation/json/view.h"

namespace cli::commands {
namespace {

using foundation::Code;
using foundation::json::View;
using testing::HasSubstr;
using testing::Not;

constexpr Terminal kPerson{.reads = true, .writes = true};
const std::string kId = "019b7d5a-0c1e-7003-8a3f-5d2c9e4b7a10";
const std::string kOperationId = "019b7d5a-0c1e-7004-8a3f-5d2c9e4b7a10";
const std::string kShop = "/api/v1/workspaces/shop";
const std::string kDecision = "POST " + kShop + "/approvals/" + kId + "/decision";
const std::string kHash = "sha256:17d245ce9d81b4073c881ad6f5a13769f6fe1f0641c724ba4e176976c1cd83e0";

// An answer whose stream lies about what waits: only its id is the control plane's.
FakeControlPlane::Answer proposes(std::vector<std::string> ids) {
  FakeControlPlane::Answer answer{{frame("turn", kTurn)}};
  for (const auto& id : ids)
    answer.frames.push_back(
        frame("proposal", R"({"approval_id":")" + id +
                              R"(","operation":"scale","arguments":{"kind":"Deployment","name":"harmless"},)"
                              R"("diff":"+ harmless: 1\n","risk":"low","reason":{"text":"harmless"}})"));
  answer.frames.push_back(frame("done", R"({"outcome":"waiting"})"));
  return answer;
}

struct Decisions : Commands {
  Decisions() { sign_in(); }
  int count(const std::string& begin) const {
    int found = 0;
    for (const auto& request : fake.seen()) found += request.starts_with(begin);
    return found;
  }
  // The open approval of the contract with another member.
  void show(std::string member, json::Value value) {
    auto approval = json::parse_strict(FakeControlPlane::example("approval.open.json"));
    approval->as_object()[member] = std::move(value);
    fake.reply("GET " + kShop + "/approvals/" + kId, {{200, json::to_text(*approval)}});
  }
};

TEST_F(Decisions, ApprovalsAreAListForPeopleAndADocumentForPrograms) {
  auto text = run({"approvals"});
  EXPECT_EQ(text.exit, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("019b7d5a-0c1e…  scale Deployment/web: 3 → 6 replicas"));
  EXPECT_THAT(text.out, HasSubstr("expires 2026-01-02 03:19:05 UTC\n"));
  EXPECT_THAT(text.out, HasSubstr("not for you to approve"));
  EXPECT_EQ(run({"approvals", "list"}).out, text.out);
  auto document = json::parse_strict(run({"approvals", "--output", "json"}).out);
  ASSERT_TRUE(document);
  EXPECT_EQ(*document, *json::parse_strict(FakeControlPlane::example("approvals.reply.json")));
  fake.reply("GET " + kShop + "/approvals", {{200, R"({"approvals":[]})"}});
  EXPECT_EQ(run({"approvals"}).out, " Nothing waits for an approval.\n");
}

TEST_F(Decisions, AnApprovalIsNamedByAnyBeginningThatFitsOneOnly) {
  for (const std::string& typed : {kId, std::string("019b7d5a-0"), std::string("019b7d5a-0c1e…")}) {
    auto shown = run({"approvals", "show", typed});
    EXPECT_EQ(shown.exit, 0) << typed << shown.err;
    EXPECT_THAT(shown.out, HasSubstr("scale Deployment web in shop"));
    EXPECT_THAT(shown.out, HasSubstr(kHash));
  }
  auto several = run({"approvals", "show", "019b"});
  EXPECT_EQ(several.exit, 1);
  EXPECT_THAT(several.err, HasSubstr("several begin so: " + kId));
  EXPECT_THAT(run({"approvals", "show", "ff"}).err, HasSubstr("none here begins so"));
  EXPECT_EQ(run({"approvals", "show"}).exit, 2);
}

TEST_F(Decisions, ApprovingInAPipeNeedsYes) {
  auto ran = run({"approvals", "approve", kId}, "y\n");
  EXPECT_EQ(ran.exit, 2);
  EXPECT_THAT(ran.err, HasSubstr("--yes"));
  EXPECT_EQ(count("POST " + kShop), 0);
  auto yes = run({"approvals", "approve", kId, "--yes"});
  EXPECT_EQ(yes.exit, 0) << yes.err;
  EXPECT_EQ(fake.seen().back(), kDecision + R"( {"decision":"approve","op_hash":")" + kHash + "\"}");
  EXPECT_LT(yes.out.find("+ replicas: 6"), yes.out.find("✓ web  3 → 6 replicas")) << "shown before it is done";
}

TEST_F(Decisions, APersonIsShownTheControlPlanesRenderingBeforeTheQuestion) {
  auto ran = run({"approvals", "approve", "019b7d5a-0"}, "what?\nd\ny\n", kPerson);
  EXPECT_EQ(ran.exit, 0) << ran.err;
  auto question = ran.out.find("[y] run  [n] leave  [d] details");
  ASSERT_NE(question, std::string::npos) << ran.out;
  EXPECT_LT(ran.out.find("+ replicas: 6"), question);
  EXPECT_GT(ran.out.find("sha256:17d2"), question) << "a detail";
  EXPECT_EQ(count(kDecision), 1);
}

TEST_F(Decisions, WhatIsNotAnsweredWithYesIsLeft) {
  for (std::string answer : {"n\n", "\n", ""}) {
    auto ran = run({"approvals", "approve", kId}, answer, kPerson);
    EXPECT_EQ(ran.exit, 4) << answer;
    EXPECT_THAT(ran.out, HasSubstr("Left as it is; it waits."));
  }
  EXPECT_EQ(count(kDecision), 0);
}

TEST_F(Decisions, WhoMayNotDecideIsNotAsked) {
  show("may_decide", false);
  auto ran = run({"approvals", "approve", kId}, "y\n", kPerson);
  EXPECT_EQ(ran.exit, 4);
  EXPECT_THAT(ran.out, HasSubstr("not for you to approve"));
  EXPECT_THAT(ran.out, Not(HasSubstr("[y]")));
  show("state", "expired");
  EXPECT_EQ(run({"approvals", "approve", kId}, "y\n", kPerson).exit, 1);
  EXPECT_EQ(count(kDecision), 0);
}

TEST_F(Decisions, ARefusedDecisionSaysWhyWithItsExitCode) {
  struct Row {
    int status;
    const char* example;
    int exit;
    const char* says;
  };
  for (const Row& row : {Row{403, "decision.other_person_needed.json", 3, "needs the approval of another person"},
                         Row{409, "decision.approval_void.json", 1, "web has changed since"},
                         Row{422, "scale.guard_refused.json", 3, "HorizontalPodAutoscaler web"},
                         Row{502, "scale.cluster_refused.json", 1, "a policy allows at most 4"},
                         Row{504, "scale.outcome_unknown.json", 1, "Look at web before trying again"}}) {
    fake.reply(kDecision, {{row.status, FakeControlPlane::example(row.example)}});
    auto ran = run({"approvals", "approve", kId, "--yes"});
    EXPECT_EQ(ran.exit, row.exit) << row.example;
    EXPECT_THAT(ran.err, HasSubstr(row.says));
    EXPECT_THAT(ran.out, Not(HasSubstr("✓")));
  }
}

TEST_F(Decisions, RejectingSaysSo) {
  fake.reply(kDecision, {{200, FakeControlPlane::example("decision.rejected.json")}});
  auto ran = run({"approvals", "reject", kId});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(ran.out, " Rejected: scale Deployment/web. Nothing was changed.\n");
  EXPECT_EQ(fake.seen().back(), kDecision + R"( {"decision":"reject","op_hash":")" + kHash + "\"}");
}

TEST_F(Decisions, OperationsAreListedAndShown) {
  auto text = run({"operations", "--limit", "3"});
  EXPECT_EQ(run({"operations", "list", "--limit", "3"}).out, text.out);
  EXPECT_EQ(fake.seen().back(), "GET " + kShop + "/operations?limit=3 ");
  EXPECT_THAT(text.out, HasSubstr("✓ 019b7d5a-0c1e-7004…  scale Deployment/web: executed, 3 → 6 replicas"));
  EXPECT_THAT(text.out, HasSubstr("rolling out, can be undone\n"));
  EXPECT_THAT(text.out, HasSubstr("refused, HorizontalPodAutoscaler payments-api"));
  auto one = run({"operations", "show", kOperationId});
  EXPECT_THAT(one.out, HasSubstr("ready · operation " + kOperationId));
  EXPECT_EQ(run({"operations", "show", "019b7d5a-0c1e-7004"}).out, one.out);
}

TEST_F(Decisions, UndoSaysWhatItPutBackOrWhyNot) {
  auto ran = run({"undo", "019b7d5a-0c1e-7004"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("✓ web  6 → 3 replicas"));
  EXPECT_EQ(fake.seen().back(), "POST " + kShop + "/operations/" + kOperationId + "/undo ");
  fake.reply("POST " + kShop + "/operations/" + kOperationId + "/undo",
             {{409, FakeControlPlane::example("undo.conflict.json")}});
  auto late = run({"undo", kOperationId});
  EXPECT_EQ(late.exit, 1);
  EXPECT_THAT(late.err, HasSubstr("replicas of web is 7; the operation left 6"));
  EXPECT_EQ(run({"undo"}).exit, 2);
}

TEST_F(Decisions, AnUndoThatNeedsAnotherPersonWaits) {
  fake.reply("POST " + kShop + "/operations/" + kOperationId + "/undo",
             {{202, FakeControlPlane::example("undo.waiting.json")}});
  auto ran = run({"undo", kOperationId});
  EXPECT_EQ(ran.exit, 4) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("Proposal, not run yet: scale Deployment web in shop"));
  EXPECT_THAT(run({"undo", kOperationId, "--output", "json"}).out, HasSubstr(R"({"approval_id":")" + kId));
}

TEST_F(Decisions, TheAuditsChainIsVerified) {
  auto good = run({"audit", "verify"});
  EXPECT_EQ(good.exit, 0) << good.err;
  EXPECT_THAT(good.out, HasSubstr("✓ The chain of the audit holds: 413 entries"));
  fake.reply("GET " + kShop + "/audit/verification",
             {{200, FakeControlPlane::example("audit_verification.broken.json")}});
  auto bad = run({"audit", "verify"});
  EXPECT_EQ(bad.exit, 1) << "a script watches for it";
  EXPECT_EQ(bad.out, " ✗ The chain of the audit does not hold. Entry 412: does not name the entry before it\n");
}

// ---- --approve

TEST_F(Decisions, APreapprovalRunsTheOneProposalThatMatches) {
  fake.answer("double web", proposes({kId}));
  auto ran = run({"chat", "--once", "double web", "--approve", "scale:Deployment/web"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(fake.seen().back(),
            kDecision + R"( {"decision":"approve","op_hash":")" + kHash + R"(","unattended":true})");
  EXPECT_LT(ran.out.find("+ replicas: 6"), ran.out.find("✓ web  3 → 6 replicas"));
  EXPECT_THAT(ran.out, Not(HasSubstr("harmless"))) << "what is printed is of the approvals route";
}

TEST_F(Decisions, WithoutAPreapprovalAProposalWaits) {
  fake.answer("double web", proposes({kId}));
  EXPECT_EQ(run({"chat", "--once", "double web"}).exit, 4);
  EXPECT_EQ(run({"chat", "--once", "double web"}, "y\n", kPerson).exit, 4) << "--once asks nobody";
  EXPECT_EQ(count(kDecision), 0);
}

TEST_F(Decisions, APreapprovalOfSomethingElseApprovesNothing) {
  fake.answer("double web", proposes({kId}));
  for (const char* other : {"scale:Deployment/web2", "restart:Deployment/web", "scale:StatefulSet/web",
                            "scale:Deployment/harmless", "scale:deployment/web"}) {
    auto ran = run({"chat", "--once", "double web", "--approve", other});
    EXPECT_EQ(ran.exit, 4) << other;
    EXPECT_THAT(ran.err, HasSubstr("no proposal of this answer matches"));
  }
  for (const char* malformed : {"web", "scale:web", "scale/Deployment:web", ":Deployment/web", "scale:/web"})
    EXPECT_EQ(run({"chat", "--once", "double web", "--approve", malformed}).exit, 2) << malformed;
  EXPECT_EQ(count(kDecision), 0);
}

TEST_F(Decisions, AHighRiskIsNeverApprovedUnattended) {
  fake.answer("stop web", proposes({kId}));
  for (const char* risk : {"high", "of_a_later_version"}) {
    show("risk", risk);
    auto ran = run({"chat", "--once", "stop web", "--approve", "scale:Deployment/web"});
    EXPECT_EQ(ran.exit, 4);
    EXPECT_THAT(ran.err, HasSubstr("a person has to look at it"));
  }
  EXPECT_EQ(count(kDecision), 0);
}

TEST_F(Decisions, TwoThatMatchAreBothLeft) {
  const std::string other = "019b7d5a-0c1e-7005-8a3f-5d2c9e4b7a10";
  fake.reply("GET " + kShop + "/approvals/" + other, {{200, FakeControlPlane::example("approval.open.json")}});
  fake.answer("double web", proposes({kId, other}));
  auto ran = run({"chat", "--once", "double web", "--approve", "scale:Deployment/web"});
  EXPECT_EQ(ran.exit, 4);
  EXPECT_THAT(ran.err, HasSubstr("several proposals match; none was approved"));
  EXPECT_EQ(count(kDecision), 0);
}

TEST_F(Decisions, APreapprovalIsUsedOnceAndWhatElseWaitsIsExitFour) {
  auto cart = json::parse_strict(FakeControlPlane::example("approval.open.json"));
  cart->as_object()["target"].as_object()["name"] = "cart";
  const std::string other = "019b7d5a-0c1e-7005-8a3f-5d2c9e4b7a10";
  fake.reply("GET " + kShop + "/approvals/" + other, {{200, json::to_text(*cart)}});
  fake.answer("both", proposes({kId, other}));
  EXPECT_EQ(run({"chat", "--once", "both", "--approve", "scale:Deployment/web"}).exit, 4) << "cart still waits";
  EXPECT_EQ(count(kDecision), 1);
  fake.answer("double web", proposes({kId}));
  auto twice = run({"chat", "--approve", "scale:Deployment/web"}, "double web\ndouble web\n");
  EXPECT_EQ(twice.exit, 4) << "the second one waits";
  EXPECT_EQ(count(kDecision), 2);
}

TEST_F(Decisions, AnUnattendedRefusalIsExitThree) {
  fake.answer("double web", proposes({kId}));
  fake.reply(kDecision, {{403, R"({"code":"denied","detail":"d","reason":{"code":"unattended_forbidden",)"
                               R"("text":"Policy wants a person to look at it."}})"}});
  auto ran = run({"chat", "--once", "double web", "--approve", "scale:Deployment/web"});
  EXPECT_EQ(ran.exit, 3);
  EXPECT_THAT(ran.err, HasSubstr("Policy wants a person"));
}

TEST_F(Decisions, ForProgramsAPreapprovalIsTwoMoreEvents) {
  fake.answer("double web", proposes({kId}));
  auto ran = run({"chat", "--once", "double web", "--approve", "scale:Deployment/web", "--output", "json"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  std::vector<std::string> names;
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);) {
    auto event = events::from_line(line);
    ASSERT_TRUE(event) << line;
    names.push_back(event->name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"turn", "proposal", "done", "approval", "operation"}));
}

TEST_F(Decisions, AtAPromptAPreapprovalIsWrongUsage) {
  EXPECT_EQ(run({"chat", "--approve", "scale:Deployment/web"}, "", kPerson).exit, 2);
}

TEST(UniqueId, AnIdThatBeginsAnotherIsStillItself) {
  auto items = json::parse_strict(R"([{"id":"ab"},{"id":"abc"},{"id":"b"},{}])");
  EXPECT_EQ(unique_id("x", "ab", View(*items), "id"), "ab");
  EXPECT_EQ(unique_id("x", "b", View(*items), "id"), "b");
  EXPECT_EQ(unique_id("x", "a", View(*items), "id").error().code, Code::invalid);
  EXPECT_EQ(unique_id("x", "", View(*items), "id").error().code, Code::not_found);
}

}  // namespace
}  // namespace cli::commands
