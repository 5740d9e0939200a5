// bench-rights: the whole of decide() against its second specification (api/policy/specification.h) on as many random
// cases as asked for. Ends with 1 at the first disagreement, which it prints. Run by hand:
// build/release/bin/bench-rights --cases 100000000 --threads 2
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <array>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "api/policy/op_hash.h"
#include "api/policy/random_cases.h"
#include "api/policy/specification.h"

namespace {

using api::policy::Decision;
using api::policy::DecisionInput;
using api::policy::RandomCases;

constexpr std::int64_t kTellEvery = 5'000'000;

std::string hash_of(const DecisionInput& in) {
  auto hash = api::policy::op_hash(*in.operation, in.arguments, in.plan, in.workspace.str(), in.user.str(), in.turn);
  return hash ? *hash : std::string();
}

struct Tally {
  std::array<std::atomic<std::int64_t>, 3> by_effect{};
  std::atomic<std::int64_t> done = 0;
  std::atomic<bool> disagreed = false;
};

void compare(std::uint64_t seed, std::int64_t cases, Tally& tally) {
  RandomCases random(seed, &hash_of);
  for (std::int64_t i = 0; i < cases && !tally.disagreed; ++i) {
    const DecisionInput& in = random.next();
    bool is_this = in.approval && in.approval->op_hash != RandomCases::kOther;
    Decision decision = api::policy::decide(in);
    if (decision.effect != api::policy::specification::effect_of(in, is_this, random.commanded())) {
      tally.disagreed = true;
      fmt::print("disagree at seed {}, case {}: rule {}\n", seed, i, decision.rule);
    }
    ++tally.by_effect[static_cast<std::size_t>(decision.effect)];
    if (++tally.done % kTellEvery == 0) fmt::print(stderr, "{} million\n", tally.done / 1'000'000);
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"decide() against its second specification"};
  std::int64_t cases = 1'000'000, threads = 2;
  std::uint64_t seed = 1;
  app.add_option("--cases", cases, "in all");
  app.add_option("--threads", threads, "each with a seed of its own");
  app.add_option("--seed", seed, "of the first thread");
  CLI11_PARSE(app, argc, argv);
  Tally tally;
  auto begun = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> running;
    for (std::int64_t i = 0; i < threads; ++i)
      running.emplace_back([&, i] { compare(seed + static_cast<std::uint64_t>(i), cases / threads, tally); });
  }
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  fmt::print("{} cases on {} threads in {:.0f} s: {} allowed, {} need an approval, {} denied; {}\n", tally.done.load(),
             threads, seconds, tally.by_effect[0].load(), tally.by_effect[1].load(), tally.by_effect[2].load(),
             tally.disagreed ? "they disagree" : "no disagreement");
  return tally.disagreed ? 1 : 0;
}
