#include "ai-ops/llm/replica_choice.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace ai_ops::llm {
namespace {

using foundation::Milliseconds;
using foundation::SteadyTime;

constexpr ChoiceLimits kLimits{.in_flight = 4, .preference = 1};
const SteadyTime kEarlier{std::chrono::seconds(10)}, kLater{std::chrono::seconds(20)};

std::string chosen(const std::vector<Standing>& replicas, std::string_view session) {
  auto choice = choose_replica(replicas, session, kLimits);
  if (choice) return std::string(replicas[*choice].address);
  return choice.error() == NoReplica::all_busy ? "all busy" : "none alive";
}

TEST(ReplicaChoice, WithoutASessionTheLeastBusyOfTheLoadedIsChosen) {
  const std::pair<std::vector<Standing>, const char*> rows[] = {
      {{}, "none alive"},
      {{{"a", false, true}}, "none alive"},
      {{{"a", true, true, 4}}, "all busy"},
      {{{"a", true, true, 4}, {"b", false, true, 0}}, "all busy"},
      {{{"a", true, true, 2}, {"b", true, true, 1}}, "b"},
      {{{"a", true, true, 3}, {"b", true, false, 0}}, "a"},
      {{{"a", true, true, 4}, {"b", true, false, 0}}, "b"},
      {{{"a", true, true, 1, kLater}, {"b", true, true, 1, kEarlier}}, "b"},
      {{{"a", true, true, 1, kEarlier}, {"b", true, true, 1}}, "b"},
  };
  for (const auto& [replicas, want] : rows) EXPECT_EQ(chosen(replicas, ""), want);
}

TEST(ReplicaChoice, ASessionKeepsItsReplicaUntilThatIsTooBusy) {
  std::vector<Standing> replicas{{"a", true, true}, {"b", true, true}, {"c", true, true}};
  auto own = chosen(replicas, "one");
  auto& its = *std::ranges::find(replicas, own, &Standing::address);
  its.in_flight = 1;
  EXPECT_EQ(chosen(replicas, "one"), own);
  its.in_flight = 2;
  EXPECT_NE(chosen(replicas, "one"), own);
  for (auto& replica : replicas) replica.in_flight = 2;
  EXPECT_EQ(chosen(replicas, "one"), own);
  its.loaded = false;
  EXPECT_NE(chosen(replicas, "one"), own) << "another one has the model in memory";
}

TEST(ReplicaChoice, SessionsSpreadOverTheReplicas) {
  std::vector<Standing> replicas{{"http://10.0.0.1:11434", true, true},
                                 {"http://10.0.0.2:11434", true, true},
                                 {"http://10.0.0.3:11434", true, true}};
  std::map<std::string, int> share;
  constexpr int kSessions = 3000;
  for (int i = 0; i < kSessions; ++i) ++share[chosen(replicas, "session-" + std::to_string(i))];
  for (const auto& [address, sessions] : share) EXPECT_NEAR(sessions, kSessions / 3, kSessions / 20) << address;
  EXPECT_EQ(share.size(), 3u);
}

TEST(ReplicaChoice, RetryAfterGrowsWithTheQueueAndStaysWithinItsBounds) {
  EXPECT_EQ(retry_after_s(0, 4, Milliseconds(100)), 1);
  EXPECT_EQ(retry_after_s(7, 4, Milliseconds(10'000)), 21);
  EXPECT_EQ(retry_after_s(1'000'000, 1, Milliseconds(1'000'000)), kLatestRetryS);
  EXPECT_EQ(retry_after_s(3, 0, Milliseconds(0)), kSoonestRetryS);
}

// Few addresses and small loads, so that ties and full replicas are frequent.
std::vector<Standing> any_replicas() {
  static const std::string kAddresses[] = {"a", "b", "c", "d", "e", "f"};
  std::vector<Standing> out;
  auto count = *rc::gen::inRange(0, 7);
  for (int i = 0; i < count; ++i)
    out.push_back({kAddresses[i], *rc::gen::inRange(0, 4) != 0, *rc::gen::arbitrary<bool>(), *rc::gen::inRange(0, 6),
                   SteadyTime(std::chrono::seconds(*rc::gen::inRange(0, 3)))});
  return out;
}
bool has_room(const Standing& replica) { return replica.alive && replica.in_flight < kLimits.in_flight; }

RC_GTEST_PROP(ReplicaChoiceLaws, OnlyOneThatIsAliveAndHasRoomIsChosenAndOneIsWhereThereIsAny, ()) {
  auto replicas = any_replicas();
  auto session = *rc::gen::arbitrary<std::string>();
  auto choice = choose_replica(replicas, session, kLimits);
  RC_ASSERT(choice.has_value() == std::ranges::any_of(replicas, has_room));
  if (choice) {
    RC_ASSERT(has_room(replicas[*choice]));
    return;
  }
  RC_ASSERT((choice.error() == NoReplica::none_alive) == std::ranges::none_of(replicas, &Standing::alive));
}

RC_GTEST_PROP(ReplicaChoiceLaws, NoLoadedReplicaWithRoomIsPassedOverForOneThatIsNot, ()) {
  auto replicas = any_replicas();
  auto choice = choose_replica(replicas, *rc::gen::arbitrary<std::string>(), kLimits);
  if (!choice || replicas[*choice].loaded) return;
  RC_ASSERT(std::ranges::none_of(replicas, [](const Standing& one) { return one.loaded && has_room(one); }));
}

RC_GTEST_PROP(ReplicaChoiceLaws, TheChosenIsAtMostThePreferenceBusierThanTheLeastBusyOfItsKind, ()) {
  auto replicas = any_replicas();
  auto choice = choose_replica(replicas, *rc::gen::arbitrary<std::string>(), kLimits);
  if (!choice) return;
  for (const auto& one : replicas)
    if (has_room(one) && one.loaded == replicas[*choice].loaded)
      RC_ASSERT(replicas[*choice].in_flight <= one.in_flight + kLimits.preference);
}

RC_GTEST_PROP(ReplicaChoiceLaws, TheirOrderDoesNotMatterToASession, ()) {
  auto replicas = any_replicas();
  auto session = "s" + *rc::gen::arbitrary<std::string>();
  for (auto& one : replicas) one.in_flight = std::min(one.in_flight, 1);  // so that the own one is never too busy
  auto mirrored = replicas;
  std::ranges::reverse(mirrored);
  RC_ASSERT(chosen(replicas, session) == chosen(mirrored, session));
}

RC_GTEST_PROP(ReplicaChoiceLaws, AReplicaThatGoesMovesOnlyTheSessionsThatWereItsOwn, ()) {
  auto replicas = any_replicas();
  auto session = "s" + *rc::gen::arbitrary<std::string>();
  if (replicas.empty()) return;
  for (auto& one : replicas) one = {one.address, true, true};
  auto before = chosen(replicas, session);
  auto going = replicas.begin() + *rc::gen::inRange<std::ptrdiff_t>(0, std::ssize(replicas));
  if (going->address == before) return;
  replicas.erase(going);
  RC_ASSERT(chosen(replicas, session) == before);
}

}  // namespace
}  // namespace ai_ops::llm
