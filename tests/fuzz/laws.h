// How a target says that a law does not hold, and the one way in which all of them split an input.
#pragma once
#include <string_view>
#include <vector>

namespace fuzz {

// Ends the process, naming the law and what broke it, unless it holds.
void must(bool holds, std::string_view law, std::string_view what = {});

// The same bytes whole and in pieces. The first byte of the input is the length of the first piece, the second that of
// the others: the fuzzer finds the split as it finds the bytes.
struct Stream {
  std::string_view whole;
  std::vector<std::string_view> pieces;
};
Stream split(std::string_view input);

// Up to the first line feed, and what follows it.
struct Lines {
  std::string_view first;
  std::string_view rest;
};
Lines first_line(std::string_view input);

}  // namespace fuzz
