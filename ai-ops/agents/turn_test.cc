#include "ai-ops/agents/turn.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "ai-ops/agents/turn_player.h"

namespace ai_ops::agents {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

reader::OperationWanted scale(std::string name, int replicas) {
  return {"scale", {{"project", "shop"}, {"kind", "Deployment"}, {"name", name}, {"replicas", replicas}}};
}

OperationAnswered problem(int status, std::string detail) {
  return {status, json::Object{{"status", status}, {"detail", std::move(detail)}}};
}

const OperationAnswered kExecuted{200, json::Object{{"state", "executed"}}};

Played play_commands(std::vector<reader::OperationWanted> commands, std::vector<OperationAnswered> answers) {
  Shell shell{.snapshot = fail(Code::unavailable, "snapshot"), .operations = std::move(answers)};
  return Player({.message = "m", .commands = std::move(commands), .budget = {}}, std::move(shell)).play();
}

TEST(Turn, SaysThatNothingIsWrongAndWhatWasChecked) {
  Played played = play("what is wrong?", over(healthy_shop()));
  EXPECT_THAT(played.steps, ElementsAre("FetchSnapshot", "ShowAgent workloads", "Say", "Finish"));
  EXPECT_EQ(played.said, "Nothing is wrong. Checked: 2 workloads, 4 pods, 2 services, 2 nodes.");
}

TEST(Turn, SaysWhenItHadNoTimeToLookAtEverything) {
  Budget hurried{.diagnosis_time = foundation::Milliseconds(0)};
  for (const char* question : {"what is wrong?", "show web"}) {
    Played played = Player({.message = question, .commands = {}, .budget = hurried}, over(healthy_shop())).play();
    EXPECT_THAT(played.said, testing::ContainsRegex("^I could not look at everything, something may be missing: "
                                                    "[0-9]+ checks did not end.\n"))
        << question;
  }
}

TEST(Turn, CountsProblemsAndCausesAndShowsFindingsBeforeItSpeaks) {
  Shell shell = over(broken_shop());
  shell.logs = {{{"shop", "cart-5d9c-0", "app", false}, {"POST http://checkout:8080 failed: connection refused"}}};
  Played played = play("what is wrong?", shell);
  EXPECT_THAT(played.steps,
              ElementsAre("FetchSnapshot", "ShowAgent workloads", "FetchLogs 2", "ShowFindings 4", "Say", "Finish"));
  EXPECT_EQ(played.said,
            "3 problems, 2 causes\n"
            "checkout 0/3 ready: crashes at start: DATABASE_URL points to postgres.shop:5433, the Service listens on "
            "5432\n"
            "report 0/1 ready: asks for 64 CPU, the largest node has 8\n"
            "cart 1/1 ready: calls checkout, which is not ready (because of checkout)");
}

TEST(Turn, LooksAtOneProjectWhenAskedTo) {
  sample::Cluster cluster = broken_shop();
  cluster.deployment("web", {.project = "stage"});
  EXPECT_EQ(play("what is wrong in stage?", over(cluster)).said,
            "Nothing is wrong in stage. Checked: 1 workload, 1 pod.");
  EXPECT_THAT(play("what is wrong in shop?", over(cluster)).said, StartsWith("2 problems, 2 causes in shop\n"));
}

TEST(Turn, TellsWhyOneWorkloadFails) {
  Played played = play("why is checkout failing?", over(broken_shop()));
  EXPECT_THAT(played.steps, testing::Contains("ShowFindings 2"));
  EXPECT_EQ(played.said,
            "checkout 0/3 ready: crashes at start: DATABASE_URL points to postgres.shop:5433, the Service listens on "
            "5432");
}

TEST(Turn, TellsThatTheWorkloadAskedAboutIsWell) {
  Played played = play("why is web failing?", over(broken_shop()));
  EXPECT_EQ(played.said, "Nothing is wrong. Checked: web 3/3 ready.");
  EXPECT_TRUE(played.findings.empty());
}

TEST(Turn, DoesNotAnswerAboutSomethingElse) {
  EXPECT_EQ(play("why is frobnicator failing?", over(broken_shop())).said, "I see nothing called frobnicator.");
}

TEST(Turn, AnswersStatusFromTheSnapshot) {
  Played played = play("show web", over(healthy_shop()));
  EXPECT_THAT(played.steps, ElementsAre("FetchSnapshot", "ShowAgent workloads", "Say", "Finish"));
  EXPECT_EQ(played.said, "web: 3 replicas, 3 ready, image shop/web:1");
  EXPECT_EQ(play("service postgres", over(healthy_shop())).said, "postgres: listens on 5432, 1 ready endpoint");
  EXPECT_EQ(play("describe node n1", over(healthy_shop())).said, "n1: not ready, 8 CPU, 16Gi of memory");
  EXPECT_EQ(play("list deployments", over(healthy_shop())).said,
            "2 of kind Deployment:\n  postgres: 1 replica, 1 ready, image shop/postgres:1\n"
            "  web: 3 replicas, 3 ready, image shop/web:1");
  EXPECT_THAT(play("show checkout", over(broken_shop())).said, HasSubstr("\n  crashes at start"));
}

TEST(Turn, ReadsTheEventsOfAWorkloadAndItsPods) {
  auto event = [](std::string_view pod, std::string_view message, std::string_view at) {
    return json::Object{{"type", "Warning"},
                        {"reason", "BackOff"},
                        {"count", 6},
                        {"message", message},
                        {"involvedObject", {{"kind", "Pod"}, {"namespace", "shop"}, {"name", pod}}},
                        {"lastTimestamp", at}};
  };
  Shell shell = over(broken_shop());
  shell.tool = json::Value(
      json::Object{{"items", json::Array{event("checkout-5d9c-0", "older", "2026-01-02T11:00:00Z"),
                                         event("web-5d9c-0", "of another", "2026-01-02T11:59:00Z"),
                                         event("checkout-gone-1", "\x1b[2J newer", "2026-01-02T11:59:00Z")}}});
  Played played = play("what happened to checkout?", shell);
  EXPECT_THAT(played.steps, testing::Contains("CallTool t1 list_events"));
  EXPECT_EQ(json::to_text(played.arguments.at(0)), R"({"limit":100,"project":"shop"})");
  EXPECT_EQ(played.said,
            "Events about checkout, newest first:\n"
            "  60 s ago  Warning BackOff on Pod checkout-gone-1 (6 times): [2J newer\n"
            "  60 min ago  Warning BackOff on Pod checkout-5d9c-0 (6 times): older");
}

TEST(Turn, ReadsTheLogOfTheRunThatCrashed) {
  Shell shell = over(broken_shop());
  shell.tool = json::Value(json::Object{{"lines", json::Array{"starting", "connection refused\x1b[31m"}}});
  Played played = play("show me the logs of checkout", shell);
  EXPECT_EQ(json::to_text(played.arguments.at(0)),
            R"({"project":"shop","pod":"checkout-5d9c-0","tail_lines":20,"container":"app","previous":true})");
  EXPECT_EQ(played.said, "Last 2 lines of checkout-5d9c-0/app (its last run):\n  starting\n  connection refused[31m");
}

TEST(Turn, AsksWhoseLogs) { EXPECT_THAT(play("logs", over(broken_shop())).said, StartsWith("Whose logs?")); }

TEST(Turn, RequestsWhatItReadItself) {
  Shell shell = over(healthy_shop());
  shell.operations = {kExecuted};
  Played played = play("could you double web", shell);
  EXPECT_THAT(played.steps,
              ElementsAre("FetchSnapshot", "ShowAgent operations", "RequestOperation o1 scale", "Say", "Finish"));
  EXPECT_EQ(json::to_text(played.arguments.at(0)),
            R"({"project":"shop","kind":"Deployment","name":"web","replicas":6})");
  EXPECT_EQ(played.said, "web is set to 6 replicas.");
}

TEST(Turn, AsksForWhatAChangeLacks) {
  Played played = play("scale web", over(healthy_shop()));
  EXPECT_THAT(played.steps, ElementsAre("FetchSnapshot", "ShowAgent operations", "Say", "Finish"));
  EXPECT_EQ(played.said, "To how many replicas? web has 3 now. Nothing was changed.");
}

TEST(Turn, TakesTheControlPlanesCommandsInsteadOfItsOwnReading) {
  Played played = play_commands({scale("web", 5)}, {kExecuted});
  EXPECT_THAT(played.steps, ElementsAre("ShowAgent operations", "RequestOperation o1 scale", "Say", "Finish"));
  EXPECT_EQ(played.said, "web is set to 5 replicas.");
}

TEST(Turn, ARefusedCommandDoesNotStopIndependentOnes) {
  Played played = play_commands({scale("web", 5), scale("cart", 2)},
                                {problem(403, "You may not scale workloads in project shop."), kExecuted});
  EXPECT_EQ(played.said,
            "You may not scale workloads in project shop. Nothing was changed.\ncart is set to 2 replicas.");
}

TEST(Turn, ACommandIsNotAskedForWhenTheOneBeforeItOnTheSameObjectFailed) {
  reader::OperationWanted restart{"restart", {{"project", "shop"}, {"kind", "Deployment"}, {"name", "web"}}};
  Played played = play_commands({scale("web", 5), restart, scale("cart", 1)}, {problem(409, "It moved."), kExecuted});
  EXPECT_THAT(played.steps, ElementsAre("ShowAgent operations", "RequestOperation o1 scale", "Say", "Say",
                                        "RequestOperation o3 scale", "Say", "Finish"));
  EXPECT_THAT(played.said, HasSubstr("I have not asked to restart web, since the step before it did not go through."));
  EXPECT_THAT(played.said, EndsWith("cart is set to 1 replica."));
}

TEST(Turn, TellsEveryAnswerOfTheControlPlane) {
  struct Row {
    OperationAnswered answer;
    std::string_view said;
  };
  const Row rows[] = {
      {{200, json::Object{{"state", "already_so"}}}, "web already has 5 replicas."},
      {{202, json::Object{{"reason", {{"code", "not_commanded"}, {"text", "you did not say so in plain words"}}}}},
       "This waits for an approval: scale web to 5 replicas. You did not say so in plain words. Nothing has been "
       "changed "
       "yet."},
      {{202, nullptr}, "This waits for an approval: scale web to 5 replicas. Nothing has been changed yet."},
      {problem(403,
               "You may not scale workloads in project shop (needs workloads.scale; your role there: viewer). "
               "Nothing was changed."),
       "You may not scale workloads in project shop (needs workloads.scale; your role there: viewer). Nothing was "
       "changed."},
      {{403, nullptr}, "You may not do this. Nothing was changed."},
      {problem(422, "an autoscaler owns its replicas"),
       "I could not scale web to 5 replicas: an autoscaler owns its replicas. Nothing was changed."},
      {problem(409, "the object moved"), "I could not scale web to 5 replicas: the object moved. Nothing was changed."},
      {problem(503, "the cluster is away"), "I could not scale web to 5 replicas: the cluster is away."},
      {problem(504, "no answer in 10 s"),
       "I could not scale web to 5 replicas: no answer in 10 s. It is not known "
       "whether it took effect: look before trying again."},
      {{500, nullptr},
       "I could not scale web to 5 replicas: the control plane failed. It is not known whether it took "
       "effect: look before trying again."},
      {{0, nullptr},
       "I could not scale web to 5 replicas: the control plane did not answer. It is not known whether it "
       "took effect: look before trying again."},
  };
  for (const Row& row : rows)
    EXPECT_EQ(play_commands({scale("web", 5)}, {row.answer}).said, row.said) << row.answer.status;
}

TEST(Turn, RequestsNoMoreOperationsThanItsBudget) {
  std::vector<reader::OperationWanted> many;
  for (int i = 0; i < 9; ++i) many.push_back(scale(fmt::format("w{}", i), 2));
  Played played = play_commands(many, {kExecuted});
  EXPECT_EQ(played.arguments.size(), 5u);
  EXPECT_THAT(played.said, EndsWith("I have not asked for the rest: 5 operations are the most for one message."));
}

TEST(Turn, HelpsAlsoWithoutASnapshot) {
  Shell shell{.snapshot = fail(Code::unavailable, "read the snapshot", "connection refused")};
  EXPECT_THAT(play("help", shell).said, HasSubstr("what is wrong?"));
  EXPECT_EQ(play("what is wrong?", shell).said,
            "I could not read your workspace: read the snapshot: connection refused. Nothing was changed. Please try "
            "again.");
  EXPECT_THAT(play("what is wrong?", {.snapshot = std::shared_ptr<const Snapshot>()}).said,
              StartsWith("I could not read your workspace"));
}

TEST(Turn, AdmitsThatItDidNotUnderstand) {
  EXPECT_THAT(play("tell me a joke", over(healthy_shop())).said,
              StartsWith("I did not understand that, so I did nothing."));
}

constexpr std::string_view kMessages[] = {"what is wrong?",
                                          "why is checkout failing?",
                                          "show web",
                                          "what happened to checkout?",
                                          "logs of checkout",
                                          "scale web to 5",
                                          "scale web",
                                          "scale web to 5 and restart cart",
                                          "help",
                                          "hello there",
                                          "why is x failing",
                                          "list pods"};

TEST(Turn, EndsWithASentenceWhateverStepFails) {
  for (std::string_view message : kMessages) {
    for (int fail_at = 0; fail_at < 12; ++fail_at) {
      Shell shell = over(broken_shop());
      shell.operations = {kExecuted};
      Played played = Player({.message = std::string(message), .commands = {}, .budget = {}}, shell).play(fail_at);
      EXPECT_EQ(played.steps.back(), "Finish") << message << fail_at;
      EXPECT_THAT(played.said, Not(testing::IsEmpty())) << message << fail_at;
      EXPECT_THAT(played.said, Not(HasSubstr("{"))) << message << fail_at;
    }
  }
}

TEST(Turn, EndsWithASentenceWhateverItsBudget) {
  for (std::string_view message : kMessages) {
    for (int steps = 0; steps < 12; ++steps) {
      Shell shell = over(broken_shop());
      shell.operations = {kExecuted};
      Budget budget{.steps = steps, .tool_calls = 0, .operations = 1};
      Played played = play(std::string(message), shell, budget);
      EXPECT_EQ(played.steps.back(), "Finish");
      EXPECT_THAT(played.said, Not(testing::IsEmpty())) << message << steps;
      EXPECT_LE(played.steps.size(), std::max<std::size_t>(static_cast<std::size_t>(steps), 2) + 2) << message << steps;
    }
  }
}

TEST(Turn, TakesAnyToolAnswer) {
  for (std::string_view text :
       {"null", "[]", "7", R"({"lines": 3})", R"({"items": [null, 3, {}]})", R"([null, "x"])"}) {
    for (std::string_view message : {"logs of checkout", "events of checkout", "events"}) {
      Shell shell = over(broken_shop());
      shell.tool = sample::parsed(text);
      EXPECT_EQ(play(std::string(message), shell).steps.back(), "Finish") << text;
    }
  }
}

TEST(TurnDeathTest, AnAnswerToAnotherStepIsABrokenInvariant) {
  EXPECT_DEATH(
      {
        Turn turn({.message = "help", .commands = {}, .budget = {}});
        turn.resume(Started{});
        turn.resume(LogsFetched{});
      },
      "");
}

TEST(Specialists, EveryIntentHasExactlyOneAndUnknownsGoToTheFirst) {
  using reader::Intent;
  for (Intent intent : {Intent::overview, Intent::diagnose, Intent::status, Intent::events, Intent::logs,
                        Intent::operate, Intent::help, Intent::unknown}) {
    auto takes = [&](const Specialist& s) { return std::ranges::count(s.intents, intent); };
    std::ptrdiff_t takers = 0;
    for (const Specialist& row : specialists()) takers += takes(row);
    EXPECT_EQ(takers, 1) << reader::to_string(intent);
    reader::Reading reading;
    reading.intent = intent;
    EXPECT_EQ(takes(*choose(reading)), 1);
  }
  EXPECT_EQ(choose(reader::Reading{})->name, "workloads");
}

TEST(Specialists, MayOnlyCallToolsThatExist) {
  for (const Specialist& row : specialists())
    for (std::string_view tool : row.tools)
      EXPECT_TRUE(tool == "get_object" || tool == "list_events" || tool == "get_logs") << tool;
}

}  // namespace
}  // namespace ai_ops::agents
