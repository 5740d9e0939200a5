#include <fstream>
#include <sstream>

#include "demo-cluster/world/discovery.h"
#include "demo-cluster/world/world_lab.h"

namespace demo_cluster::world {
namespace {

class Persistence : public WorldLab {};

TEST_F(Persistence, AWorldComesBackWithItsUidsAndVersionsAndGoesOn) {
  deploy(2, "demo/fail: CrashLoopBackOff, demo/log: boom");
  deploy(1, "", "", "healthy");
  pass(Milliseconds(20'000));
  auto saved = world.export_lines(now);
  World other({.random_seed = 2});
  auto at = other.import_lines(saved);
  ASSERT_TRUE(at);
  EXPECT_EQ(*at, now);
  EXPECT_EQ(other.export_lines(now), saved);
  EXPECT_EQ(other.store().revision(), world.store().revision());
  auto old = watch(other.store(), {served_kind("Pod"), "", {}, {}}, other.store().revision() - 1);
  ASSERT_FALSE(old);
  EXPECT_EQ(old.error().code, 410);

  other.run(now, now + std::chrono::minutes(1));
  for (const auto& pod : world.store().list("Pod", "shop")) {
    auto there = other.store().find(key_of(*pod));
    ASSERT_TRUE(there);
    EXPECT_EQ(text(*there, "metadata.uid"), text(*pod, "metadata.uid"));
    auto lines = other.log(key_of(*pod), {}, now);
    ASSERT_TRUE(lines);
    EXPECT_FALSE(lines->empty());
  }
  EXPECT_GT(other.store().revision(), world.store().revision());
}

TEST_F(Persistence, RefusesWhatItDidNotWrite) {
  const std::string kHead = R"({"demo_cluster":1,"revision":5,"at":"2026-01-02T03:04:05Z"})"
                            "\n";
  for (const std::string& bad : std::vector<std::string>{
           "", "\n", "{}", "x", R"({"demo_cluster":2,"revision":5})", R"({"demo_cluster":1,"revision":0})",
           R"({"demo_cluster":1,"revision":5})", kHead + "{\"kind\":\"Nothing\",\"metadata\":{\"name\":\"a\"}}",
           kHead + "{\"kind\":\"Pod\"", kHead + "[]"}) {
    World other({.random_seed = 2});
    auto done = other.import_lines(bad);
    ASSERT_FALSE(done) << bad;
    EXPECT_EQ(done.error().code, foundation::Code::corrupt);
  }
}

TEST(Manifests, KeepTypesAndRefuseWhatIsNotYaml) {
  auto objects = foundation::manifests::parse_manifests(
      "a: 1\nb: \"1\"\nc: true\nd: null\ne: 1.5\nf: v1.5\n---\n---\nkind: List\nitems: [{x: 1}, {x: 2}]");
  ASSERT_TRUE(objects);
  ASSERT_EQ(objects->size(), 3U);
  EXPECT_EQ(json::to_text((*objects)[0]).substr(0, 40), R"({"a":1,"b":"1","c":true,"d":null,"e":1.5)");
  EXPECT_EQ(json::View((*objects)[0])["f"].text(), "v1.5");
  EXPECT_FALSE(foundation::manifests::parse_manifests("a: [1"));
  EXPECT_FALSE(foundation::manifests::parse_manifests("a: *x"));
}

TEST(Seed, TheShopHasFourteenWorkloadsOfWhichCheckoutAndReportAreDown) {
  std::ifstream file("demo-cluster/seed/shop.yaml");
  std::stringstream yaml;
  yaml << file.rdbuf();
  auto objects = foundation::manifests::parse_manifests(yaml.str());
  ASSERT_TRUE(objects) << objects.error().text();
  World world({.random_seed = 3});
  WallTime now = *foundation::parse_rfc3339("2026-01-02T03:04:05Z");
  world.found(now);
  auto seeded = world.seed(std::move(*objects), now);
  ASSERT_TRUE(seeded) << seeded.error().message;
  world.run(now, now + std::chrono::seconds(30));
  std::size_t workloads = 0;
  std::string down, restarted;
  for (auto kind : {"Deployment", "StatefulSet", "DaemonSet"})
    for (const auto& workload : world.store().list(kind, "shop")) {
      ++workloads;
      auto status = json::View(*workload)["status"];
      auto wanted =
          json::View(*workload)["spec"]["replicas"].integer_or(status["desiredNumberScheduled"].integer_or(0));
      if (status["readyReplicas"].integer_or(status["numberReady"].integer_or(0)) != wanted)
        down += text(*workload, "metadata.name") + " ";
    }
  for (const auto& pod : world.store().list("Pod", "shop"))
    if (json::View(*pod)["status"]["containerStatuses"][0]["restartCount"].integer_or(0) > 0 &&
        !text(*pod, "metadata.name").starts_with("checkout"))
      restarted += text(*pod, "metadata.name") + " ";
  EXPECT_EQ(workloads, 14U);
  EXPECT_EQ(down, "checkout report ");
  EXPECT_EQ(restarted, "");
}

TEST(Discovery, NamesEveryServedKindOnce) {
  std::size_t found = 0;
  for (const auto& row : served_kinds()) {
    auto resources = api_resources(row.kind.group, row.kind.version);
    ASSERT_FALSE(resources.is_null());
    for (const auto& resource : json::View(resources)["resources"].array())
      found += json::View(resource)["name"].text() == row.kind.plural;
    EXPECT_FALSE(openapi_document(row.kind.group, row.kind.version).is_null());
  }
  EXPECT_EQ(found, served_kinds().size());
  EXPECT_TRUE(api_resources("apps", "v7").is_null());
  EXPECT_TRUE(api_group("none").is_null());
}

}  // namespace
}  // namespace demo_cluster::world
