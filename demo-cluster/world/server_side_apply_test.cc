#include "demo-cluster/world/server_side_apply.h"

#include "demo-cluster/world/world_lab.h"

namespace demo_cluster::world {
namespace {

class ServerSideApply : public WorldLab {
 protected:
  Outcome<Stored> apply_map(std::string_view data, std::string manager, bool force = false) {
    auto body = R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":)" + std::string(data) + "}";
    return world.registry().patch(*served_kind("ConfigMap"), {"ConfigMap", "shop", "a"}, PatchKind::apply,
                                  *json::parse_strict(body), Part::spec,
                                  {.manager = std::move(manager), .dry_run = false, .now = now, .force = force});
  }
  std::string data() { return json::to_text(copy_of(get("ConfigMap", "a")["data"])); }
  // "MANAGER OPERATION fields" of each entry, a line each.
  std::string owners() {
    std::string out;
    for (const auto& entry : get("ConfigMap", "a")["metadata"]["managedFields"].array())
      out += text(entry, "manager") + " " + text(entry, "operation") + " " + text(entry, "fieldsV1.f:data") + "\n";
    return out;
  }
};

TEST_F(ServerSideApply, MakesTheObjectAndOwnsWhatItNames) {
  ASSERT_TRUE(apply_map(R"({"x":"1"})", "ada"));
  EXPECT_EQ(owners(), "ada Apply {\"f:x\":{}}\n");
}

TEST_F(ServerSideApply, WhatAManagerLeavesOutNextTimeGoes) {
  ASSERT_TRUE(apply_map(R"({"x":"1","y":"2"})", "ada"));
  ASSERT_TRUE(apply_map(R"({"x":"1"})", "ada"));
  EXPECT_EQ(data(), R"({"x":"1"})");
}

TEST_F(ServerSideApply, WhatAnotherOwnsTooStays) {
  ASSERT_TRUE(apply_map(R"({"x":"1","y":"2"})", "ada"));
  ASSERT_TRUE(apply_map(R"({"y":"2"})", "bob"));
  EXPECT_EQ(owners(), "ada Apply {\"f:x\":{},\"f:y\":{}}\nbob Apply {\"f:y\":{}}\n");
  ASSERT_TRUE(apply_map(R"({"x":"1"})", "ada"));
  EXPECT_EQ(data(), R"({"x":"1","y":"2"})");
}

TEST_F(ServerSideApply, AnothersFieldIsAConflictUntilItIsForced) {
  ASSERT_TRUE(apply_map(R"({"x":"1"})", "ada"));
  auto refused = apply_map(R"({"x":"2"})", "bob");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, 409);
  EXPECT_EQ(refused.error().reason, "Conflict");
  EXPECT_EQ(refused.error().message, "Apply failed with 1 conflict: conflict with \"ada\" using v1: .data.x");
  EXPECT_EQ(data(), R"({"x":"1"})");
  ASSERT_TRUE(apply_map(R"({"x":"2"})", "bob", true));
  EXPECT_EQ(data(), R"({"x":"2"})");
  EXPECT_EQ(owners(), "bob Apply {\"f:x\":{}}\n");
}

TEST_F(ServerSideApply, TheSameAgainWritesNothing) {
  ASSERT_TRUE(apply_map(R"({"x":"1"})", "ada"));
  auto before = text(get("ConfigMap", "a"), "metadata.resourceVersion");
  now += Milliseconds(5'000);
  ASSERT_TRUE(apply_map(R"({"x":"1"})", "ada"));
  EXPECT_EQ(text(get("ConfigMap", "a"), "metadata.resourceVersion"), before);
}

TEST_F(ServerSideApply, AContainerLeftOutIsRemovedByItsName) {
  auto apply_containers = [&](std::string_view containers) {
    auto body =
        R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"selector":)"
        R"({"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":)" +
        std::string(containers) + "}}}}";
    return world.registry().patch(*served_kind("Deployment"), {"Deployment", "shop", "web"}, PatchKind::apply,
                                  *json::parse_strict(body), Part::spec,
                                  {.manager = "ada", .dry_run = false, .now = now});
  };
  ASSERT_TRUE(apply_containers(R"([{"name":"app","image":"a:1"},{"name":"side","image":"b:1"}])"));
  ASSERT_TRUE(apply_containers(R"([{"name":"app","image":"a:2"}])"));
  auto containers = get("Deployment", "web")["spec"]["template"]["spec"]["containers"];
  ASSERT_EQ(containers.array().size(), 1U);
  EXPECT_EQ(containers[0]["image"].text(), "a:2");
}

TEST_F(ServerSideApply, AConfigurationBringsNoManagedFields) {
  auto broken = json::parse_strict(R"({"kind":"A","apiVersion":"v1","metadata":{"managedFields":[{"manager":"x"}]}})");
  EXPECT_EQ(check_configuration(*broken).error().code, 400);
  EXPECT_EQ(check_configuration(json::Value(json::Object{})).error().code, 400);
}

TEST_F(ServerSideApply, ManagedFieldsMayBeHandedToAnotherManager) {
  apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}, data: {x: '1'}}");
  ASSERT_TRUE(patch("ConfigMap", "a",
                    R"({"metadata":{"managedFields":[{"manager":"ada","operation":"Apply","apiVersion":"v1",)"
                    R"("fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:x":{},".":{}}}}]}})",
                    PatchKind::merge, ""));
  ASSERT_TRUE(apply_map(R"({"y":"2"})", "ada"));
  EXPECT_EQ(data(), R"({"y":"2"})");
  ASSERT_TRUE(patch("ConfigMap", "a", R"({"metadata":{"managedFields":[{"manager":"","fieldsV1":"no"}]}})"));
  EXPECT_EQ(text(get("ConfigMap", "a")["metadata"]["managedFields"][0], "manager"), "ada");
}

}  // namespace
}  // namespace demo_cluster::world
