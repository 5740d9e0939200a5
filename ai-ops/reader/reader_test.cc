#include "ai-ops/reader/reader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/reader/words.h"

namespace ai_ops::reader {
namespace {

namespace json = foundation::json;
using foundation::kubernetes::Snapshot;

void add(Snapshot& snapshot, std::string_view kind, std::string_view project, std::string_view name, int replicas = 1) {
  json::Object metadata{{"name", name}};
  if (!project.empty()) metadata["namespace"] = project;
  snapshot.add(json::Object{{"kind", kind}, {"metadata", metadata}, {"spec", {{"replicas", replicas}}}});
}

// Projects shop and stage; "api" is in both.
Snapshot live() {
  Snapshot snapshot;
  add(snapshot, "Deployment", "shop", "web", 3);
  add(snapshot, "ReplicaSet", "shop", "web-5d9c", 3);
  add(snapshot, "Pod", "shop", "web-5d9c-a");
  add(snapshot, "Pod", "shop", "web-5d9c-b");
  add(snapshot, "Service", "shop", "web");
  add(snapshot, "Deployment", "shop", "checkout", 4);
  add(snapshot, "Service", "shop", "checkout");
  add(snapshot, "Pod", "shop", "checkout-7d9f-x");
  add(snapshot, "Deployment", "shop", "cart", 5);
  add(snapshot, "Deployment", "shop", "report");
  add(snapshot, "StatefulSet", "shop", "postgres");
  add(snapshot, "Deployment", "shop", "payments-api", 2);
  add(snapshot, "Deployment", "shop", "logs", 1);
  add(snapshot, "Deployment", "shop", "idle", 0);
  add(snapshot, "DaemonSet", "shop", "agent");
  add(snapshot, "Deployment", "shop", "api");
  add(snapshot, "Deployment", "stage", "api");
  add(snapshot, "Node", "", "n1");
  return snapshot;
}

// "diagnose Deployment/shop/web", "status [Pod]", "operate scale Deployment/shop/web 5 + restart ...", "operate? <what
// is missing>"
std::string shown(const Reading& reading) {
  std::string out(to_string(reading.intent));
  if (reading.intent == Intent::operate && reading.operations.empty()) return out + "? " + reading.missing;
  std::string joint = " ";
  for (const OperationWanted& wanted : reading.operations) {
    auto text = [&](std::string_view key) { return std::string(wanted.arguments.at(key).as_string()); };
    out += fmt::format("{}{} {}/{}/{}", joint, wanted.operation, text("kind"), text("project"), text("name"));
    if (const auto* replicas = wanted.arguments.if_contains("replicas"))
      out += fmt::format(" {}", replicas->as_int64());
    if (const auto* revision = wanted.arguments.if_contains("revision"))
      out += fmt::format(" {}", revision->as_int64());
    for (std::string_view slot : {"cpu_request", "cpu_limit", "memory_request", "memory_limit"})
      if (wanted.arguments.contains(slot)) out += fmt::format(" {}={}", slot, text(slot));
    joint = " + ";
  }
  if (reading.operations.empty())
    for (const ObjectRef& target : reading.targets)
      out += fmt::format(" {}/{}/{}", target.kind, target.namespace_name, target.name);
  if (!reading.kind.empty()) out += " [" + reading.kind + "]";
  if (!reading.project.empty()) out += " in " + reading.project;
  if (!reading.missing.empty()) out += ": " + reading.missing;
  return out;
}

struct Row {
  std::string_view message;
  std::string_view reading;
};

void expect_readings(std::initializer_list<Row> rows) {
  Snapshot snapshot = live();
  for (const Row& row : rows) EXPECT_EQ(shown(read(row.message, snapshot)), row.reading) << row.message;
}

TEST(Reader, ReadsQuestionsAboutEverything) {
  expect_readings({
      {"what is wrong?", "overview"},
      {"What's wrong?", "overview"},
      {"what\xe2\x80\x99s wrong", "overview"},
      {"whats broken", "overview"},
      {"is anything broken?", "overview"},
      {"is everything ok?", "overview"},
      {"is everything okay in shop?", "overview in shop"},
      {"any problems?", "overview"},
      {"show me all issues", "overview"},
      {"how are things?", "overview"},
      {"how is shop doing?", "overview in shop"},
      {"what is going on?", "overview"},
      {"give me an overview", "overview"},
      {"health", "overview"},
      {"status", "overview"},
      {"what is wrong in stage?", "overview in stage"},
      {"are there any errors", "overview"},
      {"fix the outage", "overview"},
  });
}

TEST(Reader, ReadsQuestionsAboutOneObject) {
  expect_readings({
      {"why is checkout failing?", "diagnose Deployment/shop/checkout Service/shop/checkout"},
      {"Why is CHECKOUT failing", "diagnose Deployment/shop/checkout Service/shop/checkout"},
      {"what is wrong with cart?", "diagnose Deployment/shop/cart"},
      {"diagnose cart", "diagnose Deployment/shop/cart"},
      {"is cart down?", "diagnose Deployment/shop/cart"},
      {"cart is not working", "diagnose Deployment/shop/cart"},
      {"cart isn't working", "diagnose Deployment/shop/cart"},
      {"fix report", "diagnose Deployment/shop/report"},
      {"how do I fix report?", "diagnose Deployment/shop/report"},
      {"why does the checkout service crash", "diagnose Service/shop/checkout"},
      {"why is the pod checkout-7d9f-x crashing", "diagnose Pod/shop/checkout-7d9f-x"},
      {"investigate shop/cart", "diagnose Deployment/shop/cart"},
      {"what is wrong with deployment/cart", "diagnose Deployment/shop/cart"},
      {"what's wrong with api in stage?", "diagnose Deployment/stage/api in stage"},
      {"what's wrong with api?", "diagnose Deployment/shop/api Deployment/stage/api"},
      {"why is foobar failing?", "diagnose: I see nothing called foobar"},
      {"what is wrong with the frobnicator?", "diagnose: I see nothing called frobnicator"},
  });
}

TEST(Reader, ReadsStatusAndLists) {
  expect_readings({
      {"how many replicas does cart have?", "status Deployment/shop/cart"},
      {"show cart", "status Deployment/shop/cart"},
      {"cart", "status Deployment/shop/cart"},
      {"is cart running?", "status Deployment/shop/cart"},
      {"status of postgres", "status StatefulSet/shop/postgres"},
      {"which image does cart run", "status Deployment/shop/cart"},
      {"describe node n1", "status Node//n1"},
      {"list deployments", "status [Deployment]"},
      {"list pods in stage", "status [Pod] in stage"},
      {"show all services", "status [Service]"},
      {"pods", "status [Pod]"},
      {"what pods are there", "status [Pod]"},
      {"show the logs deployment", "status Deployment/shop/logs"},
  });
}

TEST(Reader, ReadsEventsLogsAndHelp) {
  expect_readings({
      {"what happened to cart?", "events Deployment/shop/cart"},
      {"what happened?", "events"},
      {"what changed in shop", "events in shop"},
      {"events of cart", "events Deployment/shop/cart"},
      {"show me the events", "events"},
      {"did cart restart?", "events Deployment/shop/cart"},
      {"who scaled cart", "events Deployment/shop/cart"},
      {"show me the logs of cart", "logs Deployment/shop/cart"},
      {"cart logs", "logs Deployment/shop/cart"},
      {"logs", "logs"},
      {"tail the log of pod web-5d9c-a", "logs Pod/shop/web-5d9c-a"},
      {"help", "help"},
      {"what can you do?", "help"},
      {"how do I scale cart?", "help Deployment/shop/cart"},
  });
}

TEST(Reader, FindsNamesByPrefixAndThroughASlipInReadsOnly) {
  expect_readings({
      {"why is check failing", "diagnose"},  // a word of the language is no prefix
      {"why is checko failing", "diagnose Deployment/shop/checkout Service/shop/checkout"},
      {"why is payments failing", "diagnose Deployment/shop/payments-api"},
      {"why is chekout failing", "diagnose Deployment/shop/checkout Service/shop/checkout"},
      {"why is chekcout failing", "diagnose Deployment/shop/checkout Service/shop/checkout"},
      {"why is postgers failing", "diagnose StatefulSet/shop/postgres"},
      {"why is catr failing", "diagnose: I see nothing called catr"},  // too short to guess at
      {"scale payments to 3", "operate scale Deployment/shop/payments-api 3"},
      {"scale pay to 3", "operate? which workload? I see none called pay that this can be done to"},
      {"scale chekout to 3", "operate? which workload? I see none called chekout that this can be done to"},
      {"restart postgers", "operate? which workload? I see none called postgers that this can be done to"},
  });
}

TEST(Reader, ReadsRollbacks) {
  expect_readings({
      {"roll back web", "operate rollback Deployment/shop/web"},
      {"could you roll back web please?", "operate rollback Deployment/shop/web"},
      {"rollback the web deployment", "operate rollback Deployment/shop/web"},
      {"roll web back", "operate rollback Deployment/shop/web"},
      {"revert web to the previous version", "operate rollback Deployment/shop/web"},
      {"undo the last rollout of web", "operate rollback Deployment/shop/web"},
      {"roll back web to revision 3", "operate rollback Deployment/shop/web 3"},
      {"roll back web and cart", "operate rollback Deployment/shop/web + rollback Deployment/shop/cart"},
      {"roll back postgres", "operate? which workload? I see none called postgres that this can be done to"},
      {"roll back it", "operate? which workload?"},
      {"roll back web and roll back web to revision 3", "operate? which of the two do you want for web?"},
      {"why was web rolled back?", "diagnose Deployment/shop/web Service/shop/web"},
      {"dont roll back web", "unknown"},
  });
}

TEST(Reader, ReadsWhatResourcesAreWanted) {
  expect_readings({
      {"set cpu request of report to 500m", "operate set-resources Deployment/shop/report cpu_request=500m"},
      {"lower the cpu request of report to 0.5", "operate set-resources Deployment/shop/report cpu_request=0.5"},
      {"please raise the memory limit of cart to 1Gi", "operate set-resources Deployment/shop/cart memory_limit=1Gi"},
      {"give postgres a memory limit of 512MB", "operate set-resources StatefulSet/shop/postgres memory_limit=512M"},
      {"set memory request for agent to 64mi", "operate set-resources DaemonSet/shop/agent memory_request=64Mi"},
      {"set cpu request of cart to 1 and set cpu limit of cart to 2",
       "operate set-resources Deployment/shop/cart cpu_request=1 cpu_limit=2"},
      {"set cpu request of cart to 1 and set cpu request of cart to 2",
       "operate? which of the two do you want for cart?"},
      {"set cpu request of cart to 500m and restart web",
       "operate set-resources Deployment/shop/cart cpu_request=500m + restart Deployment/shop/web"},
  });
  for (std::string_view message :
       {"set memory limit of cart to 512", "set cpu request of cart to 500mi", "set cpu request of cart to a lot",
        "set cpu request of cart to -1", "set cpu request of cart to 1.2.3", "set cpu of cart to 500m"})
    EXPECT_TRUE(read(message, live()).operations.empty()) << message;
}

TEST(Reader, ReadsOperations) {
  expect_readings({
      {"scale web to 5", "operate scale Deployment/shop/web 5"},
      {"Scale web to five.", "operate scale Deployment/shop/web 5"},
      {"please scale the web deployment to 5 replicas, thanks!", "operate scale Deployment/shop/web 5"},
      {"scale deployment web to 5", "operate scale Deployment/shop/web 5"},
      {"scale shop/web to 5", "operate scale Deployment/shop/web 5"},
      {"scale deployment/web to 5", "operate scale Deployment/shop/web 5"},
      {"scale the web service to 5", "operate scale Deployment/shop/web 5"},
      {"could you double web", "operate scale Deployment/shop/web 6"},
      {"Could you please double web?", "operate scale Deployment/shop/web 6"},
      {"triple the replicas of web", "operate scale Deployment/shop/web 9"},
      {"halve checkout", "operate scale Deployment/shop/checkout 2"},
      {"add two replicas to web", "operate scale Deployment/shop/web 5"},
      {"add a replica to web", "operate scale Deployment/shop/web 4"},
      {"give web one more replica", "operate scale Deployment/shop/web 4"},
      {"give web another replica", "operate scale Deployment/shop/web 4"},
      {"bring web down to 2", "operate scale Deployment/shop/web 2"},
      {"scale web down by 2", "operate scale Deployment/shop/web 1"},
      {"scale up web by 2", "operate scale Deployment/shop/web 5"},
      {"remove one replica from cart", "operate scale Deployment/shop/cart 4"},
      {"set web replicas to 5", "operate scale Deployment/shop/web 5"},
      {"set the number of replicas of web to 5", "operate scale Deployment/shop/web 5"},
      {"run web with 5 replicas", "operate scale Deployment/shop/web 5"},
      {"I need 5 replicas of web", "operate scale Deployment/shop/web 5"},
      {"scale web to zero", "operate scale Deployment/shop/web 0"},
      {"restart cart", "operate restart Deployment/shop/cart"},
      {"restart the agent daemonset", "operate restart DaemonSet/shop/agent"},
      {"do a rolling restart of cart", "operate restart Deployment/shop/cart"},
      {"scale api in stage to 2", "operate scale Deployment/stage/api 2"},
      {"scale web to 5 and restart cart", "operate scale Deployment/shop/web 5 + restart Deployment/shop/cart"},
      {"scale web to 5; then restart cart", "operate scale Deployment/shop/web 5 + restart Deployment/shop/cart"},
      {"restart web and cart", "operate restart Deployment/shop/web + restart Deployment/shop/cart"},
      {"scale web and cart to 2", "operate scale Deployment/shop/web 2 + scale Deployment/shop/cart 2"},
      {"scale web to 5 and cart to 2", "operate scale Deployment/shop/web 5 + scale Deployment/shop/cart 2"},
  });
}

TEST(Reader, AsksForWhatAnOperationLacks) {
  expect_readings({
      {"scale web", "operate? to how many replicas? web has 3 now"},
      {"scale web up", "operate? to how many replicas? web has 3 now"},
      {"scale to 5", "operate? which workload?"},
      {"restart it", "operate? which workload?"},
      {"restart everything", "operate? which workload?"},
      {"scale foobar to 5", "operate? which workload? I see none called foobar that this can be done to"},
      {"scale agent to 5", "operate? which workload? I see none called agent that this can be done to"},
      {"scale api to 2", "operate? api in which project: shop or stage?"},
      {"scale web up to 2", "operate? to how many replicas? web has 3 now, so 2 would be the other way"},
      {"halve web", "operate? to how many replicas? web has 3, which cannot be halved"},
      {"double idle", "operate? to how many replicas? idle has none now"},
      {"remove 9 replicas from web", "operate? to how many replicas? web has only 3"},
      {"scale web to 5 and scale web to 3", "operate? which of the two do you want for web?"},
  });
}

// The control plane reads no command in these, but a bare question became a proposal.
TEST(Reader, ABareQuestionStartsNoOperation) {
  constexpr std::string_view kAnswer =
      "operate? was that a question? To have it done, write it without the question mark";
  expect_readings({
      {"restart web?", kAnswer},
      {"Restart web ?", kAnswer},
      {"scale web to 5?", kAnswer},
      {"double web?", kAnswer},
      {"so: double web?", "unknown"},
      {"ok, scale web to 5 and restart cart?", kAnswer},
      {"hey, restart web?!", kAnswer},
      {"scale web to 5? restart cart", "unknown"},
      {"we need to restart web?", kAnswer},
      {"lets restart web?", kAnswer},
      {"restart web and could you scale cart to 5?", kAnswer},
      {"web should have 5 replicas?", kAnswer},
      {"scale web?", "operate? to how many replicas? web has 3 now"},
  });
}

TEST(Reader, APoliteQuestionIsARequest) {
  expect_readings({
      {"could you restart web?", "operate restart Deployment/shop/web"},
      {"can you please scale web to 5?", "operate scale Deployment/shop/web 5"},
      {"hi, would you restart web and cart?", "operate restart Deployment/shop/web + restart Deployment/shop/cart"},
      {"will you double web?", "operate scale Deployment/shop/web 6"},
      {"please restart web?", "operate restart Deployment/shop/web"},
      {"restart web, please?", "operate restart Deployment/shop/web"},
      {"restart web for me?", "operate restart Deployment/shop/web"},
  });
}

// What names an object and says something else about it was answered with the object's status.
TEST(Reader, ANameBesideUnknownWordsIsNoQuestionAboutStatus) {
  expect_readings({
      {"take web to the moon", "unknown"},
      {"show web the door", "unknown"},
      {"give web some love", "unknown"},
      {"is web scalable", "unknown"},
      {"evacuate the web replicas", "unknown"},
      {"spin the web replicas around", "unknown"},
      {"shut down cart", "unknown"},
      {"turn cart off", "unknown"},
      {"list deployments sorted by age", "unknown"},
      {"how big is web these days", "status Deployment/shop/web Service/shop/web"},
      {"show me the yaml of cart", "status Deployment/shop/cart"},
      {"what are the limits of cart", "status Deployment/shop/cart"},
  });
}

TEST(Reader, ASlipInAWordOfOursIsReadInQuestionsOnly) {
  expect_readings({
      {"show the lgos of checkout", "logs Deployment/shop/checkout Service/shop/checkout"},
      {"whats hapened to cart", "events Deployment/shop/cart"},
      {"list deploymnets", "status [Deployment]"},
      {"is everythign ok", "overview"},
      {"is cart helathy?", "status Deployment/shop/cart"},
      {"restrat cart", "unknown"},
      {"scael web to 5", "unknown"},
      {"show the lots of checkout", "unknown"},  // a word that we do not know, near to one that we do
  });
}

TEST(Reader, ReadsMoreWordsForTheSame) {
  expect_readings({
      {"cart is acting up", "diagnose Deployment/shop/cart"},
      {"root cause for cart?", "diagnose Deployment/shop/cart"},
      {"whats up with cart", "diagnose Deployment/shop/cart"},
      {"where do the 500s of cart come from", "diagnose Deployment/shop/cart"},
      {"what is cart logging?", "logs Deployment/shop/cart"},
      {"did anything happen to cart today?", "events Deployment/shop/cart"},
      {"any warnings lately?", "events"},
      {"everything green?", "overview"},
      {"anything I should worry about?", "overview"},
      {"put web on 8 replicas", "operate scale Deployment/shop/web 8"},
      {"put web at 8", "operate scale Deployment/shop/web 8"},
      {"make web 8", "operate scale Deployment/shop/web 8"},
      {"make it 4 replicas for web", "operate scale Deployment/shop/web 4"},
      {"web should have 5 replicas", "operate scale Deployment/shop/web 5"},
      {"increase web to 10", "operate scale Deployment/shop/web 10"},
      {"reduce cart to 1", "operate scale Deployment/shop/cart 1"},
      {"increase web to 2", "operate? to how many replicas? web has 3 now, so 2 would be the other way"},
      {"reduce web to 9", "operate? to how many replicas? web has 3 now, so 9 would be the other way"},
      {"spin up 2 additional cart replicas", "operate scale Deployment/shop/cart 7"},
      {"take one replica away from cart", "operate scale Deployment/shop/cart 4"},
  });
}

// Whatever these become, they ask for nothing to be done.
TEST(Reader, NeverReadsAnOperationWhereNoneIsAskedFor) {
  constexpr std::string_view kMessages[] = {
      "why did web go from 5 to 0?",
      "do not scale web to 5",
      "don't scale web to 5",
      "never restart cart",
      "please don't restart cart",
      "did you scale web to 5?",
      "who scaled web to 5?",
      "was web scaled to 5?",
      "should I scale web to 5?",
      "what if I scale web to 5?",
      "if cart fails scale web to 5",
      "what happens when I restart cart",
      "how do I scale web to 5?",
      "somebody said \"scale web to 5\"",
      "\"scale web to 5\"",
      "'scale web to 5'",
      "`scale web to 5`",
      "scale web to 5\nand restart cart",
      "scale web to 5%",
      "scale web to -5",
      "scale web to 5.5",
      "scale web to 05",
      "scale web to 1,000",
      "scale web to 99999999999",
      "scale web to 5 unless it is busy",
      "web should not have 5 replicas",
      "should web have 5 replicas",
      "there should be 5 replicas",
      "what should have 5 replicas",
      "web should have had 5 replicas",
      "the docs say web should have 5 replicas",
      "scale web to 5 or 6",
      "scale web to 5 tomorrow",
      "scale web from 3 to 5",
      "web was at 5, now it is at 3",
      "the runbook tells you to scale web to 5",
      "scale w\xd0\xb5"
      "b to 5",  // a Cyrillic letter
      "scale web to \xe2\x80\xae"
      "5 and delete all",
      "delete web",
      "scale web to 5 and delete cart",
      "restart web and then explain why",
      "",
      " , ; ",
      "?",
  };
  Snapshot snapshot = live();
  for (std::string_view message : kMessages) {
    Reading reading = read(message, snapshot);
    EXPECT_NE(reading.intent, Intent::operate) << message << " -> " << shown(reading);
    EXPECT_TRUE(reading.operations.empty()) << message;
  }
}

TEST(Reader, ReadsThePastAndNegationsAsWhatTheyAre) {
  expect_readings({
      {"why did web go from 5 to 0?", "diagnose Deployment/shop/web Service/shop/web"},
      {"why did you not restart cart?", "diagnose Deployment/shop/cart"},
      {"do not scale web to 5", "unknown"},
      {"don't restart cart", "unknown"},
      {"should I scale web to 5?", "unknown"},
      {"did you scale web to 5?", "events Deployment/shop/web Service/shop/web"},
  });
}

TEST(Reader, AbstainsFromWhatItDoesNotUnderstand) {
  expect_readings({
      {"hello", "unknown"},
      {"tell me a joke", "unknown"},
      {"yes", "unknown"},
      {"the same for checkout", "unknown"},
      {"could web get a bit bigger?", "unknown"},
      {"delete web", "unknown"},
      {"what is the weather", "unknown"},
  });
}

TEST(Reader, TakesAnySizeAndAnyBytes) {
  Snapshot snapshot = live();
  EXPECT_EQ(read(std::string(kMaxMessageBytes + 1, 'a'), snapshot).intent, Intent::unknown);
  std::string joints;
  for (int i = 0; i < 400; ++i) joints += "restart web and ";
  EXPECT_NE(read(joints, snapshot).intent, Intent::operate);
  std::string bytes;
  for (int c = 0; c < 256; ++c) bytes += static_cast<char>(c);
  EXPECT_EQ(read(bytes, snapshot).intent, Intent::unknown);
  EXPECT_EQ(read("what is wrong?", Snapshot()).intent, Intent::overview);
  EXPECT_EQ(shown(read("scale web to 5", Snapshot())),
            "operate? which workload? I see none called web that this can be done to");
}

TEST(Words, AQuestionMarkIsKept) {
  EXPECT_TRUE(words_of("restart web?").is_question);
  EXPECT_TRUE(words_of("what? no").is_question);
  EXPECT_FALSE(words_of("restart web!").is_question);
}

TEST(Words, CountsAreExact) {
  EXPECT_EQ(count_of("0"), 0);
  EXPECT_EQ(count_of("twenty"), 20);
  EXPECT_EQ(count_of("999999999"), 999999999);
  for (std::string_view no : {"", "00", "05", "-1", "+1", "1.0", "1e3", "1000000000", "twentyone", "5x"})
    EXPECT_EQ(count_of(no), std::nullopt) << no;
}

TEST(Words, OneSlipIsOneLetterOrOneSwap) {
  EXPECT_TRUE(is_swapped("lgos", "logs"));
  EXPECT_FALSE(is_swapped("logs", "logs"));
  EXPECT_FALSE(is_swapped("lots", "logs"));
  EXPECT_FALSE(is_swapped("log", "logs"));
  EXPECT_TRUE(is_one_slip_from("checkout", "chekout"));
  EXPECT_TRUE(is_one_slip_from("checkout", "checkoutt"));
  EXPECT_TRUE(is_one_slip_from("checkout", "chackout"));
  EXPECT_TRUE(is_one_slip_from("checkout", "chekcout"));
  EXPECT_TRUE(is_one_slip_from("", "a"));
  EXPECT_FALSE(is_one_slip_from("checkout", "chekot"));
  EXPECT_FALSE(is_one_slip_from("checkout", "kcehcout"));
  EXPECT_FALSE(is_one_slip_from("ab", "ba1"));
}

}  // namespace
}  // namespace ai_ops::reader
