#include "demo-cluster/world/patch.h"

#include <gtest/gtest.h>

namespace demo_cluster::world {
namespace {

json::Value value(std::string_view text) { return *json::parse_strict(text); }

json::Value merged(std::string_view target, std::string_view patch) {
  auto out = value(target);
  merge_patch(out, value(patch));
  return out;
}

json::Value strategically(std::string_view target, std::string_view patch) {
  auto out = value(target);
  strategic_merge_patch(out, value(patch));
  return out;
}

int json_patched(json::Value& target, std::string_view patch) {
  auto done = json_patch(target, value(patch));
  return done ? 200 : done.error().code;
}

TEST(MergePatch, SetsReplacesAndDeletes) {
  EXPECT_EQ(merged(R"({"a":"b","c":{"d":"e","f":"g"}})", R"({"a":"z","c":{"f":null}})"),
            value(R"({"a":"z","c":{"d":"e"}})"));
  EXPECT_EQ(merged(R"({"a":[1,2]})", R"({"a":[3]})"), value(R"({"a":[3]})"));
  EXPECT_EQ(merged(R"({"a":1})", R"({"b":{"c":{"d":null}}})"), value(R"({"a":1,"b":{"c":{}}})"));
  EXPECT_EQ(merged(R"({"a":1})", "[1]"), value("[1]"));
}

TEST(JsonPatch, PerformsEachOperation) {
  auto target = value(R"({"a":{"b":[1,3]},"x~y":1,"p/q":2})");
  EXPECT_EQ(json_patched(target, R"([{"op":"test","path":"/a/b/0","value":1},
    {"op":"add","path":"/a/b/1","value":2},{"op":"add","path":"/a/b/-","value":4},
    {"op":"replace","path":"/x~0y","value":7},{"op":"remove","path":"/p~1q"},
    {"op":"copy","from":"/a/b/0","path":"/c"},{"op":"move","from":"/c","path":"/d"}])"),
            200);
  EXPECT_EQ(target, value(R"({"a":{"b":[1,2,3,4]},"x~y":7,"d":1})"));
}

TEST(JsonPatch, RefusesWhatDoesNotFit) {
  for (auto patch : {R"([{"op":"test","path":"/a","value":2}])", R"([{"op":"remove","path":"/none"}])",
                     R"([{"op":"add","path":"/b/7","value":1}])", R"([{"op":"add","path":"/b/01","value":1}])",
                     R"([{"op":"replace","path":"/a/x","value":1}])"}) {
    auto target = value(R"({"a":1,"b":[1]})");
    EXPECT_EQ(json_patched(target, patch), 422) << patch;
  }
  for (auto patch : {R"({"op":"add"})", R"([{"op":"grow","path":"/a"}])", R"([{"op":"add","path":"a","value":1}])",
                     R"([{"op":"add","path":"/a"}])", R"([{"op":"add","path":"/a~2","value":1}])", "[7]"}) {
    auto target = value(R"({"a":1})");
    EXPECT_EQ(json_patched(target, patch), 400) << patch;
  }
}

TEST(StrategicPatch, MergesKnownListsByTheirKey) {
  auto out = strategically(
      R"({"containers":[{"name":"a","image":"1","env":[{"name":"X","value":"1"}]},{"name":"b"}],"args":["p"]})",
      R"({"containers":[{"name":"a","env":[{"name":"Y","value":"2"}]},{"name":"c"}],"args":["q"]})");
  EXPECT_EQ(out, value(R"({"containers":[{"name":"a","image":"1","env":[{"name":"X","value":"1"},
    {"name":"Y","value":"2"}]},{"name":"b"},{"name":"c"}],"args":["q"]})"));
}

TEST(StrategicPatch, ObeysTheDirectivesOfKubectl) {
  EXPECT_EQ(strategically(R"({"ports":[{"containerPort":1},{"containerPort":2}]})",
                          R"({"$setElementOrder/ports":[],"ports":[{"containerPort":1,"$patch":"delete"}]})"),
            value(R"({"ports":[{"containerPort":2}]})"));
  EXPECT_EQ(strategically(R"({"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}})",
                          R"({"strategy":{"$retainKeys":["type"],"type":"Recreate"}})"),
            value(R"({"strategy":{"type":"Recreate"}})"));
  EXPECT_EQ(strategically(R"({"finalizers":["a","b"]})",
                          R"({"$deleteFromPrimitiveList/finalizers":["a"],"finalizers":["c","b"]})"),
            value(R"({"finalizers":["b","c"]})"));
  EXPECT_EQ(strategically(R"({"labels":{"a":"1"}})", R"({"labels":{"$patch":"replace","b":"2"}})"),
            value(R"({"labels":{"b":"2"}})"));
}

}  // namespace
}  // namespace demo_cluster::world
