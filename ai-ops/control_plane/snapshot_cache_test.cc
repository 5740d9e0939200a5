#include "ai-ops/control_plane/snapshot_cache.h"

#include <gtest/gtest.h>

namespace ai_ops::control_plane {
namespace {

using foundation::Milliseconds;
using foundation::SteadyTime;

const SteadyTime kStart{};

SnapshotCache::Copy copy(std::string etag) {
  return {std::move(etag), std::make_shared<const foundation::kubernetes::Snapshot>()};
}

TEST(SnapshotCache, HasOneCopyPerUserAndWorkspace) {
  SnapshotCache cache;
  cache.keep("erin", "shop", copy("a"), kStart);
  cache.keep("erin", "shop", copy("b"), kStart);
  EXPECT_EQ(cache.size(), 1u);
  EXPECT_EQ(cache.find("erin", "shop", kStart)->etag, "b");
  EXPECT_FALSE(cache.find("vic", "shop", kStart));
  EXPECT_FALSE(cache.find("erin", "stage", kStart));
}

TEST(SnapshotCache, ACopyLivesSixtySecondsFromItsFetchHoweverOftenItIsUsed) {
  SnapshotCache cache;
  cache.keep("erin", "shop", copy("a"), kStart);
  for (int ms = 0; ms < kSnapshotLife.count(); ms += 999)
    EXPECT_TRUE(cache.find("erin", "shop", kStart + Milliseconds(ms)));
  EXPECT_FALSE(cache.find("erin", "shop", kStart + kSnapshotLife));
  EXPECT_EQ(cache.size(), 0u);
}

TEST(SnapshotCache, TheLeastRecentlyUsedMakesRoom) {
  SnapshotCache cache;
  for (std::size_t i = 0; i < kMaxKeptSnapshots; ++i) cache.keep("user" + std::to_string(i), "shop", copy("a"), kStart);
  EXPECT_TRUE(cache.find("user0", "shop", kStart));
  cache.keep("one-more", "shop", copy("a"), kStart);
  EXPECT_EQ(cache.size(), kMaxKeptSnapshots);
  EXPECT_TRUE(cache.find("user0", "shop", kStart));
  EXPECT_FALSE(cache.find("user1", "shop", kStart));
}

TEST(SnapshotCache, LargeCopiesMakeRoomForTheNewestWhichStaysWhateverItTakes) {
  SnapshotCache cache;
  auto of_bytes = [](std::size_t bytes) {
    auto made = copy("a");
    made.bytes = bytes;
    return made;
  };
  cache.keep("old", "shop", of_bytes(1), kStart);
  cache.keep("erin", "shop", of_bytes(kMaxKeptBytes - 1), kStart);
  EXPECT_EQ(cache.size(), 2u);
  cache.keep("vic", "shop", of_bytes(1), kStart);
  EXPECT_FALSE(cache.find("old", "shop", kStart));
  EXPECT_TRUE(cache.find("erin", "shop", kStart));
  cache.keep("ada", "shop", of_bytes(kMaxKeptBytes + 1), kStart);
  EXPECT_EQ(cache.size(), 1u);
  EXPECT_TRUE(cache.find("ada", "shop", kStart));
}

TEST(SnapshotCache, WhatIsForgottenIsGone) {
  SnapshotCache cache;
  cache.keep("erin", "shop", copy("a"), kStart);
  cache.forget("erin", "shop");
  EXPECT_FALSE(cache.find("erin", "shop", kStart));
}

}  // namespace
}  // namespace ai_ops::control_plane
