// The chat at a prompt, against a fake control plane; a person's keys are lines here.
#include <signal.h>
#include <unistd.h>

#include "cli/commands/commands_lab.h"
#include "cli/commands/live_names.h"

namespace cli::commands {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr Terminal kPerson{.reads = true, .writes = true};
constexpr Terminal kScreen{.reads = true, .writes = true, .look = {.color = false, .columns = 80}};
const std::string kShop = "/api/v1/workspaces/shop";
const std::string kApproval = kShop + "/approvals/019b7d5a-0c1e-7003-8a3f-5d2c9e4b7a10";
const std::string kOperation = kShop + "/operations/019b7d5a-0c1e-7004-8a3f-5d2c9e4b7a10";

struct Prompt : Commands {
  Prompt() {
    sign_in();
    fake.answer("double web",
                {{frame("turn", kTurn),
                  frame("proposal", R"({"approval_id":"019b7d5a-0c1e-7003-8a3f-5d2c9e4b7a10","operation":"scale",)"
                                    R"("arguments":{"kind":"Deployment","name":"harmless"},"diff":"+ harmless: 1\n"})"),
                  frame("done", R"({"outcome":"waiting"})")}});
    fake.answer("scale web to 6",
                {{frame("turn", kTurn),
                  frame("operation", R"({"operation_id":"019b7d5a-0c1e-7004-8a3f-5d2c9e4b7a10","operation":"scale",)"
                                     R"("state":"executed","target":{"name":"web"},"before":{"replicas":3},)"
                                     R"("after":{"replicas":6},"undoable":true})"),
                  frame("done", R"({"outcome":"executed"})")}});
    fake.answer("yes", outcome("answered"));
  }
  std::string chat(const std::string& typed, Terminal terminal = kPerson) {
    auto ran = run({"chat"}, typed, terminal);
    EXPECT_EQ(ran.exit, 0);
    err = ran.err;
    return ran.out;
  }
  std::vector<std::string> posted() const {
    std::vector<std::string> found;
    for (const auto& request : fake.seen())
      if (request.starts_with("POST " + kShop)) found.push_back(request.substr(5 + kShop.size()));
    return found;
  }
  std::string err;
};

TEST_F(Prompt, AProposalIsShownFromTheApprovalsRouteAndRunByY) {
  auto out = chat("double web\ny\n");
  EXPECT_THAT(out, HasSubstr("Proposal, not run yet: scale Deployment web in shop\n   - replicas: 3\n"));
  EXPECT_THAT(out, HasSubstr("[y] run  [n] leave  [d] details > "));
  EXPECT_THAT(out, HasSubstr("✓ web  3 → 6 replicas"));
  EXPECT_THAT(out, Not(HasSubstr("harmless"))) << "a stream is no ground for a decision";
  EXPECT_EQ(posted().size(), 2u);
}

TEST_F(Prompt, AProposalThatIsLeftRunsNothing) {
  EXPECT_THAT(chat("double web\nn\n"), HasSubstr("Left as it is; it waits."));
  EXPECT_EQ(posted().size(), 1u);
}

TEST_F(Prompt, YesInTheChatIsAMessageAndApprovesNothing) {
  chat("double web\nn\nyes\n");
  EXPECT_THAT(posted(), ElementsAre(HasSubstr("double web"), HasSubstr(R"(/ai/chat {"message":"yes")")));
}

TEST_F(Prompt, AnApprovalThatCannotBeReadIsToldAndNothingIsAsked) {
  fake.reply("GET " + kApproval, {{404, FakeControlPlane::example("problem.not_found.json")}});
  auto out = chat("double web\n/quit\n");
  EXPECT_THAT(out, Not(HasSubstr("[y]")));
  EXPECT_THAT(err, HasSubstr("cannot read approval"));
}

TEST_F(Prompt, AChangeIsFollowedUntilItHasSettled) {
  fake.reply("GET " + kOperation, {{200, FakeControlPlane::example("operation_record.following.json")},
                                   {200, FakeControlPlane::example("operation_record.settled.json")}});
  auto out = chat("scale web to 6\n", kScreen);
  EXPECT_THAT(out, HasSubstr("\r\x1b[2K   web is rolling out, "));
  EXPECT_THAT(out, HasSubstr("\r\x1b[2K   ready after 1 s   undo: /undo\n"));
}

TEST_F(Prompt, WhatHasNothingToFollowIsNotFollowed) {
  auto record = json::parse_strict(FakeControlPlane::example("operation_record.settled.json"));
  record->as_object()["readiness"] = nullptr;
  fake.reply("GET " + kOperation, {{200, json::to_text(*record)}});
  EXPECT_TRUE(chat("scale web to 6\n/quit\n").ends_with("op 019b7d5a-0c1e…\nshop> "));
}

TEST_F(Prompt, CtrlCLeavesARolloutThatGoesOn) {
  fake.reply("GET " + kOperation, {{200, FakeControlPlane::example("operation_record.following.json")}});
  fake.when_asked("GET " + kOperation, [asked = 0]() mutable {
    if (++asked == 2) ::kill(::getpid(), SIGINT);
  });
  auto out = chat("scale web to 6\nyes\n", kScreen);
  EXPECT_THAT(out, HasSubstr("it goes on, /operations shows it"));
  EXPECT_THAT(posted().back(), HasSubstr("yes")) << "the conversation goes on too";
}

TEST_F(Prompt, UndoTakesTheLastChangeOfTheConversation) {
  auto out = chat("/undo\nscale web to 6\n/undo\n/undo\n");
  EXPECT_THAT(out, HasSubstr("Nothing in this conversation can be undone"));
  EXPECT_THAT(out, HasSubstr("✓ web  6 → 3 replicas"));
  EXPECT_THAT(posted(), ElementsAre(HasSubstr("scale web"), HasSubstr("7004-8a3f-5d2c9e4b7a10/undo")));
  EXPECT_THAT(chat("/undo 019b7d5a-0c1e-7004\n"), HasSubstr("6 → 3 replicas"));
}

TEST_F(Prompt, AnUndoThatNeedsAnotherPersonIsShownAndWaits) {
  auto approval = json::parse_strict(FakeControlPlane::example("approval.open.json"));
  approval->as_object()["may_decide"] = false;
  fake.reply("GET " + kApproval, {{200, json::to_text(*approval)}});
  fake.reply("POST " + kOperation + "/undo", {{202, FakeControlPlane::example("undo.waiting.json")}});
  auto out = chat("scale web to 6\n/undo\n");
  EXPECT_THAT(out, HasSubstr("Proposal, not run yet"));
  EXPECT_THAT(out, HasSubstr("not for you to approve; it waits for somebody else"));
}

TEST_F(Prompt, AnApprovedChangeCanBeUndoneToo) {
  chat("double web\ny\n/undo\n");
  EXPECT_THAT(posted().back(), HasSubstr("/undo"));
}

TEST_F(Prompt, WhatWaitsCanBeListedApprovedAndRejected) {
  auto out = chat("/approvals\n/approve\n");
  EXPECT_THAT(out, HasSubstr("scale Deployment/cart: 2 → 0 replicas"));
  EXPECT_THAT(err, HasSubstr("2 wait; /approvals lists them"));
  auto page = json::parse_strict(FakeControlPlane::example("approvals.reply.json"));
  page->as_object()["approvals"].as_array().pop_back();
  fake.reply("GET " + kShop + "/approvals", {{200, json::to_text(*page)}});
  EXPECT_THAT(chat("/approve\ny\n"), HasSubstr("✓ web  3 → 6 replicas"));
  fake.reply("POST " + kApproval + "/decision", {{200, FakeControlPlane::example("decision.rejected.json")}});
  EXPECT_THAT(chat("/reject 019b7d5a-0c\n"), HasSubstr("Rejected: scale Deployment/web"));
  fake.reply("GET " + kShop + "/approvals", {{200, R"({"approvals":[]})"}});
  chat("/approve\n");
  EXPECT_THAT(err, HasSubstr("nothing waits for an approval"));
}

TEST_F(Prompt, HelpOperationsWorkspaceAndQuit) {
  fake.set_workspaces({"shop", "till"});
  auto ran = run({"--workspace", "shop", "chat"},
                 "/help\n/operations\n/workspace\n/workspace nowhere\n/workspace till\n"
                 "yes\n/quit\nyes\n",
                 kPerson);
  for (const char* word : {"/approve [ID]", "/undo [ID]", "/quit", "scale Deployment/web: executed", "till  demo"})
    EXPECT_THAT(ran.out, HasSubstr(word));
  EXPECT_THAT(ran.err, HasSubstr("you have none of that name"));
  EXPECT_TRUE(fake.seen().back().starts_with("POST /api/v1/workspaces/till/ai/chat")) << fake.seen().back();
  EXPECT_THAT(ran.out, HasSubstr("till> "));
}

TEST_F(Prompt, AWorkspaceBeginsAConversationOfItsOwn) {
  run({"chat"}, "yes\n/workspace shop\nyes\n", kPerson);
  EXPECT_EQ(fake.seen().back(), "POST " + kShop + R"(/ai/chat {"message":"yes"})");
}

TEST_F(Prompt, APipeIsNotAskedAndNotFollowed) {
  auto ran = run({"chat"}, "double web\ny\n");
  EXPECT_THAT(ran.out, Not(HasSubstr("[y]")));
  EXPECT_EQ(posted().size(), 2u) << "y was a message";
  auto changed = run({"chat"}, "scale web to 6\n");
  EXPECT_EQ(changed.out, " ✓ web  3 → 6 replicas   op 019b7d5a-0c1e…\n");
  EXPECT_TRUE(fake.seen().back().starts_with("POST"));
}

struct Names : Commands {
  Names() { sign_in(); }
  std::vector<std::string> offered(std::string before, std::string word) {
    std::istringstream in;
    std::ostringstream out, errors;
    Shell shell{in, out, errors, {}};
    shell.settings.server = fake.url();
    shell.settings.session_file = file;
    std::vector<std::string> found;
    in_workspace(shell, [&](Visit& visit) {
      LiveNames names(visit);
      found = names.complete(before, word);
      for (int i = 0; i < 3; ++i) EXPECT_EQ(names.complete(before, word), found);
      return Exit::done;
    });
    return found;
  }
};

TEST_F(Names, AreLiveAndAskedForOnceInAWhile) {
  EXPECT_THAT(offered("scale ", "w"), ElementsAre("web", "web-7d9f6c5b8-x2x4k", "postgres"));
  int asked = 0;
  for (const auto& request : fake.seen()) asked += request == "GET " + kShop + "/names ";
  EXPECT_EQ(asked, 1);
}

TEST_F(Names, AreOfTheAlphabetOfNames) {
  fake.reply("GET " + kShop + "/names",
             {{200, R"({"names":[{"name":"web"},{"name":"a b"},{"name":"\u001b[2J"},{}]})"}});
  EXPECT_THAT(offered("", "w"), ElementsAre("web", ""));
  fake.reply("GET " + kShop + "/names", {{503, "{}"}});
  EXPECT_THAT(offered("", "w"), ElementsAre());
}

TEST_F(Names, ASlashOffersCommandsAndWorkspaceOffersWorkspaces) {
  EXPECT_THAT(offered("", "/app"), testing::Contains("/approve"));
  fake.set_workspaces({"shop"});
  EXPECT_THAT(offered("/workspace ", ""), ElementsAre("shop"));
}

}  // namespace
}  // namespace cli::commands
