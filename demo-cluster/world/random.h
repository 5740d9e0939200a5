// Names and uids. Seeded, so that a test sees the same cluster each time. Owner: World. Threads: one.
#pragma once
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace demo_cluster::world {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  std::string uid();                        // a version 4 UUID
  std::string suffix(std::size_t letters);  // of a generated name: "x7k2p"
  std::string hex(std::size_t digits);

 private:
  std::mt19937_64 engine_;
};

// Kubernetes' safe alphabet: no vowels and nothing that looks like another, so that no words come about.
inline constexpr std::string_view kNameLetters = "bcdfghjklmnpqrstvwxz2456789";
// The form of pod-template-hash: FNV-1a of the text in that alphabet.
std::string name_hash(std::string_view text);

}  // namespace demo_cluster::world
