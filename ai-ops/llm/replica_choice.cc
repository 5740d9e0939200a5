#include "ai-ops/llm/replica_choice.h"

#include <algorithm>
#include <tuple>
#include <vector>

namespace ai_ops::llm {
namespace {

// FNV-1a, then the finalizer of MurmurHash3: FNV alone leaves the high bits of short texts alike.
std::uint64_t weight(std::string_view session, std::string_view address) {
  std::uint64_t hash = 0xcbf29ce484222325;
  auto add = [&](unsigned char byte) { hash = (hash ^ byte) * 0x100000001b3; };
  for (char c : session) add(static_cast<unsigned char>(c));
  add(0);
  for (char c : address) add(static_cast<unsigned char>(c));
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
  return hash ^ (hash >> 33);
}

// The best that have room: the loaded ones of them, where there are any.
std::vector<std::size_t> candidates(std::span<const Standing> replicas, int most_in_flight) {
  std::vector<std::size_t> loaded, others;
  for (std::size_t i = 0; i < replicas.size(); ++i)
    if (replicas[i].alive && replicas[i].in_flight < most_in_flight)
      (replicas[i].loaded ? loaded : others).push_back(i);
  return loaded.empty() ? others : loaded;
}

}  // namespace

std::expected<std::size_t, NoReplica> choose_replica(std::span<const Standing> replicas, std::string_view session,
                                                     const ChoiceLimits& limits) {
  if (!std::ranges::any_of(replicas, &Standing::alive)) return std::unexpected(NoReplica::none_alive);
  auto free = candidates(replicas, limits.in_flight);
  if (free.empty()) return std::unexpected(NoReplica::all_busy);
  auto least = *std::ranges::min_element(
      free, {}, [&](std::size_t i) { return std::tuple(replicas[i].in_flight, replicas[i].last_failure); });
  if (session.empty()) return least;
  auto own = *std::ranges::max_element(free, {}, [&](std::size_t i) { return weight(session, replicas[i].address); });
  return replicas[own].in_flight <= replicas[least].in_flight + limits.preference ? own : least;
}

std::int64_t retry_after_s(std::size_t waiting, std::size_t places, foundation::Milliseconds an_answer) {
  auto rounds = static_cast<double>(waiting + 1) / static_cast<double>(std::max<std::size_t>(places, 1));
  auto seconds = rounds * static_cast<double>(an_answer.count()) / 1000;
  return std::clamp(static_cast<std::int64_t>(std::min(seconds, 1e6)) + 1, kSoonestRetryS, kLatestRetryS);
}

}  // namespace ai_ops::llm
