// The cache against a server that plays the Kubernetes API: it comes to the same state whatever the wire does.
#include <gtest/gtest.h>

#include <string>

#include "api/cluster/cluster_lab.h"
#include "api/cluster/informer.h"
#include "foundation/json/view.h"

namespace api::cluster {
namespace {

using namespace std::chrono_literals;
using foundation::Done;
using Lab = ClusterLab;
using CacheOfACluster = ClusterLab;

const std::string kPods = "/api/v1/namespaces/shop/pods";

std::string pod(const std::string& name, const std::string& version, const std::string& phase = "Running") {
  return R"({"metadata":{"name":")" + name + R"(","namespace":"shop","uid":"u-)" + name + R"(","resourceVersion":")" +
         version + R"("},"status":{"phase":")" + phase + R"("}})";
}
std::string event(const std::string& type, const std::string& object) {
  return R"({"type":")" + type + R"(","object":)" + object + "}\n";
}
std::string list(const std::string& items, const std::string& version, const std::string& next = "") {
  return R"({"metadata":{"resourceVersion":")" + version + R"(","continue":")" + next + R"("},"items":[)" + items +
         "]}";
}
std::string phase_of(const Cache& cache, const std::string& name) {
  auto found = cache.find({"Pod", "shop", name, {}});
  if (!found) return "gone";
  auto value = found->value();
  return std::string(json::View(value).path("status.phase").text());
}

TEST_F(CacheOfACluster, ListsInPagesThenFollows) {
  run([](Lab& lab) -> async::Task<void> {
    lab.answers[kPods] = {{.body = list(pod("a", "3"), "5", "more")}, {.body = list(pod("b", "4"), "5")}};
    lab.watches[kPods] = {{event("ADDED", pod("c", "6", "Pending")) + event("MODIFIED", pod("c", "7")) +
                           event("DELETED", pod("a", "8")) +
                           event("BOOKMARK", R"({"metadata":{"resourceVersion":"90"}})")}};
    auto& cache = *lab.open({"shop"}).cache;
    EXPECT_FALSE(cache.warm());
    auto warm = co_await cache.wait_warm(lab.until());
    if (!warm) co_return warm;
    EXPECT_TRUE((co_await Lab::becomes([&] { return phase_of(cache, "c") == "Running"; })).value_or(false));
    EXPECT_EQ(phase_of(cache, "a"), "gone");
    EXPECT_EQ(phase_of(cache, "b"), "Running");
    EXPECT_EQ(cache.objects({"shop"}).size(), 2u);
    EXPECT_TRUE(cache.objects({}).empty());
    EXPECT_TRUE(cache.objects({"other"}).empty());
    EXPECT_EQ(lab.asked(kPods, "limit=500&continue=more"), 1u);
    EXPECT_EQ(lab.asked(kPods, "allowWatchBookmarks=true&timeoutSeconds=300&resourceVersion=5"), 1u);
    EXPECT_TRUE(lab.metrics.render().contains("hks_cache_objects{kind=\"Pod\"} 2"));
    co_return Done{};
  });
}

TEST_F(CacheOfACluster, ADroppedWatchGoesOnWhereItWas) {
  run([](Lab& lab) -> async::Task<void> {
    lab.answers[kPods] = {{.body = list(pod("a", "3"), "5")}};
    lab.watches[kPods] = {{event("MODIFIED", pod("a", "6", "Failed")), Lab::Watch::cut},
                          {event("MODIFIED", pod("a", "7", "Pending")) + R"({"type":"ADDED","obj)", Lab::Watch::cut},
                          {event("MODIFIED", pod("a", "8", "Succeeded")), Lab::Watch::hold}};
    auto& cache = *lab.open({"shop"}).cache;
    EXPECT_TRUE((co_await Lab::becomes([&] { return phase_of(cache, "a") == "Succeeded"; })).value_or(false));
    EXPECT_EQ(lab.asked(kPods, "limit="), 1u) << "a dropped connection is no reason to list again";
    EXPECT_EQ(lab.asked(kPods, "resourceVersion=6"), 1u);
    EXPECT_EQ(lab.asked(kPods, "resourceVersion=7"), 1u);
    co_return Done{};
  });
}

// It listed everything anew, at a server that had too much to do.
TEST_F(CacheOfACluster, AWatchAtABusyServerIsOpenedAgainAndListsNothing) {
  run([](Lab& lab) -> async::Task<void> {
    lab.answers[kPods] = {{.body = list(pod("a", "3"), "5")}};
    lab.watches[kPods] = {{"", Lab::Watch::busy},
                          {"", Lab::Watch::busy},
                          {event("MODIFIED", pod("a", "6", "Succeeded")), Lab::Watch::hold}};
    auto& cache = *lab.open({"shop"}).cache;
    EXPECT_TRUE((co_await Lab::becomes([&] { return phase_of(cache, "a") == "Succeeded"; })).value_or(false));
    EXPECT_EQ(lab.asked(kPods, "limit="), 1u);
    EXPECT_EQ(lab.asked(kPods, "resourceVersion=5"), 3u);
    co_return Done{};
  });
}

TEST_F(CacheOfACluster, AnExpiredVersionAndGarbageAreListedAnew) {
  run([](Lab& lab) -> async::Task<void> {
    for (std::string broken : {std::string(R"({"type":"ERROR","object":{"code":410,"message":"too old"}})"
                                           "\n"),
                               std::string("<html>\n"), event("ADDED", "{}")}) {
      lab.requests.clear();
      lab.answers[kPods] = {{.body = list(pod("a", "3") + "," + pod("b", "3"), "5")},
                            {.body = list(pod("b", "9", "Failed"), "9")}};
      lab.watches[kPods] = {{broken, Lab::Watch::hold}};
      auto& cache = *lab.open({"shop"}).cache;
      EXPECT_TRUE((co_await Lab::becomes([&] { return phase_of(cache, "b") == "Failed"; })).value_or(false)) << broken;
      EXPECT_EQ(phase_of(cache, "a"), "gone");
      EXPECT_TRUE((co_await Lab::becomes([&] { return lab.asked(kPods, "resourceVersion=9") == 1; })).value_or(false));
      EXPECT_EQ(lab.asked(kPods, "limit="), 2u);
      co_await cache.stop();
    }
    co_return Done{};
  });
}

TEST_F(CacheOfACluster, IsNotWarmBeforeTheServerAnswersAndRecovers) {
  run([](Lab& lab) -> async::Task<void> {
    lab.answers[kPods] = {{.status = 500, .body = "{}"},
                          {.status = 503, .body = "no"},
                          {.body = "garbage"},
                          {.body = list(pod("a", "3"), "5")}};
    auto& cache = *lab.open({"shop"}).cache;
    auto early = co_await cache.wait_warm(std::chrono::steady_clock::now() + 50ms);
    EXPECT_FALSE(early);
    auto warm = co_await cache.wait_warm(lab.until());
    EXPECT_TRUE(warm);
    EXPECT_EQ(phase_of(cache, "a"), "Running");
    co_return Done{};
  });
}

TEST_F(CacheOfACluster, WhatWeMayNotSeeStaysEmptyAndKeepsNobodyWaiting) {
  run([](Lab& lab) -> async::Task<void> {
    lab.answers["/api/v1/nodes"] = {{.status = 403, .body = "{}"}};
    lab.answers["/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers"] = {{.status = 404, .body = "{}"}};
    lab.answers[kPods] = {{.body = list(pod("a", "3"), "5")}};
    auto& cache = *lab.open({"shop"}).cache;
    EXPECT_TRUE(co_await cache.wait_warm(lab.until()));
    EXPECT_EQ(cache.objects({"shop"}).size(), 1u);
    co_return Done{};
  });
}

// An API server denies everything for a moment after its start: everything was gone for five minutes then.
TEST_F(CacheOfACluster, ARefusalThatPassesIsAskedAgainSoon) {
  run([](Lab& lab) -> async::Task<void> {
    const std::string expired = R"({"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old"}})";
    lab.answers[kPods] = {
        {.body = list(pod("a", "3"), "5")}, {.status = 403, .body = "{}"}, {.body = list(pod("a", "3"), "5")}};
    lab.watches[kPods] = {{expired + "\n", Lab::Watch::hold}};
    auto& cache = *lab.open({"shop"}).cache;
    EXPECT_TRUE((co_await Lab::becomes([&] { return lab.asked(kPods, "limit=") >= 2; })).value_or(false));
    EXPECT_TRUE((co_await Lab::becomes([&] { return phase_of(cache, "a") == "gone"; })).value_or(false));
    EXPECT_TRUE((co_await Lab::becomes([&] { return phase_of(cache, "a") == "Running"; })).value_or(false));
    co_return Done{};
  });
}

// It counted as a kind that we may not see: everything was gone for five minutes.
TEST_F(CacheOfACluster, ACredentialThatIsNoLongerGoodEmptiesNothing) {
  run([](Lab& lab) -> async::Task<void> {
    const std::string expired = R"({"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old"}})";
    lab.answers[kPods] = {
        {.status = 401, .body = "{}"}, {.body = list(pod("a", "3"), "5")}, {.status = 401, .body = "{}"}};
    lab.watches[kPods] = {{expired + "\n", Lab::Watch::hold}};
    auto& cache = *lab.open({"shop"}).cache;
    EXPECT_TRUE(co_await cache.wait_warm(lab.until())) << "not before it has been read";
    EXPECT_TRUE((co_await Lab::becomes([&] { return lab.asked(kPods, "limit=") >= 4; })).value_or(false));
    EXPECT_EQ(phase_of(cache, "a"), "Running");
    co_return Done{};
  });
}

TEST_F(CacheOfACluster, HoldsNothingUnredacted) {
  run([](Lab& lab) -> async::Task<void> {
    const std::string canary = "canary-7f3a9c51e2b84d06";
    lab.answers[kPods] = {
        {.body = list(R"({"metadata":{"name":"a","namespace":"shop","resourceVersion":"3","annotations":{
        "kubectl.kubernetes.io/last-applied-configuration":")" +
                          canary + R"("},"managedFields":[{"manager":")" + canary +
                          R"("}]},"spec":{"containers":[{"name":"c","env":[
        {"name":"DATABASE_URL","value":"postgres://app:)" +
                          canary + R"(@postgres:5432/shop"},{"name":"API_KEY","value":")" + canary + R"("}]}]}})",
                      "5")}};
    lab.answers["/api/v1/namespaces/shop/configmaps"] = {
        {.body = list(R"({"metadata":{"name":"cfg","namespace":"shop","resourceVersion":"3"},"data":{"password":")" +
                          canary + R"(","LOG_LEVEL":"debug"}})",
                      "5")}};
    auto& cache = *lab.open({"shop"}).cache;
    EXPECT_TRUE(co_await cache.wait_warm(lab.until()));
    std::string all;
    for (const auto& object : cache.objects({"shop"})) all += object->line();
    EXPECT_FALSE(all.contains(canary)) << all;
    EXPECT_TRUE(all.contains("debug") && all.contains("5432")) << all;
    EXPECT_EQ(lab.asked("/api/v1/namespaces/shop/secrets"), 0u);
    co_return Done{};
  });
}

TEST_F(CacheOfACluster, TheRevisionMovesWithWhatIsSeenAndWithNothingElse) {
  run([](Lab& lab) -> async::Task<void> {
    lab.answers[kPods] = {{.body = list(pod("a", "3"), "5")}};
    lab.watches[kPods] = {
        {event("MODIFIED", pod("a", "3")) + event("BOOKMARK", R"({"metadata":{"resourceVersion":"6"}})"),
         Lab::Watch::finish}};
    auto& one = *lab.open({"shop"}).cache;
    auto& other = *lab.open({"shop"}).cache;
    EXPECT_TRUE(co_await one.wait_warm(lab.until()));
    EXPECT_TRUE(co_await other.wait_warm(lab.until()));
    EXPECT_NE(one.revision(), other.revision());
    auto before = one.revision();
    EXPECT_TRUE((co_await Lab::becomes([&] { return lab.asked(kPods, "resourceVersion=6") == 1; })).value_or(false));
    EXPECT_EQ(one.revision(), before);
    co_return Done{};
  });
}

TEST_F(CacheOfACluster, EndsWithItsGroupOrByItsStop) {
  run([](Lab& lab) -> async::Task<void> {
    auto& stopped = *lab.open({"shop"}).cache;
    co_await stopped.stop();  // before any task of it has begun, too
    auto& drained = *lab.open({"shop"}).cache;
    EXPECT_TRUE(co_await drained.wait_warm(lab.until()));
    lab.tasks().drain();
    EXPECT_TRUE(co_await lab.tasks().wait(5s));
    auto& cancelled = *lab.open({"shop"}).cache;
    lab.tasks().cancel();
    EXPECT_TRUE(co_await lab.tasks().wait(5s));
    co_await cancelled.stop();
    co_return Done{};
  });
}

TEST_F(CacheOfACluster, WhatIsNoNamespaceOpensNoCluster) {
  run([](Lab& lab) -> async::Task<void> {
    for (std::string name : {"", "..", "a/b", "Shop"}) EXPECT_THROW(lab.open({name}), std::runtime_error) << name;
    EXPECT_TRUE(co_await lab.tasks().wait(5s));
    co_return Done{};
  });
}

TEST(PauseWhileHidden, GrowsIsBoundedAndIsScattered) {
  EXPECT_EQ(pause_while_hidden(1, 0), kFirstHiddenPause / 2);
  EXPECT_EQ(pause_while_hidden(2, 1), kFirstHiddenPause * 2);
  EXPECT_EQ(pause_while_hidden(1'000'000, 1), kLastHiddenPause);
}

}  // namespace
}  // namespace api::cluster
