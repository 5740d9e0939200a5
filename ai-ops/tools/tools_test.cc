#include "ai-ops/tools/tools.h"

#include <gtest/gtest.h>

#include <set>

#include "ai-ops/control_plane/fake.h"
#include "foundation/json/view.h"

namespace ai_ops::tools {
namespace {

using control_plane::FakeControlPlane;
using foundation::Code;
using foundation::Result;

json::Value object(const char* text) { return json::parse_strict(text).value(); }

Result<Outcome> call(FakeControlPlane& fake, const char* tool, const char* arguments) {
  async::asio::io_context io(1);
  async::Context ctx{"test", std::chrono::steady_clock::now() + std::chrono::seconds(20), {}};
  control_plane::Caller caller{foundation::Secret("token"), "erin", "shop", "t"};
  Result<Outcome> out;
  async::asio::co_spawn(io, async::in_branch(find_tool(tool)->run(ctx, fake, caller, object(arguments).as_object())),
                        [&](std::exception_ptr thrown, Result<Outcome> result) {
                          if (thrown) std::rethrow_exception(thrown);
                          out = std::move(result);
                        });
  io.run();
  return out;
}

TEST(Tools, HaveOneNameEachAndASchemaThatAdmitsNothingElse) {
  std::set<std::string_view> names;
  for (const Tool& tool : tools()) {
    EXPECT_TRUE(names.insert(tool.name).second) << tool.name;
    EXPECT_FALSE(tool.summary.empty());
    json::Value schema = tool.arguments_schema();
    EXPECT_FALSE(json::View(schema)["additionalProperties"].boolean_or(true)) << tool.name;
    for (const auto& member : json::View(schema)["required"].array())
      EXPECT_TRUE(json::View(schema)["properties"][json::View(member).text()]) << tool.name;
  }
  EXPECT_EQ(names, (std::set<std::string_view>{"get_object", "list_events", "get_logs"}));
  EXPECT_EQ(find_tool("scale"), nullptr);
}

TEST(Tools, RefuseArgumentsThatAreNotTheirSchemasByName) {
  struct Row {
    const char* tool;
    const char* arguments;
    const char* at;
  };
  const Row rows[] = {
      {"get_object", R"({"kind":"Deployment","project":"shop"})", "$.name"},
      {"get_object", R"({"kind":"Deployment","project":"shop","name":"../x"})", "$.name"},
      {"get_object", R"({"kind":"Deployment","project":"Shop","name":"web"})", "$.project"},
      {"get_object", R"({"kind":"Teapot","project":"shop","name":"web"})", "$.kind"},
      {"get_object", R"({"kind":"Deployment","project":"shop","name":"web","force":true})", "$.force"},
      {"list_events", R"({"limit":0})", "$.limit"},
      {"list_events", R"({"limit":"5"})", "$.limit"},
      {"list_events", R"({"name":"a b"})", "$.name"},
      {"get_logs", R"({"project":"shop"})", "$.pod"},
      {"get_logs", R"({"project":"shop","pod":"web-1","tail_lines":501})", "$.tail_lines"},
      {"get_logs", R"({"project":"shop","pod":"web-1","previous":"yes"})", "$.previous"},
  };
  for (const Row& row : rows) {
    FakeControlPlane fake;
    auto outcome = call(fake, row.tool, row.arguments);
    ASSERT_FALSE(outcome) << row.arguments;
    EXPECT_EQ(outcome.error().code, Code::invalid) << row.arguments;
    EXPECT_EQ(outcome.error().doing, row.at) << row.arguments;
    EXPECT_EQ(fake.log_reads(), 0u);
  }
}

TEST(Tools, GetObjectGivesTheObjectAndPassesOnThatThereIsNone) {
  FakeControlPlane fake;
  fake.add_object(
      object(R"({"kind":"Deployment","metadata":{"name":"web","namespace":"shop"},"spec":{"replicas":3}})"));
  auto found = call(fake, "get_object", R"({"kind":"Deployment","project":"shop","name":"web"})");
  ASSERT_TRUE(found);
  EXPECT_EQ(json::View(found->result)["spec"]["replicas"].integer_or(0), 3);
  EXPECT_EQ(found->summary, "Deployment/web");
  auto none = call(fake, "get_object", R"({"kind":"Deployment","project":"shop","name":"cart"})");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::not_found);
}

TEST(Tools, AnObjectOverTheBoundIsRefused) {
  FakeControlPlane fake;
  json::Value large = object(R"({"kind":"Deployment","metadata":{"name":"web","namespace":"shop"}})");
  large.as_object()["spec"] = std::string(kMaxResultBytes, 'x');
  fake.add_object(large);
  auto outcome = call(fake, "get_object", R"({"kind":"Deployment","project":"shop","name":"web"})");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::too_large);
}

TEST(Tools, ListEventsTellsThemInTheFormOfKubernetes) {
  FakeControlPlane fake;
  fake.set_events(object(R"({"events":[{"object":{"project":"shop","kind":"Pod","name":"checkout-7d9f"},
      "type":"Warning","reason":"BackOff","text":"Back-off restarting","count":6,
      "first_at":"2026-01-02T02:50:11.000Z","last_at":"2026-01-02T03:03:40.000Z"}]})"));
  auto outcome = call(fake, "list_events", "{}");
  ASSERT_TRUE(outcome);
  json::View event = json::View(outcome->result)["items"][std::size_t{0}];
  EXPECT_EQ(event["involvedObject"]["namespace"].text(), "shop");
  EXPECT_EQ(event["involvedObject"]["name"].text(), "checkout-7d9f");
  EXPECT_EQ(event["message"].text(), "Back-off restarting");
  EXPECT_EQ(event["lastTimestamp"].text(), "2026-01-02T03:03:40.000Z");
  EXPECT_EQ(event["count"].integer_or(0), 6);
  EXPECT_EQ(outcome->summary, "1 event");
}

TEST(Tools, GetLogsKeepsTheNewestLinesThatFit) {
  FakeControlPlane fake;
  std::vector<std::string> lines(100, std::string(kMaxResultBytes / 50, 'x'));
  lines.back() = "the last";
  fake.set_logs("web-1", false, lines);
  auto outcome = call(fake, "get_logs", R"({"project":"shop","pod":"web-1","tail_lines":100})");
  ASSERT_TRUE(outcome);
  const auto& kept = json::View(outcome->result)["lines"].array();
  EXPECT_LT(kept.size(), 60u);
  EXPECT_GT(kept.size(), 40u);
  EXPECT_EQ(json::View(kept.back()).text(), "the last");
  EXPECT_LE(json::to_text(kept).size(), kMaxResultBytes);
}

}  // namespace
}  // namespace ai_ops::tools
