#include "ai-ops/agents/reported_speech.h"

#include <gtest/gtest.h>

#include "ai-ops/agents/model_plan.h"
#include "ai-ops/diagnosis/sample_cluster.h"

namespace ai_ops::agents {
namespace {

bool may_operate(std::string_view message) {
  diagnosis::sample::Cluster shop;
  shop.deployment("web", {.replicas = 3}).deployment("orders").deployment("postgres");
  return choices_for(message, shop.snapshot()).may_operate;
}

// A tiny model chose to restart what a vendor recommends to restart.
TEST(ReportedSpeech, WhatOthersSayOrWantIsNeverOfferedAsAnOperation) {
  for (std::string_view message : {
           "the vendor recommends to restart postgres",
           "the docs recommend restarting postgres",
           "it is recommended to restart postgres",
           "our recommendation is a fresh postgres",
           "bob suggests a restart of web",
           "somebody suggested web at 5",
           "marketing wants web at 5",
           "they want web at 5",
           "my boss thinks web needs a kick",
           "support advises to bounce web",
           "the customer insists on five of web",
           "people say web to 5 is better",
           "the ticket says web to 5",
           "alice replied web to 5",
           "ops requested web at 5",
           "he ordered a restart of web",
           "according to the manual restart web daily",
           "a proposal to get web to 5",
           "the team is begging for a restart of web",
           "the other team needs web at 5",
           "web says to restart postgres",
           "web asks for a restart of postgres",
       })
    EXPECT_FALSE(may_operate(message)) << message;
}

TEST(ReportedSpeech, WhatTheUserWantsIsStillOffered) {
  for (std::string_view message : {
           "web to 5 it is then",
           "i want web at 5 of them",
           "I suggest a fresh start for web",
           "i really like a fresh start for web",
           "postgres needs a fresh start",
           "it needs a fresh start",
           "orders to 5 now",
           "please propose five of web",
           "kick web",
       })
    EXPECT_TRUE(may_operate(message)) << message;
}

}  // namespace
}  // namespace ai_ops::agents
