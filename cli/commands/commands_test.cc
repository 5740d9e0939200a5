// The whole program but its main: arguments in, text and exit code out, against a fake control plane.
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <sstream>

#include "cli/client/session_file.h"
#include "cli/commands/commands_lab.h"

namespace cli::commands {
namespace {

TEST_F(Commands, SigningInKeepsTheSessionAndSigningOutForgetsIt) {
  auto in = run({"login", "--user", "erin", "--password-stdin"}, "only-an-example\r\n");
  EXPECT_EQ(in.exit, 0) << in.err;
  EXPECT_EQ(in.out, "Signed in as erin at " + fake.url() + " until 2026-01-02T15:04:05.000Z\n");
  auto saved = client::load_session(file);
  ASSERT_TRUE(saved && *saved);
  EXPECT_EQ((*saved)->server, fake.url());
  EXPECT_EQ(run_at("", {"logout"}).exit, 0) << "the server is that of the session";
  EXPECT_FALSE(fs::exists(file));
  EXPECT_EQ(fake.seen().back(), "DELETE /api/v1/sessions/current ");
}

TEST_F(Commands, AWrongPasswordIsToldAndKeepsNothing) {
  auto ran = run({"login", "--user", "erin", "--password-stdin"}, "guess\n");
  EXPECT_EQ(ran.exit, 5);
  EXPECT_NE(ran.err.find("User or password is wrong."), std::string::npos) << ran.err;
  EXPECT_FALSE(fs::exists(file));
}

TEST_F(Commands, APasswordIsNeverPrinted) {
  auto ran = run({"login", "--user", "erin", "--password-stdin", "--output", "json"}, "only-an-example\n");
  EXPECT_EQ((ran.out + ran.err).find("only-an-example"), std::string::npos);
  EXPECT_EQ(ran.out, R"({"user":"erin","server":")" + fake.url() + "\",\"expires_at\":\"2026-01-02T15:04:05.000Z\"}\n");
}

TEST_F(Commands, WithoutATerminalThePasswordMustComeFromStandardInput) {
  auto ran = run({"login", "--user", "erin"}, "only-an-example\n");
  EXPECT_EQ(ran.exit, 2);
  EXPECT_NE(ran.err.find("--password-stdin"), std::string::npos);
  EXPECT_EQ(run({"login", "--user", "erin", "--password-stdin"}, "").exit, 2);
  EXPECT_TRUE(fake.seen().empty());
}

TEST_F(Commands, WrongUsageIsExitTwoAndAsksNobody) {
  for (const Arguments& arguments : {Arguments{},
                                     {"nonsense"},
                                     {"chat", "--once"},
                                     {"chat", "--once", ""},
                                     {"chat", "--conversation", "7"},
                                     {"chat", "x"},
                                     {"audit"},
                                     {"audit", "list", "--limit", "0"},
                                     {"audit", "list", "--limit", "501"},
                                     {"audit", "list", "--before", "-1"},
                                     {"--output", "yaml", "logout"},
                                     {"login"},
                                     {"chat", "--frobnicate"}}) {
    auto ran = run(arguments);
    EXPECT_EQ(ran.exit, 2) << testing::PrintToString(arguments);
    EXPECT_EQ(ran.out, "");
    EXPECT_NE(ran.err, "");
  }
  EXPECT_TRUE(fake.seen().empty());
}

TEST_F(Commands, HelpAndVersionSucceed) {
  auto help = run({"--help"});
  EXPECT_EQ(help.exit, 0);
  for (const char* word : {"login", "logout", "chat", "audit", "HKS_SERVER", "130"})
    EXPECT_NE(help.out.find(word), std::string::npos) << word;
  EXPECT_EQ(run({"--version"}).out, "hks 0.1.0\n");
  EXPECT_EQ(run({"chat", "--help"}).exit, 0);
}

TEST_F(Commands, TheExitCodeIsThatOfTheOutcome) {
  sign_in();
  fake.answer("a", outcome("answered"));
  fake.answer("e", outcome("executed"));
  fake.answer("r", outcome("refused"));
  fake.answer("w", outcome("waiting"));
  fake.answer("l", outcome("of_a_later_version"));
  fake.answer("x", ends_with("error", R"({"code":"internal","text":"It broke.","request_id":"r1"})"));
  fake.answer("cut", {{frame("turn", kTurn)}});
  for (auto [message, exit] :
       {std::pair("a", 0), {"e", 0}, {"r", 3}, {"w", 4}, {"l", 1}, {"x", 1}, {"cut", 1}, {"?", 1}})
    EXPECT_EQ(run({"chat", "--once", message}).exit, exit) << message;
}

TEST_F(Commands, OnceAsksInTheWorkspaceAndConversationThatAreNamed) {
  sign_in();
  fake.answer("hi", outcome("answered"));
  std::string conversation = "019b7d5a-0c1e-7002-8a3f-5d2c9e4b7a11";
  EXPECT_EQ(run({"chat", "--once", "hi", "--conversation", conversation, "--workspace", "other"}).exit, 0);
  EXPECT_EQ(fake.seen().back(),
            "POST /api/v1/workspaces/other/ai/chat {\"message\":\"hi\",\"conversation_id\":\"" + conversation + "\"}");
}

TEST_F(Commands, GlobalOptionsStandBeforeOrBehindTheCommand) {
  sign_in();
  fake.answer("hi", outcome("answered"));
  auto before = run({"--workspace", "shop", "--output", "json", "chat", "--once", "hi"});
  auto behind = run({"chat", "--once", "hi", "--output", "json", "--workspace", "shop"});
  EXPECT_EQ(before.out, behind.out);
  EXPECT_EQ(before.out, std::string(R"({"event":"turn",)") + (kTurn + 1) + "\n" +
                            R"({"event":"done","outcome":"answered"})" + "\n");
}

TEST_F(Commands, TheEnvironmentNamesServerWorkspaceAndFile) {
  sign_in();
  fake.answer("hi", outcome("answered"));
  ::setenv("HKS_SERVER", "http://127.0.0.1:1", 1);
  EXPECT_EQ(run_at("", {"chat", "--once", "hi"}).exit, 5) << "the token goes to no other server";
  ::setenv("HKS_SERVER", fake.url().c_str(), 1);
  ::setenv("HKS_WORKSPACE", "named", 1);
  EXPECT_EQ(run_at("", {"chat", "--once", "hi"}).exit, 0);
  EXPECT_TRUE(fake.seen().back().starts_with("POST /api/v1/workspaces/named/")) << fake.seen().back();
  ::unsetenv("HKS_SERVER");
  ::unsetenv("HKS_WORKSPACE");
}

TEST_F(Commands, TheOnlyWorkspaceIsTheDefaultAndSeveralAreListed) {
  sign_in();
  fake.answer("hi", outcome("answered"));
  EXPECT_EQ(run({"chat", "--once", "hi"}).exit, 0);
  EXPECT_TRUE(fake.seen().back().starts_with("POST /api/v1/workspaces/shop/"));
  fake.set_workspaces({"shop", "till"});
  auto several = run({"chat", "--once", "hi"});
  EXPECT_EQ(several.exit, 2);
  EXPECT_NE(several.err.find("shop, till"), std::string::npos) << several.err;
  EXPECT_NE(several.err.find("--workspace"), std::string::npos);
  EXPECT_EQ(run({"audit", "list"}).exit, 2);
  fake.set_workspaces({});
  EXPECT_EQ(run({"chat", "--once", "hi"}).exit, 1);
}

TEST_F(Commands, WithoutASessionEveryCommandSaysHowToSignIn) {
  for (Arguments arguments : {Arguments{"chat", "--once", "hi"}, {"chat"}, {"audit", "list"}, {"logout"}}) {
    auto ran = run(arguments);
    EXPECT_EQ(ran.exit, 5) << arguments.front();
    EXPECT_NE(ran.err.find("sign in: hks login"), std::string::npos) << ran.err;
  }
  EXPECT_TRUE(fake.seen().empty());
}

TEST_F(Commands, ASessionThatHasEndedIsExitFive) {
  sign_in();
  fake.end_session();
  auto ran = run({"--workspace", "shop", "chat", "--once", "hi"});
  EXPECT_EQ(ran.exit, 5);
  EXPECT_NE(ran.err.find("Sign in again."), std::string::npos) << ran.err;
  EXPECT_EQ(run({"chat"}, "hi\nagain\n").exit, 5);
  EXPECT_EQ(run({"logout"}).exit, 0) << "it is over, which was wanted";
  EXPECT_FALSE(fs::exists(file));
}

TEST_F(Commands, AServerThatDoesNotAnswerIsExitOne) {
  auto ran = run_at("http://127.0.0.1:1", {"login", "--user", "erin", "--password-stdin"}, "x\n");
  EXPECT_EQ(ran.exit, 1);
  EXPECT_NE(ran.err.find("cannot reach http://127.0.0.1:1"), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("\n     Is the control plane running there?"), std::string::npos) << ran.err;
}

TEST_F(Commands, TheAuditIsAListForPeopleAndADocumentForPrograms) {
  sign_in();
  auto text = run({"audit", "list", "--limit", "3", "--before", "414"});
  EXPECT_EQ(text.exit, 0) << text.err;
  EXPECT_EQ(fake.seen().back(), "GET /api/v1/workspaces/shop/audit?limit=3&before=414 ");
  EXPECT_NE(text.out.find("operation.intent"), std::string::npos);
  EXPECT_TRUE(text.out.ends_with(" Older ones: hks audit list --before 411\n"));
  auto document = json::parse_strict(run({"audit", "list", "--output", "json"}).out);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->as_object().size(), 2u);
  EXPECT_EQ(document->at("entries").as_array().size(), 3u);
  EXPECT_EQ(document->at("next_before"), 411);
}

TEST_F(Commands, WhatIsForbiddenIsExitThreeWithTheReason) {
  sign_in();
  auto ran = run({"audit", "list", "--workspace", "foreign"});
  EXPECT_EQ(ran.exit, 3);
  EXPECT_NE(ran.err.find("needs audit.read"), std::string::npos) << ran.err;
}

TEST_F(Commands, AConversationGoesOnOverItsMessages) {
  sign_in();
  fake.answer("one", outcome("answered"));
  fake.answer("two", outcome("refused"));
  auto ran = run({"--workspace", "shop", "chat"}, "one\n\n  \n/help\n/nonsense\ntwo\n");
  EXPECT_EQ(ran.exit, 3) << "the last answer of messages from a pipe";
  EXPECT_EQ(
      fake.seen().back(),
      R"(POST /api/v1/workspaces/shop/ai/chat {"message":"two","conversation_id":"019b7d5a-0c1e-7002-8a3f-5d2c9e4b7a10"})");
  EXPECT_NE(ran.out.find("/quit"), std::string::npos);
  EXPECT_NE(ran.err.find("there is no /nonsense"), std::string::npos);
  EXPECT_EQ(ran.out.find("shop>"), std::string::npos) << "nobody sees a prompt in a pipe";
  EXPECT_EQ(fake.seen().size(), 3u) << "signing in and two messages";
}

TEST_F(Commands, ThePromptNamesTheWorkspaceAndItsEndIsSuccess) {
  sign_in();
  fake.answer("no", outcome("refused"));
  auto plain = run({"chat"}, "no\n", {.reads = true, .writes = true});
  EXPECT_EQ(plain.exit, 0);
  EXPECT_EQ(plain.out, "shop>  Refused. Nothing was changed.\nshop> \n");
  auto colour = run({"chat"}, "/quit\n", {.reads = true, .writes = true, .look = {.color = true, .columns = 80}});
  EXPECT_EQ(colour.out, "\x1b[1mshop ❯\x1b[0m ");
  EXPECT_EQ(colour.exit, 0);
}

TEST_F(Commands, CtrlCStopsTheAnswerAndClosesTheConnection) {
  sign_in();
  fake.answer("slow", {{frame("turn", kTurn), frame("delta", R"({"text":"half an answer"})")}, true});
  fake.when_hanging([] { ::kill(::getpid(), SIGINT); });
  auto ran = run({"--workspace", "shop", "chat", "--once", "slow"});
  EXPECT_EQ(ran.exit, 130);
  EXPECT_NE(ran.err.find("stopped"), std::string::npos) << ran.err;
  EXPECT_TRUE(fake.was_cut());
}

TEST_F(Commands, CtrlCDuringAnAnswerReturnsToThePrompt) {
  sign_in();
  fake.answer("slow", {{frame("turn", kTurn)}, true});
  fake.answer("next", outcome("executed"));
  fake.when_hanging([] { ::kill(::getpid(), SIGINT); });
  auto ran = run({"chat"}, "slow\nnext\n", {.reads = true, .writes = true});
  EXPECT_EQ(ran.exit, 0);
  EXPECT_TRUE(fake.was_cut());
  EXPECT_TRUE(ran.out.ends_with("shop>  Done.\nshop> \n")) << ran.out;
}

TEST_F(Commands, AClosedOutputEndsTheChat) {
  sign_in();
  fake.answer("hi", outcome("answered"));
  std::istringstream in;
  std::ostringstream out, err;
  out.setstate(std::ios::badbit);
  Shell shell{in, out, err, {}};
  EXPECT_EQ(run_program({"--server", fake.url(), "--session-file", file.string(), "chat", "--once", "hi"}, shell), 1);
  EXPECT_NE(err.str().find("the output is closed"), std::string::npos);
}

TEST(Exit, EveryErrorHasAnExitCode) {
  using foundation::Code;
  for (auto [code, exit] : {std::pair(Code::unauthenticated, Exit::not_signed_in),
                            {Code::denied, Exit::refused},
                            {Code::cancelled, Exit::interrupted},
                            {Code::unavailable, Exit::failed},
                            {Code::deadline, Exit::failed},
                            {Code::internal, Exit::failed},
                            {Code::io, Exit::failed}})
    EXPECT_EQ(exit_of(foundation::Error{code, "try", "why"}), exit) << to_string(code);
}

TEST(Exit, OnlyDoneCanSucceed) {
  EXPECT_EQ(exit_of(events::Event{"done", {{"outcome", "executed"}}}), Exit::done);
  EXPECT_EQ(exit_of(events::Event{"error", {{"outcome", "executed"}}}), Exit::failed);
  EXPECT_EQ(exit_of(events::Event{"done", {}}), Exit::failed);
  EXPECT_EQ(exit_of(events::Event{"done", {{"outcome", 0}}}), Exit::failed);
}

}  // namespace
}  // namespace cli::commands
