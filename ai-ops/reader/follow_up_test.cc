#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/reader/recent.h"

namespace ai_ops::reader {
namespace {

namespace json = foundation::json;
using foundation::kubernetes::Snapshot;

void add(Snapshot& snapshot, std::string_view kind, std::string_view project, std::string_view name, int replicas = 1) {
  json::Object metadata{{"name", name}, {"namespace", project}};
  snapshot.add(json::Object{{"kind", kind}, {"metadata", metadata}, {"spec", {{"replicas", replicas}}}});
}

Snapshot live() {
  Snapshot snapshot;
  add(snapshot, "Deployment", "shop", "web", 5);
  add(snapshot, "Service", "shop", "web");
  add(snapshot, "Pod", "shop", "web-5d9c-a");
  add(snapshot, "Deployment", "shop", "checkout", 1);
  add(snapshot, "Deployment", "shop", "cart", 2);
  add(snapshot, "Deployment", "shop", "report");
  add(snapshot, "StatefulSet", "shop", "postgres");
  add(snapshot, "Deployment", "shop", "api", 2);
  add(snapshot, "Deployment", "stage", "api", 2);
  return snapshot;
}

std::string shown(const std::optional<Reading>& reading) {
  if (!reading) return "-";
  std::string out(to_string(reading->intent));
  for (const OperationWanted& wanted : reading->operations) {
    auto text = [&](std::string_view key) { return std::string(wanted.arguments.at(key).as_string()); };
    out += fmt::format(" {} {}/{}/{}", wanted.operation, text("kind"), text("project"), text("name"));
    if (const auto* replicas = wanted.arguments.if_contains("replicas"))
      out += fmt::format(" {}", replicas->as_int64());
  }
  if (reading->operations.empty())
    for (const ObjectRef& target : reading->targets)
      out += fmt::format(" {}/{}/{}", target.kind, target.namespace_name, target.name);
  if (!reading->project.empty()) out += " in " + reading->project;
  if (!reading->missing.empty()) out += "? " + reading->missing;
  return out;
}

ObjectRef deployment(std::string name, std::string project = "shop") {
  return {"Deployment", std::move(project), std::move(name), {}};
}

Done scaled(std::string name, int from, int to) {
  return {.operation = "scale",
          .arguments = {{"project", "shop"}, {"kind", "Deployment"}, {"name", name}, {"replicas", to}},
          .before = {{"replicas", from}},
          .undoable = true};
}
Done restarted(std::string name) {
  return {
      .operation = "restart", .arguments = {{"project", "shop"}, {"kind", "Deployment"}, {"name", name}}, .before = {}};
}

// "why is checkout failing?", whose answer named postgres.
Recent asked_why() {
  return {.intent = Intent::diagnose,
          .subjects = {deployment("checkout")},
          .asked = {},
          .mentioned = {{"StatefulSet", "shop", "postgres", {}}, {"Pod", "shop", "web-5d9c-a", {}}},
          .last_done = {}};
}
Recent did(std::vector<Done> asked) {
  Recent out{.intent = Intent::operate, .subjects = {}, .asked = asked, .mentioned = {}, .last_done = asked.back()};
  for (const Done& done : asked) out.subjects.push_back(deployment(std::string(done.arguments.at("name").as_string())));
  return out;
}

struct Row {
  std::string_view message;
  std::string_view reading;
};
void expect_readings(const Recent& recent, std::initializer_list<Row> rows) {
  Snapshot snapshot = live();
  for (const Row& row : rows)
    EXPECT_EQ(shown(read_follow_up(row.message, recent, snapshot)), row.reading) << row.message;
}

TEST(FollowUp, AsksTheSameOfAnotherObject) {
  expect_readings(asked_why(),
                  {
                      {"and cart?", "diagnose Deployment/shop/cart"},
                      {"And the cart deployment?", "diagnose Deployment/shop/cart"},
                      {"what about cart?", "diagnose Deployment/shop/cart"},
                      {"and what about cart", "diagnose Deployment/shop/cart"},
                      {"how about cart and report?", "diagnose Deployment/shop/cart Deployment/shop/report"},
                      {"the same for cart", "diagnose Deployment/shop/cart"},
                      {"cart too", "diagnose Deployment/shop/cart"},
                      {"and api in stage?", "diagnose Deployment/stage/api"},
                      {"and the other one?", "diagnose StatefulSet/shop/postgres"},
                      {"the other one", "diagnose StatefulSet/shop/postgres"},
                      {"what about the other one?", "diagnose StatefulSet/shop/postgres"},
                      {"the same for the other one", "diagnose StatefulSet/shop/postgres"},
                  });
  Recent overview;
  overview.intent = Intent::overview;
  expect_readings(overview, {{"and cart?", "diagnose Deployment/shop/cart"},
                             {"and in stage?", "overview in stage"},
                             {"and cart logs?", "-"}});
}

TEST(FollowUp, AsksMoreAboutTheSameObject) {
  expect_readings(asked_why(), {
                                   {"why?", "diagnose Deployment/shop/checkout"},
                                   {"but why", "diagnose Deployment/shop/checkout"},
                                   {"why is that?", "diagnose Deployment/shop/checkout"},
                                   {"why is it failing?", "diagnose Deployment/shop/checkout"},
                                   {"its logs", "logs Deployment/shop/checkout"},
                                   {"show me its logs please", "logs Deployment/shop/checkout"},
                                   {"logs of it", "logs Deployment/shop/checkout"},
                                   {"and the logs?", "logs Deployment/shop/checkout"},
                                   {"logs", "logs Deployment/shop/checkout"},
                                   {"what happened to it?", "events Deployment/shop/checkout"},
                                   {"its events", "events Deployment/shop/checkout"},
                                   {"and the events", "events Deployment/shop/checkout"},
                                   {"how many replicas does it have?", "status Deployment/shop/checkout"},
                                   {"is it ok now?", "status Deployment/shop/checkout"},
                                   {"fix it", "diagnose Deployment/shop/checkout"},
                               });
}

TEST(FollowUp, AnOperationByReferenceIsAnOperationWithEverySlotFilled) {
  expect_readings(
      asked_why(),
      {
          {"restart it", "operate restart Deployment/shop/checkout"},
          {"please restart that, thanks", "operate restart Deployment/shop/checkout"},
          {"scale it to 5", "operate scale Deployment/shop/checkout 5"},
          {"could you double it?", "operate scale Deployment/shop/checkout 2"},
          {"scale it to 3 and restart it", "operate scale Deployment/shop/checkout 3 restart Deployment/shop/checkout"},
          {"restart the other one", "operate restart StatefulSet/shop/postgres"},
          {"scale it", "operate Deployment/shop/checkout? to how many replicas? checkout has 1 now"},
      });
  Recent of_stage = asked_why();
  of_stage.subjects = {deployment("api", "stage")};
  expect_readings(
      of_stage, {{"scale it to 4", "operate scale Deployment/stage/api 4"}, {"its logs", "logs Deployment/stage/api"}});
  Recent of_two = asked_why();
  of_two.subjects = {deployment("web"), deployment("cart")};
  expect_readings(of_two, {{"restart them", "operate restart Deployment/shop/web restart Deployment/shop/cart"},
                           {"restart both", "operate restart Deployment/shop/web restart Deployment/shop/cart"},
                           {"why?", "diagnose Deployment/shop/web Deployment/shop/cart"}});
}

TEST(FollowUp, ABareQuestionStartsNoOperation) {
  constexpr std::string_view kAsked = "? was that a question? To have it done, write it without the question mark";
  Recent scale = did({scaled("web", 3, 5)});
  for (std::string_view message : {"undo that?", "undo?", "put it back?", "the same for cart?", "cart too?",
                                   "and cart to 4?", "restart it?", "make it 7?", "restart it? ok"}) {
    auto reading = read_follow_up(message, scale, live());
    EXPECT_FALSE(reading && !reading->operations.empty()) << message << " -> " << shown(reading);
  }
  EXPECT_THAT(shown(read_follow_up("undo that?", scale, live())), testing::EndsWith(kAsked));
  expect_readings(scale, {{"could you undo that?", "operate scale Deployment/shop/web 3"},
                          {"can you do the same for cart?", "operate scale Deployment/shop/cart 5"},
                          {"make it 7", "operate scale Deployment/shop/web 7"}});
}

TEST(FollowUp, TheSameOperationForAnother) {
  expect_readings(
      did({scaled("web", 3, 5)}),
      {
          {"the same for cart", "operate scale Deployment/shop/cart 5"},
          {"do the same with cart, please", "operate scale Deployment/shop/cart 5"},
          {"cart too", "operate scale Deployment/shop/cart 5"},
          {"and cart to 4", "operate scale Deployment/shop/cart 4"},
          {"the same for foobar", "operate? which workload? I see none called foobar that this can be done to"},
          {"the same for api", "operate? api in which project: shop or stage?"},
          {"and cart?", "unknown? what about cart? Say \"the same for cart\", or ask how it is"},
      });
  expect_readings(did({restarted("web")}), {{"the same for cart", "operate restart Deployment/shop/cart"}});
  expect_readings(did({scaled("web", 3, 5), restarted("cart")}),
                  {{"the same for report", "operate? the same as what? Please say it in full"}});
}

TEST(FollowUp, UndoPutsBackWhatTheLastChangeFound) {
  for (std::string_view message : {"undo that", "undo", "Undo it, please", "revert that", "undo the last change",
                                   "could you undo that?", "put it back"})
    EXPECT_EQ(shown(read_follow_up(message, did({scaled("web", 3, 5)}), live())), "operate scale Deployment/shop/web 3")
        << message;
}

TEST(FollowUp, UndoOfATemplateGoesBackToTheOneBefore) {
  auto done = [](const char* operation, json::Object more, json::Object before) {
    json::Object arguments{{"project", "shop"}, {"kind", "Deployment"}, {"name", "web"}};
    for (const auto& [name, value] : more) arguments[name] = value;
    return did({Done{.operation = operation, .arguments = arguments, .before = before, .undoable = true}});
  };
  auto undone = [](const Recent& recent) {
    auto reading = read_follow_up("undo that", recent, live());
    return reading && reading->operations.size() == 1 ? json::to_text(reading->operations[0].arguments) : "none";
  };
  EXPECT_EQ(undone(done("rollback", {{"revision", 1}}, {{"template", "web-3"}})),
            R"({"project":"shop","kind":"Deployment","name":"web"})");
  EXPECT_EQ(undone(done("set-resources", {{"cpu_request", "500m"}}, {{"cpu_request", "64"}})),
            R"({"project":"shop","kind":"Deployment","name":"web","cpu_request":"64"})");
  expect_readings(done("rollback", {}, {}), {{"the same for cart", "operate rollback Deployment/shop/cart"}});
}

TEST(FollowUp, UndoSaysWhyItCannot) {
  Done unknown = scaled("web", 3, 5), waiting = unknown, gone = scaled("gone", 3, 5), moved = scaled("web", 3, 4);
  waiting.became = Became::waiting;
  unknown.became = Became::unknown;
  const std::pair<Recent, std::string_view> rows[] = {
      {Recent(), "operate? to undo what? Nothing was changed in this conversation"},
      {did({restarted("web")}), "operate? the last change here, restart of web, has nothing that can be put back"},
      {did({waiting}),
       "operate? the last change of this conversation was left to an approval: reject it, or undo it by its operation "
       "once it is done"},
      {did({unknown}), "operate? what became of the last change is not known: look at it before taking it back"},
      {did({gone}), "operate? what was changed last is not there any more"},
      {did({moved}), "operate? web is no longer as the last change here left it: say what it should be"},
  };
  for (const auto& [recent, reading] : rows) EXPECT_EQ(shown(read_follow_up("undo that", recent, live())), reading);
}

TEST(FollowUp, AReferenceToTwoOrToWhatIsGoneIsAskedAbout) {
  Recent of_two = asked_why(), of_gone = asked_why(), others = asked_why();
  of_two.subjects = {deployment("web"), deployment("cart")};
  of_gone.subjects = {deployment("secret-app")};
  others.mentioned = {deployment("cart"), deployment("report"), deployment("checkout")};
  expect_readings(of_two, {{"its logs", "unknown? which one: web or cart?"},
                           {"restart it", "unknown? which one: web or cart?"},
                           {"logs", "logs? which one: web or cart?"}});
  expect_readings(of_gone, {{"its logs", "unknown? which one? What we spoke of is not there any more"},
                            {"restart it", "unknown? which one? What we spoke of is not there any more"},
                            {"why?", "diagnose? which one? What we spoke of is not there any more"}});
  expect_readings(others, {{"and the other one?", "unknown? which one: cart or report?"}});
  others.mentioned.clear();
  expect_readings(others, {{"and the other one?", "unknown? which other one? I have named no other that is there"}});
}

// Nothing recent, or a message that has its own subject.
TEST(FollowUp, WhatStandsForItselfIsLeftToTheReader) {
  for (std::string_view message : {"its logs", "restart it", "and cart?", "why?", "scale it to 5", "the same for cart"})
    EXPECT_EQ(shown(read_follow_up(message, Recent(), live())), "-") << message;
  expect_readings(asked_why(), {
                                   {"why is cart failing?", "-"},
                                   {"what is wrong?", "-"},
                                   {"scale web to 5", "-"},
                                   {"cart", "-"},
                                   {"scale web to 5 and restart it", "-"},
                                   {"is it cart?", "-"},
                                   {"help", "-"},
                                   {"and why is cart slow?", "-"},
                                   {"and foobar?", "-"},
                                   {"what time is it?", "-"},
                                   {"what does that mean?", "-"},
                                   {"", "-"},
                                   {"?", "-"},
                               });
}

// After a change, with one object in mind: whatever these become, they ask for nothing to be done.
TEST(FollowUp, NeverReadsAnOperationWhereNoneIsAskedFor) {
  constexpr std::string_view kMessages[] = {
      "yes",
      "ok",
      "do it",
      "go ahead",
      "please",
      "sure, do that",
      "no",
      "and?",
      "again",
      "do not undo that",
      "don't undo it",
      "never undo that",
      "should I undo that?",
      "what if I undo that?",
      "can that be undone?",
      "did you undo it?",
      "why did you undo that?",
      "how do I undo that?",
      "\"undo that\"",
      "'undo'",
      "undo that\nand restart it",
      "undo that unless it is busy",
      "undo everything",
      "undo the deletion of cart",
      "he said undo that",
      "`undo`",
      "do not restart it",
      "don't scale it to 5",
      "should I restart it?",
      "was it restarted?",
      "why was it scaled to 5?",
      "what happens if I restart it?",
      "if it fails restart it",
      "\"restart it\"",
      "restart it\nnow",
      "somebody said restart it",
      "the log says restart it",
      "delete it",
      "stop it",
      "kill them",
      "scale it to -1",
      "scale it to 5%",
      "not the same for cart",
      "should I do the same for cart?",
      "why not the same for cart?",
      "\"the same for cart\"",
      "the same for cart unless it is busy",
      "and cart?",
      "is it the same for cart?",
  };
  Snapshot snapshot = live();
  for (std::string_view message : kMessages) {
    auto reading = read_follow_up(message, did({scaled("web", 3, 5)}), snapshot);
    EXPECT_TRUE(!reading || reading->operations.empty()) << message << " -> " << shown(reading);
    EXPECT_TRUE(!reading || reading->intent != Intent::operate || !reading->missing.empty()) << message;
  }
}

TEST(FollowUp, TakesAnySizeAndAnyBytes) {
  Snapshot snapshot = live();
  EXPECT_FALSE(read_follow_up("undo that" + std::string(kMaxFollowUpBytes, ' '), did({scaled("web", 3, 5)}), snapshot));
  std::string bytes;
  for (int c = 0; c < 256; ++c) bytes += static_cast<char>(c);
  EXPECT_FALSE(read_follow_up(bytes.substr(0, kMaxFollowUpBytes), asked_why(), snapshot));
  EXPECT_TRUE(read_follow_up("its logs", asked_why(), Snapshot()));
}

}  // namespace
}  // namespace ai_ops::reader
