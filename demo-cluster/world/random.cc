#include "demo-cluster/world/random.h"

namespace demo_cluster::world {

std::string Random::hex(std::size_t digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < digits; ++i) out += kDigits[below(16)];
  return out;
}

std::string Random::uid() {
  std::string text = hex(8) + "-" + hex(4) + "-4" + hex(3) + "-";
  text += "89ab"[below(4)];
  return text + hex(3) + "-" + hex(12);
}

std::string Random::suffix(std::size_t letters) {
  std::string out;
  for (std::size_t i = 0; i < letters; ++i) out += kNameLetters[below(kNameLetters.size())];
  return out;
}

std::string name_hash(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  std::string out = std::to_string(hash);
  for (char& c : out) c = kNameLetters[static_cast<unsigned char>(c) % kNameLetters.size()];
  return out;
}

}  // namespace demo_cluster::world
