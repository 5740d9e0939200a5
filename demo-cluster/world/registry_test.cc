#include "demo-cluster/world/world_lab.h"

namespace demo_cluster::world {
namespace {

class Writes : public WorldLab {
 protected:
  // The managedFields entry of that manager; an empty view when there is none.
  json::View entry(std::string_view manager) {
    for (const auto& row : get("Deployment", "web")["metadata"]["managedFields"].array())
      if (json::View(row)["manager"].text() == manager) return json::View(row);
    return {};
  }
  std::string version() { return text(get("Deployment", "web"), "metadata.resourceVersion"); }
  std::string with_version(int replicas) {
    return R"({"metadata":{"resourceVersion":")" + version() + R"("},"spec":{"replicas":)" + std::to_string(replicas) +
           "}}";
  }
};

TEST_F(Writes, FillsInWhatAManifestLeavesOut) {
  deploy(2);
  auto web = get("Deployment", "web");
  EXPECT_EQ(text(web, "metadata.generation"), "1");
  EXPECT_EQ(text(web, "metadata.uid").size(), 36U);
  EXPECT_EQ(text(web, "metadata.creationTimestamp"), "2026-01-02T03:04:05Z");
  EXPECT_EQ(text(web, "spec.strategy.rollingUpdate.maxSurge"), "25%");
  EXPECT_EQ(text(web, "spec.template.spec.restartPolicy"), "Always");
}

TEST_F(Writes, AStaleResourceVersionIsAConflict) {
  deploy(2);
  auto first = with_version(3);
  ASSERT_TRUE(scale(first, "hks-1"));
  auto again = scale(first, "hks-1");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, 409);
  EXPECT_EQ(again.error().reason, "Conflict");
  EXPECT_EQ(again.error().message,
            "Operation cannot be fulfilled on deployments.apps \"web\": the object has been modified; please apply "
            "your changes to the latest version and try again");
  EXPECT_EQ(text(get("Deployment", "web"), "spec.replicas"), "3");
}

TEST_F(Writes, AnotherUidIsAConflict) {
  deploy(2);
  auto other = scale(R"({"metadata":{"uid":"00000000-0000-4000-8000-000000000000"},"spec":{"replicas":1}})", "x");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, 409);
}

TEST_F(Writes, ADryRunAnswersTheNewValueAndTheOldVersionAndStoresNothing) {
  deploy(2);
  auto before = version();
  auto answer = scale(with_version(5), "hks-1", true);
  ASSERT_TRUE(answer);
  EXPECT_EQ(text(*answer, "spec.replicas"), "5");
  EXPECT_EQ(text(*answer, "metadata.resourceVersion"), before);
  EXPECT_EQ(version(), before);
  EXPECT_EQ(text(get("Deployment", "web"), "spec.replicas"), "2");
  EXPECT_FALSE(entry("hks-1"));
}

TEST_F(Writes, WritingWhatAlreadyStandsChangesNothingAndRecordsNobody) {
  deploy(2);
  auto before = version();
  ASSERT_TRUE(scale(with_version(2), "hks-1"));
  EXPECT_EQ(version(), before);
  EXPECT_FALSE(entry("hks-1"));
}

TEST_F(Writes, AScaleIsRecordedUnderItsManagerWithTheSubresourceAndNoTime) {
  deploy(2);
  ASSERT_TRUE(scale(with_version(5), "hks-1"));
  auto own = entry("hks-1");
  ASSERT_TRUE(own);
  EXPECT_EQ(own["subresource"].text(), "scale");
  EXPECT_EQ(own["operation"].text(), "Update");
  EXPECT_EQ(own["apiVersion"].text(), "apps/v1");
  EXPECT_FALSE(own["time"]);
  EXPECT_TRUE(own["fieldsV1"]["f:spec"]["f:replicas"]);
  EXPECT_EQ(text(get("Deployment", "web"), "metadata.generation"), "2");
}

TEST_F(Writes, TheNextScalerTakesTheFieldFromTheOneBefore) {
  deploy(2);
  ASSERT_TRUE(scale(R"({"spec":{"replicas":5}})", "hks-1"));
  ASSERT_TRUE(scale(R"({"spec":{"replicas":4}})", "kubectl"));
  EXPECT_FALSE(entry("hks-1"));
  EXPECT_TRUE(entry("kubectl"));
  EXPECT_FALSE(entry("demo-seed")["fieldsV1"]["f:spec"]["f:replicas"]);
  EXPECT_TRUE(entry("demo-seed")["fieldsV1"]["f:spec"]["f:template"]);
  EXPECT_TRUE(entry("demo-seed")["fieldsV1"]["f:spec"]["f:selector"]["f:matchLabels"]["f:app"]);
}

TEST_F(Writes, AWriteTakesNoMoreThanWhatItChanged) {
  apply(
      "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop, labels: {a: '1', b: '2'}}, spec: {ports: "
      "[{port: 80}]}}");
  ASSERT_TRUE(patch("Service", "web", R"({"metadata":{"labels":{"a":"9"}},"spec":{"ports":[{"port":81}]}})"));
  json::View entries = get("Service", "web")["metadata"]["managedFields"];
  EXPECT_EQ(json::to_text(copy_of(entries[0]["fieldsV1"]["f:metadata"])), R"({"f:labels":{"f:b":{}}})");
  EXPECT_EQ(json::to_text(copy_of(entries[1]["fieldsV1"]["f:metadata"])), R"({"f:labels":{"f:a":{}}})");
}

TEST_F(Writes, ListItemsAreOwnedByTheirKey) {
  deploy(1);
  ASSERT_TRUE(
      patch("Deployment", "web",
            R"({"spec":{"template":{"spec":{"containers":[{"name":"app","image":"registry.example/web:2"}]}}}})",
            PatchKind::strategic, "ada"));
  auto fields = entry("ada")["fieldsV1"]["f:spec"]["f:template"]["f:spec"]["f:containers"];
  EXPECT_TRUE(fields[R"(k:{"name":"app"})"]["f:image"]);
}

TEST_F(Writes, StatusIsNotAClientsToWriteThroughTheObject) {
  deploy(1);
  pass(Milliseconds(3'000));
  auto before = version();
  ASSERT_TRUE(patch("Deployment", "web", R"({"status":{"readyReplicas":99}})"));
  EXPECT_EQ(version(), before);
}

struct Refused {
  const char* patch;
  int code;
  const char* says;
};

TEST_F(Writes, RefusesCountsThatAreNone) {
  deploy(2);
  for (const auto& row : {Refused{R"({"spec":{"replicas":-1}})", 422, "must be greater than or equal to 0"},
                          Refused{R"({"spec":{"replicas":"3"}})", 422, "cannot unmarshal string"},
                          Refused{R"({"spec":{"replicas":1.5}})", 422, "cannot unmarshal number"},
                          Refused{R"({"spec":{"replicas":4294967296}})", 422, "cannot unmarshal number"},
                          Refused{R"({"spec":[]})", 422, "not an object"}}) {
    for (bool through_scale : {true, false}) {
      int code = 0;
      std::string message;
      if (through_scale) {
        if (auto done = scale(row.patch, "x"); !done) code = done.error().code, message = done.error().message;
      } else {
        if (auto done = patch("Deployment", "web", row.patch); !done)
          code = done.error().code, message = done.error().message;
      }
      EXPECT_EQ(code, row.code) << row.patch;
      EXPECT_NE(message.find(row.says), std::string::npos) << message;
    }
  }
  EXPECT_EQ(text(get("Deployment", "web"), "spec.replicas"), "2");
}

TEST_F(Writes, AWholeObjectOfWrongTypesIsABadRequest) {
  auto made = world.registry().create(*served_kind("Deployment"), "shop",
                                      *json::parse_strict(R"({"metadata":{"name":"a"},"spec":{"replicas":"3"}})"),
                                      {"t", false, now});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, 400);
}

TEST_F(Writes, APatchDoesNotChangeTheUid) {
  deploy(2);
  auto other = patch("Deployment", "web", R"({"metadata":{"uid":"00000000-0000-4000-8000-000000000000"}})");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, 422);
  EXPECT_EQ(other.error().causes.at(0).field, "metadata.uid");
}

TEST_F(Writes, RefusesObjectsThatCannotBe) {
  auto code_of = [&](std::string_view kind, std::string_view body, std::string_view space = "shop") {
    auto made = world.registry().create(*served_kind(kind), space, *json::parse_strict(body), {"t", false, now});
    return made ? 201 : made.error().code;
  };
  EXPECT_EQ(code_of("Deployment", R"({"metadata":{"name":"a"},"spec":{}})"), 422);
  EXPECT_EQ(code_of("ConfigMap", R"({"metadata":{"name":"UPPER"}})"), 422);
  EXPECT_EQ(code_of("ConfigMap", R"({"metadata":{}})"), 422);
  EXPECT_EQ(code_of("ConfigMap", R"({"metadata":{"name":"a"}})", "nowhere"), 404);
  EXPECT_EQ(code_of("ConfigMap", R"({"kind":"Secret","metadata":{"name":"a"}})"), 400);
  EXPECT_EQ(code_of("ConfigMap", R"({"metadata":{"name":"a","namespace":"default"}})"), 400);
  EXPECT_EQ(code_of("Service", R"({"metadata":{"name":"a"},"spec":{"ports":[{"port":70000}]}})"), 422);
  EXPECT_EQ(code_of("ConfigMap", R"({"metadata":{"name":"a"}})"), 201);
  EXPECT_EQ(code_of("ConfigMap", R"({"metadata":{"name":"a"}})"), 409);
  EXPECT_EQ(code_of("ConfigMap", "[]"), 400);
}

TEST_F(Writes, AConditionalDeletionMindsItsPreconditions) {
  deploy(1);
  const auto& kind = *served_kind("Deployment");
  Key key{"Deployment", "shop", "web"};
  auto other =
      world.registry().remove(kind, key, {.grace_seconds = {}, .uid = "x", .resource_version = {}}, {"", false, now});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, 409);
  ASSERT_TRUE(world.registry().remove(kind, key, {}, {"", true, now}));
  EXPECT_TRUE(world.store().find(key));  // it was a dry run
  ASSERT_TRUE(world.registry().remove(kind, key, {}, {"", false, now}));
  EXPECT_FALSE(world.store().find(key));
  EXPECT_EQ(world.registry().remove(kind, key, {}, {"", false, now}).error().code, 404);
}

TEST_F(Writes, AFinalizerHoldsAnObjectUntilItIsTakenOff) {
  apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: held, namespace: shop, finalizers: [a/b]}}");
  ASSERT_TRUE(world.registry().remove(*served_kind("ConfigMap"), {"ConfigMap", "shop", "held"}, {}, {"", false, now}));
  EXPECT_FALSE(text(get("ConfigMap", "held"), "metadata.deletionTimestamp").empty());
  ASSERT_TRUE(patch("ConfigMap", "held", R"({"metadata":{"finalizers":null}})"));
  EXPECT_FALSE(get("ConfigMap", "held"));
}

}  // namespace
}  // namespace demo_cluster::world
