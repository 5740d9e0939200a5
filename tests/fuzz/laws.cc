#include "tests/fuzz/laws.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace fuzz {

void must(bool holds, std::string_view law, std::string_view what) {
  if (holds) return;
  fmt::print(stderr, "LAW BROKEN: {}\n{}\n", law, what);
  std::abort();
}

Stream split(std::string_view input) {
  constexpr std::size_t kLongestOther = 16;
  if (input.size() < 2) return {};
  auto first = static_cast<unsigned char>(input[0]);
  auto others = 1 + static_cast<unsigned char>(input[1]) % kLongestOther;
  Stream stream{.whole = input.substr(2), .pieces = {}};
  auto rest = stream.whole;
  for (std::size_t length = first; !rest.empty(); length = others) {
    stream.pieces.push_back(rest.substr(0, length));
    rest.remove_prefix(std::min<std::size_t>(length, rest.size()));
  }
  return stream;
}

Lines first_line(std::string_view input) {
  auto end = std::min(input.find('\n'), input.size());
  return {.first = input.substr(0, end), .rest = input.substr(std::min(end + 1, input.size()))};
}

}  // namespace fuzz
