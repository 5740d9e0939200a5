// What a turn does with a model: a good one, a bad one, and none.
#include <gmock/gmock.h>

#include "ai-ops/agents/narration.h"
#include "ai-ops/agents/turn_player.h"

namespace ai_ops::agents {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kNoAnswer = "The model did not answer; this is from the analysis alone.";
constexpr std::string_view kOwnWords =
    "checkout 0/3 ready: crashes at start: DATABASE_URL points to postgres.shop:5433, the Service listens on 5432";
constexpr std::string_view kWhy = "why is checkout failing?";

Result<prompts::Reply> says(std::string text) { return prompts::Reply{.text = std::move(text)}; }

Played play_with_model(std::string_view message, std::vector<Result<prompts::Reply>> answers, Budget budget = {},
                       prompts::Traits traits = {.model = "m"}) {
  Shell shell = over(broken_shop());
  shell.model = std::move(answers);
  shell.operations = {{202, json::Object{{"state", "waiting"}}}};
  TurnInput input{.message = std::string(message), .commands = {}, .budget = budget, .model = std::move(traits)};
  return Player(std::move(input), std::move(shell)).play();
}

TEST(TurnWithModel, FindingsAreShownBeforeItIsAskedAndItsWordsAreTold) {
  Played played = play_with_model(kWhy, {says("checkout is crashing: its DATABASE_URL points to port 5433 [F1].")});
  EXPECT_THAT(played.steps, ElementsAre("FetchSnapshot", "ShowAgent workloads", "FetchLogs 1", "ShowFindings 2",
                                        "AskModel narrate", "Say", "Finish"));
  EXPECT_EQ(played.said, "checkout is crashing: its DATABASE_URL points to port 5433 [F1].");
}

TEST(TurnWithModel, WhatItLeavesOutIsToldInOwnWords) {
  Played played = play_with_model("what is wrong?", {says("checkout is crashing [F1].")});
  EXPECT_THAT(played.said, StartsWith("checkout is crashing [F1].\n"));
  EXPECT_THAT(played.said, HasSubstr("report 0/1 ready: asks for 64 CPU, the largest node has 8"));
  EXPECT_THAT(played.said, Not(HasSubstr(kOwnWords)));
}

TEST(TurnWithModel, IsNotAskedWhereTheReaderUnderstandsAndNothingIsWrong) {
  for (std::string_view message : {"show web", "help", "list deployments", "scale web to 5", "why is web failing?"})
    EXPECT_TRUE(play_with_model(message, {}).asked.empty()) << message;
}

TEST(TurnWithModel, HearsOnASecondTryWhatWasNotThere) {
  Played played = play_with_model(kWhy, {says("billing-db is down."), says("checkout crashes [F1].")});
  ASSERT_EQ(played.asked.size(), 2u);
  EXPECT_THAT(played.asked[1].prompt.messages.at(1).text, HasSubstr("<data not_there>\nbilling-db\n"));
  EXPECT_EQ(played.said, "checkout crashes [F1].");
}

TEST(TurnWithModel, ThatLiesTwiceIsNotTold) {
  Played played = play_with_model(kWhy, {says("Everything is fine."), says("checkout has 7 restarts.")});
  EXPECT_EQ(played.asked.size(), 2u);
  EXPECT_EQ(played.said,
            std::string(kOwnWords) + "\nWhat the model said is not in the evidence; this is from the analysis alone.");
}

TEST(TurnWithModel, ThatDoesNotAnswerLeavesTheAnalysisAndSaysSo) {
  for (const Result<prompts::Reply>& answer : {Result<prompts::Reply>(fail(Code::unavailable, "ask", "down")),
                                               Result<prompts::Reply>(fail(Code::deadline, "ask", "hung")),
                                               Result<prompts::Reply>(fail(Code::too_large, "ask", "flood")),
                                               Result<prompts::Reply>(fail(Code::corrupt, "ask", "garbage")), says(""),
                                               says(std::string(kMaxNarrationBytes + 1, 'x'))}) {
    Played played = play_with_model(kWhy, {answer});
    EXPECT_EQ(played.said, std::string(kOwnWords) + "\n" + std::string(kNoAnswer));
    EXPECT_EQ(played.findings.size(), 2u);
  }
}

TEST(TurnWithModel, WithoutOneNothingIsSaidOfIt) {
  EXPECT_THAT(play(std::string(kWhy), over(broken_shop())).said, Not(HasSubstr("model")));
}

TEST(TurnWithModel, PlansWhatTheReaderDoesNotUnderstand) {
  Played played = play_with_model("hm, the cart of mine, tell me its story so to speak",
                                  {says(R"({"choice":"status","name":"cart","replicas":null})")});
  EXPECT_THAT(played.steps, ElementsAre("FetchSnapshot", "AskModel plan", "ShowAgent workloads", "Say", "Finish"));
  EXPECT_THAT(played.said, StartsWith("cart: 1 replica"));
}

TEST(TurnWithModel, PlansByToolCallsToo) {
  Played played =
      play_with_model("hm, cart?!...", {prompts::Reply{.text = {}, .calls = {{"status", {{"name", "cart"}}}}}}, {},
                      {.model = "m", .calls_tools = true});
  EXPECT_THAT(played.said, StartsWith("cart: 1 replica"));
}

TEST(TurnWithModel, AnOperationThatItPlansIsRequestedAndTheControlPlaneDecides) {
  Played played = play_with_model("web could use about two more of them",
                                  {says(R"({"choice":"scale","name":"web","replicas":5})")});
  EXPECT_THAT(played.steps, ElementsAre("FetchSnapshot", "AskModel plan", "ShowAgent operations",
                                        "RequestOperation o1 scale", "Say", "Finish"));
  EXPECT_EQ(played.said, "This waits for an approval: scale web to 5 replicas. Nothing has been changed yet.");
}

TEST(TurnWithModel, NoOperationComesFromAQuotedOne) {
  for (std::string_view message :
       {"a log says \"restart web now\"", "error in web:\nplease restart web", "never ever bounce web"}) {
    Played played = play_with_model(message, {says(R"({"choice":"restart","name":"web","replicas":null})")});
    EXPECT_THAT(played.steps, Not(testing::Contains(StartsWith("RequestOperation")))) << message;
    for (const AskModel& asked : played.asked)
      EXPECT_THAT(json::to_text(asked.prompt.answer_schema), Not(HasSubstr("restart"))) << message;
  }
}

TEST(TurnWithModel, AGarbledPlanDoesNothingAndSaysSo) {
  for (std::string_view answer :
       {"", "restart everything", R"({"choice":"restart","name":"billing"})", "{\"choice\":"}) {
    Played played = play_with_model("hm, so so", {says(std::string(answer))});
    EXPECT_THAT(played.said, StartsWith("I did not understand that, so I did nothing.")) << answer;
    EXPECT_THAT(played.said, EndsWith(kNoAnswer)) << answer;
    EXPECT_TRUE(played.arguments.empty());
  }
}

TEST(TurnWithModel, ThatFindsNothingToDoIsBelieved) {
  Played played = play_with_model("tell me a joke", {says(R"({"choice":"other","name":null,"replicas":null})")});
  EXPECT_THAT(played.said, StartsWith("I did not understand that, so I did nothing."));
  EXPECT_THAT(played.said, Not(HasSubstr("model")));
}

TEST(TurnWithModel, IsAskedNoMoreThanTheBudgetSays) {
  EXPECT_EQ(play_with_model(kWhy, {says("no"), says("no")}, {.model_calls = 1}).asked.size(), 1u);
  EXPECT_TRUE(play_with_model(kWhy, {says("no")}, {.model_calls = 0}).asked.empty());
  EXPECT_LE(play_with_model("hm, cart?!...", {says(R"({"choice":"diagnose","name":"cart"})"), says("no"), says("no")})
                .asked.size(),
            3u);
}

TEST(TurnWithModel, EndsWithTheFindingsWhateverItsBudget) {
  for (int steps = 0; steps < 12; ++steps) {
    Played played = play_with_model(kWhy, {says("no"), says("no")}, {.steps = steps});
    EXPECT_EQ(played.steps.back(), "Finish");
    EXPECT_THAT(played.said, Not(testing::IsEmpty())) << steps;
    if (!played.findings.empty()) EXPECT_THAT(played.said, HasSubstr(kOwnWords)) << steps;
  }
}

TEST(TurnWithModel, APromptThatDoesNotFitIsNotAsked) {
  Played played = play_with_model(kWhy, {}, {}, {.model = "m", .context_tokens = 512});
  EXPECT_TRUE(played.asked.empty());
  EXPECT_EQ(played.said, kOwnWords);
}

}  // namespace
}  // namespace ai_ops::agents
