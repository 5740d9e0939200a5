// A workspace's cluster can be replaced while others work with the one before.
#include "api/cluster/cluster_set.h"

#include <gtest/gtest.h>

namespace api::cluster {
namespace {

using foundation::Done;

struct FakeCache final : Cache {
  FakeCache(bool is_warm, int& live_caches, int& stops) : warm_now(is_warm), live(live_caches), stopped(stops) {
    ++live;
  }
  ~FakeCache() override { --live; }
  std::vector<SharedObject> objects(const std::vector<std::string>&, Kinds) const override { return {}; }
  SharedObject find(const ObjectRef&) const override { return nullptr; }
  std::uint64_t revision() const override { return 1; }
  bool warm() const override { return warm_now; }
  async::Task<void> wait_warm(foundation::SteadyTime) override { co_return Done{}; }
  async::asio::awaitable<void> stop() override {
    ++stopped;
    co_await async::asio::post(async::asio::use_awaitable);  // as a real one, which waits for its informers
  }
  bool warm_now;
  int& live;
  int& stopped;
};

struct ClusterSetTest : testing::Test {
  Cluster cluster(bool warm = true, bool counts = true) {
    Cluster made;
    made.cache = std::make_unique<FakeCache>(warm, live, stopped);
    made.counts_for_ready = counts;
    return made;
  }
  void run(async::asio::awaitable<void> work) {
    auto ended = async::asio::co_spawn(loop, std::move(work), async::asio::use_future);
    loop.restart();
    loop.run();
    ended.get();
  }
  async::asio::io_context loop{1};
  int live = 0;
  int stopped = 0;
  ClusterSet set;
};

TEST_F(ClusterSetTest, AReplacedClusterStaysForThoseWhoHoldIt) {
  set.add("shop", cluster());
  Cluster* before = set.find("shop");
  auto* pseudonyms = before->pseudonyms.get();
  for (int i = 0; i < 10; ++i) set.add("shop", cluster());
  EXPECT_NE(set.find("shop"), before);
  EXPECT_EQ(before->pseudonyms.get(), pseudonyms);
  run(set.end_replaced_caches());
  EXPECT_EQ(live, 1) << "what the replaced ones held is gone";
  EXPECT_EQ(stopped, 10) << "each after its informers";
  EXPECT_EQ(before->cache, nullptr);
  EXPECT_EQ(before->pseudonyms.get(), pseudonyms);
  EXPECT_NE(set.find("shop")->cache, nullptr);
  run(set.stop());
  EXPECT_EQ(stopped, 11);
}

TEST_F(ClusterSetTest, TwoMayEndTheReplacedCachesAtOnce) {
  for (int i = 0; i < 3; ++i) set.add("shop", cluster());
  auto other = async::asio::co_spawn(loop, set.end_replaced_caches(), async::asio::use_future);
  run(set.end_replaced_caches());
  EXPECT_EQ(live, 1);
  EXPECT_EQ(stopped, 2);
}

TEST_F(ClusterSetTest, ATenantsOwnColdClusterKeepsNobodyWaiting) {
  EXPECT_TRUE(set.warm());
  set.add("shop", cluster());
  set.add("own", cluster(false, false));
  EXPECT_TRUE(set.warm());
  set.add("operators", cluster(false));
  EXPECT_FALSE(set.warm());
}

}  // namespace
}  // namespace api::cluster
