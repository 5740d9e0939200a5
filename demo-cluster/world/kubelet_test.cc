#include "demo-cluster/world/kubelet.h"

#include "demo-cluster/world/dependencies.h"
#include "demo-cluster/world/world_lab.h"

namespace demo_cluster::world {
namespace {

class Containers : public WorldLab {
 protected:
  json::View container(std::size_t pod = 0) {
    held_pod = pods().at(pod);
    return json::View(*held_pod)["status"]["containerStatuses"][0];
  }
  std::string log(bool previous = false) {
    auto lines = world.log(
        key_of(*pods().at(0)),
        {.container = {}, .previous = previous, .tail_lines = {}, .since_seconds = {}, .limit_bytes = {}}, now);
    return lines ? *lines : "refused: " + lines.error().message;
  }
  // Passes time until the container waits for that reason.
  bool waits_for(std::string_view reason, Milliseconds at_most = Milliseconds(60'000)) {
    for (auto end = now + at_most; now < end; pass(Milliseconds(200)))
      if (!pods().empty() && container()["state"]["waiting"]["reason"].text() == reason) return true;
    return false;
  }
  void database(int port) {
    apply(
        "{apiVersion: v1, kind: Service, metadata: {name: postgres, namespace: shop}, spec: {clusterIP: 10.96.4.12, "
        "ports: [{port: " +
        std::to_string(port) + "}]}}");
  }
  Stored held_pod;
};

TEST_F(Containers, ACrashLoopCountsItsRestartsAndBacksOffLongerEachTime) {
  deploy(1, "demo/fail: CrashLoopBackOff, demo/exit-code: '3', demo/log: \"one\\ntwo\"");
  ASSERT_TRUE(waits_for("CrashLoopBackOff"));
  EXPECT_EQ(container()["restartCount"].integer_or(0), 1);  // the first restart is at once
  auto pod = pods()[0];
  EXPECT_EQ(container()["state"]["waiting"]["message"].text(),
            "back-off 10s restarting failed container=app pod=" + text(*pod, "metadata.name") + "_shop(" +
                text(*pod, "metadata.uid") + ")");
  EXPECT_EQ(container()["lastState"]["terminated"]["exitCode"].integer_or(0), 3);
  EXPECT_EQ(container()["lastState"]["terminated"]["reason"].text(), "Error");
  EXPECT_EQ(container()["ready"].boolean_or(true), false);
  EXPECT_EQ(text(*pods()[0], "status.phase"), "Running");
  EXPECT_NE(events_of(*pod).find("BackOff: Back-off restarting failed container app in pod web-"), std::string::npos);
  EXPECT_EQ(log(), "one\ntwo\n");
  EXPECT_EQ(log(true), "one\ntwo\n");
  pass(Milliseconds(12'000));
  ASSERT_TRUE(waits_for("CrashLoopBackOff"));
  EXPECT_EQ(container()["restartCount"].integer_or(0), 2);
  EXPECT_TRUE(container()["state"]["waiting"]["message"].text().starts_with("back-off 20s "));
  pass(std::chrono::minutes(12));
  ASSERT_TRUE(waits_for("CrashLoopBackOff", std::chrono::minutes(10)));
  EXPECT_TRUE(container()["state"]["waiting"]["message"].text().starts_with("back-off 5m0s "));
  EXPECT_EQ(ready("web"), 0);
}

TEST_F(Containers, OutOfMemoryEndsWith137) {
  deploy(1, "demo/fail: OOMKilled, demo/backoff: 5s");
  ASSERT_TRUE(waits_for("CrashLoopBackOff"));
  EXPECT_EQ(container()["lastState"]["terminated"]["reason"].text(), "OOMKilled");
  EXPECT_EQ(container()["lastState"]["terminated"]["exitCode"].integer_or(0), 137);
  EXPECT_TRUE(container()["state"]["waiting"]["message"].text().starts_with("back-off 5s "));
}

TEST_F(Containers, AnImageThatIsNotThereIsTriedAgainAndAgain) {
  deploy(1, "demo/fail: ImagePullBackOff, demo/pull-retry: 8s");
  ASSERT_TRUE(waits_for("ErrImagePull"));
  EXPECT_EQ(text(*pods()[0], "status.phase"), "Pending");
  ASSERT_TRUE(waits_for("ImagePullBackOff"));
  EXPECT_TRUE(container()["state"]["waiting"]["message"].text().starts_with(
      "Back-off pulling image \"registry.example/web:1\""));
  EXPECT_EQ(log(), "refused: container \"app\" in pod \"" + text(*pods()[0], "metadata.name") +
                       "\" is waiting to start: trying and failing to pull image");
  pass(Milliseconds(7'000));
  EXPECT_TRUE(waits_for("ErrImagePull", Milliseconds(3'000)));
  auto events = events_of(*pods()[0]);
  EXPECT_NE(events.find("Failed: Failed to pull image \"registry.example/web:1\""), std::string::npos);
  EXPECT_NE(events.find("Failed: Error: ErrImagePull"), std::string::npos);
  EXPECT_EQ(container()["restartCount"].integer_or(9), 0);
}

TEST_F(Containers, AWrongPortCrashesTheProgramWithTheAddressThatRefused) {
  database(5432);
  deploy(1, "demo/needs-endpoint: DATABASE_URL",
         ", env: [{name: DATABASE_URL, value: 'postgres://shop@postgres.shop:5433/shop'}]");
  ASSERT_TRUE(waits_for("CrashLoopBackOff"));
  EXPECT_NE(log().find("connect: connection refused 10.96.4.12:5433"), std::string::npos) << log();
  EXPECT_EQ(container()["lastState"]["terminated"]["exitCode"].integer_or(0), 1);
}

TEST_F(Containers, TheRightPortHealsItWhicheverSideIsMended) {
  database(5432);
  constexpr std::string_view kEnv = ", env: [{name: DATABASE_URL, value: 'postgres://shop@postgres.shop:5433/shop'}]";
  deploy(1, "demo/needs-endpoint: DATABASE_URL, demo/backoff: 10s", kEnv);
  deploy(1, "demo/needs-endpoint: DATABASE_URL", kEnv, "worker");
  pass(Milliseconds(20'000));
  EXPECT_EQ(ready("web"), 0);
  ASSERT_TRUE(patch("Deployment", "worker", R"({"spec":{"template":{"spec":{"containers":[{"name":"app","env":[
    {"name":"DATABASE_URL","value":"postgres://shop@postgres.shop:5432/shop"}]}]}}}})",
                    PatchKind::strategic));
  pass(Milliseconds(5'000));
  EXPECT_EQ(ready("worker"), 1);
  EXPECT_EQ(ready("web"), 0);
  ASSERT_TRUE(patch("Service", "postgres", R"({"spec":{"ports":[{"port":5432},{"port":5433}]}})"));
  pass(Milliseconds(15'000));
  EXPECT_EQ(ready("web"), 1);
}

TEST_F(Containers, AProgramThatIsUpSurvivesTheLossOfWhatItNeeded) {
  database(5432);
  deploy(1, "demo/needs-endpoint: DB", ", env: [{name: DB, value: 'postgres://postgres:5432/x'}]");
  pass(Milliseconds(3'000));
  ASSERT_EQ(ready("web"), 1);
  ASSERT_TRUE(world.registry().remove(*served_kind("Service"), {"Service", "shop", "postgres"}, {}, {"", false, now}));
  pass(Milliseconds(20'000));
  EXPECT_EQ(ready("web"), 1);
}

TEST_F(Containers, AServiceWithoutReadyPodsIsWaitedForBeforeTheProgramGivesUp) {
  apply(
      "{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop}, spec: {selector: {app: db}, ports: "
      "[{port: 5432}]}}");
  deploy(1, "demo/needs-endpoint: DB", ", env: [{name: DB, value: 'postgres://db:5432/x'}]");
  pass(Milliseconds(4'000));
  EXPECT_TRUE(container()["state"]["running"]);
  EXPECT_EQ(container()["ready"].boolean_or(true), false);
  deploy(1, "", "", "db");
  pass(Milliseconds(4'000));
  EXPECT_EQ(ready("web"), 1);
  EXPECT_EQ(container()["restartCount"].integer_or(9), 0);
}

TEST_F(Containers, CallsOfARunningProgramFailInItsLogTwoOfThree) {
  apply(
      "{apiVersion: v1, kind: Service, metadata: {name: checkout, namespace: shop}, spec: {selector: {app: checkout}, "
      "ports: [{port: 8080}]}}");
  deploy(1, "demo/calls: CHECKOUT_URL", ", env: [{name: CHECKOUT_URL, value: 'http://checkout:8080/quote'}]");
  pass(Milliseconds(13'000));
  auto lines = log();
  EXPECT_EQ(ready("web"), 1);
  EXPECT_NE(lines.find("error: POST http://checkout:8080/quote: connect: connection refused 10.96."),
            std::string::npos);
  EXPECT_NE(lines.find("answered from cache"), std::string::npos);
}

TEST_F(Containers, MissingConfigurationHoldsTheContainerUntilItIsThere) {
  deploy(1, "", ", envFrom: [{configMapRef: {name: settings}}]");
  ASSERT_TRUE(waits_for("CreateContainerConfigError"));
  EXPECT_EQ(container()["state"]["waiting"]["message"].text(), "configmap \"settings\" not found");
  apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}}");
  pass(Milliseconds(7'000));
  EXPECT_EQ(ready("web"), 1);
}

TEST_F(Containers, AFaultMayComeAndGoWithItsAnnotation) {
  deploy(1);
  pass(Milliseconds(3'000));
  auto name = text(*pods()[0], "metadata.name");
  ASSERT_TRUE(patch("Pod", name, R"({"metadata":{"annotations":{"demo/fail":"Unready"}}})"));
  pass(Milliseconds(1'000));
  EXPECT_EQ(ready("web"), 0);
  EXPECT_NE(events_of(*pods()[0]).find("Unhealthy: Readiness probe failed"), std::string::npos);
  ASSERT_TRUE(patch("Pod", name, R"({"metadata":{"annotations":{"demo/fail":null}}})"));
  pass(Milliseconds(1'000));
  EXPECT_EQ(ready("web"), 1);
}

TEST_F(Containers, RepeatedEventsRaiseACountAndOldOnesGo) {
  deploy(1, "demo/fail: CrashLoopBackOff, demo/backoff: 2s");
  pass(std::chrono::minutes(5));
  std::int64_t backoffs = 0, count = 0;
  for (const auto& event : world.store().list("Event"))
    if (text(*event, "reason") == "BackOff") ++backoffs, count = json::View(*event)["count"].integer_or(0);
  EXPECT_EQ(backoffs, 1);
  EXPECT_GT(count, 20);
  ASSERT_TRUE(scale(R"({"spec":{"replicas":0}})", "ada"));
  pass(Milliseconds(5'000));
  now += std::chrono::hours(2);
  pass(Milliseconds(20'000));
  EXPECT_TRUE(world.store().list("Event").empty());
}

TEST_F(Containers, LogsAreRefusedAsTheKubeletDoes) {
  deploy(1);
  pass(Milliseconds(200));
  EXPECT_NE(log().find("is waiting to start: ContainerCreating"), std::string::npos);
  pass(Milliseconds(3'000));
  EXPECT_EQ(log(), "starting app\n");
  EXPECT_NE(log(true).find("previous terminated container \"app\""), std::string::npos);
  auto none = world.log({"Pod", "shop", "none"}, {}, now);
  EXPECT_EQ(none.error().code, 404);
  auto other = world.log(key_of(*pods()[0]),
                         {.container = "other", .tail_lines = {}, .since_seconds = {}, .limit_bytes = {}}, now);
  EXPECT_EQ(other.error().code, 400);
}

TEST(Endpoint, IsReadFromAUrl) {
  struct Row {
    const char *url, *host;
    std::int64_t port;
  };
  for (const auto& row : {Row{"postgres://shop@postgres.shop:5433/shop", "postgres.shop", 5433},
                          Row{"http://cart/x?y:1", "cart", 80}, Row{"https://a:b@c", "c", 443}}) {
    auto endpoint = parse_endpoint(row.url);
    ASSERT_TRUE(endpoint) << row.url;
    EXPECT_EQ(endpoint->host, row.host);
    EXPECT_EQ(endpoint->port, row.port);
  }
  for (auto bad : {"", "postgres", "redis://x", "http://x:y", "http://x:0", "http://x:70000", "http://:80", "http://"})
    EXPECT_FALSE(parse_endpoint(bad)) << bad;
}

}  // namespace
}  // namespace demo_cluster::world
