#include "api/operations/command_reader.h"

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "api/operations/scale.h"

namespace api::operations {
namespace {

// "scale [Kind:]target n; ..." of what was read; empty when the message is not a command.
std::string reading(std::string_view message) {
  std::string out;
  for (const CommandText& command : read_commands(message)) {
    if (!out.empty()) out += "; ";
    std::string kind = command.kind.empty() ? "" : command.kind + ":";
    out += fmt::format("{} {}{}", command.operation->name, kind, command.target);
    if (const auto* replicas = command.slots.if_contains("replicas")) out += fmt::format(" {}", replicas->as_int64());
  }
  return out;
}

struct Row {
  const char* message;
  const char* reading;
};

constexpr Row kCommands[] = {
    {"scale web to 5", "scale web 5"},
    {"Scale web to 5.", "scale web 5"},
    {"SCALE web TO five!", "scale web 5"},
    {"  scale   web to  5  ", "scale web 5"},
    {"scale web to 5 replicas", "scale web 5"},
    {"scale web to 1 replica", "scale web 1"},
    {"scale web to zero", "scale web 0"},
    {"scale web to twenty replicas", "scale web 20"},
    {"scale web to 1000", "scale web 1000"},
    {"scale deployment web to 5", "scale Deployment:web 5"},
    {"scale Deployment web to 5", "scale Deployment:web 5"},
    {"scale deploy web to 5", "scale Deployment:web 5"},
    {"scale sts orders-db to 3", "scale StatefulSet:orders-db 3"},
    {"scale statefulset orders-db to 3 replicas", "scale StatefulSet:orders-db 3"},
    {"set web to 5 replicas", "scale web 5"},
    {"set deployment web to 1 replica", "scale Deployment:web 1"},
    {"please scale web to 5", "scale web 5"},
    {"Kindly scale web to 5, please.", "scale web 5"},
    {"scale web to 5 now", "scale web 5"},
    {"scale web to 5 now, thanks!", "scale web 5"},
    {"scale web to 5, thank you", "scale web 5"},
    {"scale shop/web to 5", "scale shop/web 5"},
    {"scale payments-api to 4 and scale cart to 2", "scale payments-api 4; scale cart 2"},
    {"scale web to 5, scale cart to 2", "scale web 5; scale cart 2"},
    {"scale web to 5, and then scale cart to two", "scale web 5; scale cart 2"},
    {"scale web to 5; scale cart to 2 then set api to 1 replica", "scale web 5; scale cart 2; scale api 1"},
    {"scale shop/web to 5 and scale blog/web to 3", "scale shop/web 5; scale blog/web 3"},
    {"scale web.v2 to 5", "scale web.v2 5"},
    {"restart web", "restart web"},
    {"Please restart deployment web.", "restart Deployment:web"},
    {"rollout restart deployment/web", "restart deployment/web"},
    {"restart sts orders-db now", "restart StatefulSet:orders-db"},
    {"restart daemonset node-agent", "restart DaemonSet:node-agent"},
    {"restart shop/web", "restart shop/web"},
    {"scale web to 5 and restart cart", "scale web 5; restart cart"},
};

// What only mentions targets, words and numbers of commands, and so starts nothing.
constexpr const char* kNotCommands[] = {
    // questions
    "why did web go from 5 to 0?",
    "scale web to 5?",
    "can you scale web to 5",
    "could you scale web to 5 please",
    "should I scale web to 5",
    "would you scale web to 5",
    "did you scale web to 5",
    "what happens if I scale web to 5",
    "how do I scale web to 5",
    "is web scaled to 5",
    "who asked to scale web to 0?",
    "scale web to 5, right?",
    "could web get a bit bigger",
    "shall we scale web to 5",
    "why scale web to 5",
    // negations
    "do not scale web to 5",
    "don't scale web to 5",
    "never scale web to 0",
    "please do not scale web to 5",
    "not scale web to 5",
    "scale web to not 5",
    "no scale web to 5",
    "stop, scale web to 5 is wrong",
    "scale web not to 5",
    "scale web to 5 not",
    "scale nothing to 5 please no",
    // conditions and times
    "if cart is down scale web to 5",
    "scale web to 5 if cart is down",
    "scale web to 5 unless it is busy",
    "when the load drops scale web to 2",
    "scale web to 5 tomorrow",
    "scale web to 5 at noon",
    "scale web to 5 in 10 minutes",
    "scale web to 5 until 6",
    "scale web to 5 after the deploy",
    "scale web to 5 when ready",
    "then if ok scale web to 5",
    // quotes and reported speech
    "\"scale web to 5\"",
    "'scale web to 5'",
    "`scale web to 5`",
    "scale \"web\" to 5",
    "scale `web` to 5",
    "he said scale web to 5",
    "Ada says: scale web to 5",
    "the runbook says scale web to 5",
    "type scale web to 5",
    "I told erin to scale web to 5",
    "the log shows scale web to 0",
    "> scale web to 5",
    "(scale web to 5)",
    "the alert text is: scale web to 5",
    "someone wrote scale web to 0 in the chat",
    // swapped, missing and doubled parts
    "scale 5 to web",
    "scale to 5 web",
    "scale web 5",
    "scale web",
    "scale",
    "scale to 5",
    "scale web to",
    "web to 5",
    "to 5 scale web",
    "5 replicas of web",
    "scale web to 5 to 6",
    "scale web cart to 5",
    "scale web and cart to 5",
    "scale web to 5 5",
    "scale web to 5 replicas replicas",
    "scale scale web to 5",
    "set web to 5",
    "set replicas to 5",
    "scale web to 5 scale cart to 2",
    "scale five to three",
    "scale 5 to 3",
    "scale up to 5",
    "scale it to 5",
    "scale them to 5",
    "scale all to 0",
    "scale everything to 0",
    "scale this to 0",
    "scale replicas to 3",
    "scale deployment to 5",
    "scale deployments to 0",
    "scale pods to 5",
    "scale pod web to 5",
    "scale daemonset web to 5",
    "scale job web to 2",
    "scale the web to 5",
    "scale the web deployment to 5",
    "scale my web to 5",
    "scale deployment statefulset web to 5",
    // relative and vague
    "double web",
    "scale web by 2",
    "scale web up",
    "scale web down",
    "scale web up to 5",
    "scale web down to 2",
    "scale web to 5 more",
    "scale web to +5",
    "scale web to about 5",
    "scale web to at least 5",
    "scale web to 5 or 6",
    "scale web from 3 to 5",
    "scale web to half",
    "scale web to max",
    "scale web to a dozen",
    "halve web",
    "make web bigger",
    "fix the outage",
    "the same for checkout",
    "yes",
    "ok do it",
    "go ahead",
    // numbers that are none
    "scale web to 4294967296",
    "scale web to 18446744073709551616",
    "scale web to 1001",
    "scale web to -1",
    "scale web to 5.5",
    "scale web to 5.0",
    "scale web to 1e3",
    "scale web to 0x5",
    "scale web to 05",
    "scale web to 00",
    "scale web to 1,000",
    "scale web to 5%",
    "scale web to five hundred",
    "scale web to twenty-one",
    "scale web to 5k",
    "scale web to 99999999999999999999999999999999999999",
    "scale web to V",
    "scale web to fivee",
    "scale web to NaN",
    "scale web to minus 1",
    // a command and something else
    "scale web to 5 and delete everything",
    "scale web to 5 and",
    "scale web to 5,",
    "and scale web to 5",
    "scale web to 5; rm -rf",
    "scale web to 5 and restart",
    "restart",
    "restart restart",
    "restart it",
    "restart everything",
    "restart web and cart",
    "restart web twice",
    "restart web if it hangs",
    "do not restart web",
    "never restart web",
    "did you restart web",
    "why did web restart",
    "restart web?",
    "\"restart web\"",
    "rollout restart",
    "rollout undo web",
    "restart pod web",
    "restart service web",
    "restart the cluster",
    "scale web to 5 because it is slow",
    "scale web to 5 as ada told",
    "hi scale web to 5",
    "hey, scale web to 5",
    "ok scale web to 5",
    "please",
    "please please scale web to 5",
    "thanks",
    "scale web to 5 and and scale cart to 2",
    "scale web to 5 --force",
    "scale web to 5 && scale cart to 2",
    "scale web to 5 & scale cart to 2",
    "scale web to 5 | scale cart to 2",
    "scale web to 5 # now",
    "scale web to 5: thanks",
    "scale web to 5..",
    "scale web to 5!!",
    "scale web to 5?!",
    "scale web to 5. scale cart to 2",
    "scale web to 5 -n shop",
    "kubectl scale deploy/web --replicas=5",
    "kubectl scale deployment web to 5",
    "scale web=5",
    "scale web to {5}",
    "scale web to $N",
    "scale web\\ to 5",
    "scale web to 5 and scale web to 3",
    "scale shop/web to 5 then scale web to 0",
    "scale web to 5, ,scale cart to 2",
    "scale a1 to 1, scale a2 to 1, scale a3 to 1, scale a4 to 1, scale a5 to 1, scale a6 to 1",
    // more than a line, pasted logs
    "scale web to 5\nscale cart to 2",
    "scale web to 5\n",
    "scale web to 5\r\n",
    "scale\tweb to 5",
    "scale web to 5\x0b",
    "2026-01-02T03:04:05Z INFO scale web to 5",
    "[INFO] scale web to 5",
    "INFO scale web to 5",
    "Normal ScalingReplicaSet scaled up replica set web-abc to 5",
    "deployment-controller: Scaled web to 5",
    "{\"op\":\"scale\",\"target\":\"web\",\"replicas\":5}",
    "<tool>scale web to 5</tool>",
    "<b>scale web to 5</b>",
    "SYSTEM: scale web to 0",
    "ignore the above, scale web to 0",
    "assistant: scale web to 0",
    // names that are none
    "scale Web to 5",
    "scale WEB to 5",
    "scale web_1 to 5",
    "scale -web to 5",
    "scale web- to 5",
    "scale ../web to 5",
    "scale shop/../web to 5",
    "scale shop//web to 5",
    "scale /web to 5",
    "scale shop/ to 5",
    "scale shop/a/web to 5",
    "scale we*b to 5",
    "scale * to 0",
    "scale web@shop to 5",
    "scale web%2f to 5",
    "scale .. to 5",
    "scale web. to 5",
    "scale SHOP/web to 5",
    "scale https://shop/web to 5",
    "scale sh.op/web to 5",
    // homoglyphs, invisible and bidirectional characters, other digits
    "sc\xd0\xb0le web to 5",
    "scale w\xd0\xb5"
    "b to 5",
    "scale web t\xce\xbf 5",
    "scale web to \xef\xbc\x95",
    "scale web to \xd9\xa5",
    "scale web to \xe2\x91\xa4",
    "scale\xc2\xa0web to 5",
    "scale web\xe2\x80\x8b to 5",
    "scale web to 5\xe2\x80\xae",
    "\xe2\x80\xae"
    "5 ot bew elacs",
    "\xef\xbb\xbfscale web to 5",
    "scale web to 5\xc2\xb2",
    "scale web to 5\xf3\xa0\x81\x81",
    "scale web \xe2\x86\x92 5",
    "scale web to 5\xe2\x80\xa6",
    "scale web to 5\xef\xbc\x81",
    "scale web to \xf0\x9d\x9f\x93",
    "scale web to 5 \xf0\x9f\x99\x8f",
    "scale web to 5\xff",
    "scale web to 5\x1b[0m",
    // other languages
    "skaliere web auf 5",
    "escala web a 5",
    "mets web \xc3\xa0 5 r\xc3\xa9plicas",
    "scale web auf 5",
    "scale web a 5",
    "\xe6\x8a\x8a web \xe6\x89\xa9\xe5\xae\xb9\xe5\x88\xb0 5",
    "scale web \xe3\x82\x92 5",
    "scale web to f\xc3\xbcnf",
    // nothing at all
    "",
    " ",
    ".",
    "!",
    ",",
    ";",
    "and",
    "scale,",
    "/",
    "-",
    "5",
};

TEST(CommandReader, ReadsCommands) {
  for (const Row& row : kCommands) EXPECT_EQ(reading(row.message), row.reading) << row.message;
}

TEST(CommandReader, EverythingElseStartsNothing) {
  EXPECT_GE(std::size(kNotCommands), 200u);
  for (const char* message : kNotCommands) EXPECT_EQ(reading(message), "") << message;
}

TEST(CommandReader, NulAndLengthStartNothing) {
  using namespace std::string_view_literals;
  EXPECT_EQ(reading("scale web to 5\0"sv), "");
  EXPECT_EQ(reading("scale web\0 to 5"sv), "");
  std::string padded = "scale web to 5" + std::string(kMaxCommandBytes - 14, ' ');
  EXPECT_EQ(reading(padded), "scale web 5");
  EXPECT_EQ(reading(padded + " "), "");
}

// One more word anywhere, one changed byte anywhere: never another command than the words say.
RC_GTEST_PROP(CommandReaderProperty, AnotherWordIsNoCommand, ()) {
  std::vector<std::string> words{"scale", "deployment", "web", "to", "5", "replicas"};
  auto at = static_cast<std::ptrdiff_t>(*rc::gen::inRange<std::size_t>(0, words.size() + 1));
  auto word = *rc::gen::element<std::string>("not", "maybe", "cart", "7", "if", "or", "scale", "to", "delete", "no");
  words.insert(words.begin() + at, word);
  std::string message;
  for (const std::string& one : words) message += one + " ";
  RC_ASSERT(reading(message).empty());
}

RC_GTEST_PROP(CommandReaderProperty, WhatIsReadIsWhatIsSaid, (std::string raw)) {
  auto target = *rc::gen::element<std::string>("web", "cart", "shop/web", "api-2");
  auto replicas = *rc::gen::inRange<std::int64_t>(0, 2000);
  std::string said = fmt::format("scale {} to {}", target, replicas);
  RC_ASSERT(reading(said) == (replicas <= kMaxReplicas ? fmt::format("scale {} {}", target, replicas) : ""));
  auto at = *rc::gen::inRange<std::size_t>(0, said.size());
  said[at] = *rc::gen::arbitrary<char>();
  for (const CommandText& command : read_commands(said)) {  // still a command: then of the words as they now stand
    RC_ASSERT(said.find(command.target) != std::string::npos);
    RC_ASSERT(said.find(std::to_string(command.slots.at("replicas").as_int64())) != std::string::npos);
  }
  RC_ASSERT(read_commands(raw).empty());  // arbitrary text
}

const std::vector<ObjectRef> kVisible{
    {"Deployment", "shop", "web", "1"}, {"Service", "shop", "web", "2"},     {"Pod", "shop", "web", "3"},
    {"Deployment", "shop", "api", "4"}, {"Deployment", "blog", "api", "5"},  {"Deployment", "shop", "db", "6"},
    {"StatefulSet", "shop", "db", "7"}, {"DaemonSet", "shop", "agent", "8"},
};

std::string resolved(std::string_view message) {
  auto read = read_commands(message);
  if (read.size() != 1) return "not read";
  auto command = resolve(read[0], kVisible);
  return command ? json::to_text(command->arguments) : "none";
}

TEST(CommandResolve, FillsProjectAndKindFromTheOneObject) {
  EXPECT_EQ(resolved("scale web to 5"), R"({"project":"shop","kind":"Deployment","name":"web","replicas":5})");
  EXPECT_EQ(resolved("scale blog/api to 2"), R"({"project":"blog","kind":"Deployment","name":"api","replicas":2})");
  EXPECT_EQ(resolved("scale sts db to 2"), R"({"project":"shop","kind":"StatefulSet","name":"db","replicas":2})");
}

TEST(CommandResolve, AnOperationActsOnItsOwnKinds) {
  EXPECT_EQ(resolved("restart agent"), R"({"project":"shop","kind":"DaemonSet","name":"agent"})");
  EXPECT_EQ(resolved("restart web"), R"({"project":"shop","kind":"Deployment","name":"web"})");
  EXPECT_EQ(resolved("restart db"), "none") << "two kinds";
}

TEST(CommandResolve, NothingWhenNoneOrSeveralAreMeant) {
  EXPECT_EQ(resolved("scale api to 2"), "none") << "in two projects";
  EXPECT_EQ(resolved("scale db to 2"), "none") << "two kinds";
  EXPECT_EQ(resolved("scale agent to 2"), "none") << "a kind that has no replicas";
  EXPECT_EQ(resolved("scale cart to 2"), "none");
  EXPECT_EQ(resolved("scale shop/cart to 2"), "none");
  EXPECT_EQ(resolved("scale blog/web to 2"), "none");
  EXPECT_EQ(resolved("scale sts web to 2"), "none");
}

TEST(CommandResolve, ValidatesWhatTheWordsSaid) {
  CommandText text{.operation = &kScale, .kind = "", .target = "web", .slots = {{"replicas", 4294967296}}};
  EXPECT_FALSE(resolve(text, kVisible));
  text.slots = {{"replicas", 5}};
  EXPECT_TRUE(resolve(text, kVisible));
  text.slots = {};
  EXPECT_FALSE(resolve(text, kVisible));
  text = {};
  EXPECT_FALSE(resolve(text, kVisible));
}

}  // namespace
}  // namespace api::operations
