// The indented text of `kubectl describe` as a tree: "Key:   value", values that go on below it, what stands deeper,
// and the rows of tables. Says nothing of what the words mean. Pure; every text gives a tree, at most so deep and long.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ai_ops::bundle {

inline constexpr std::size_t kMaxDepth = 16;
inline constexpr std::size_t kMaxLines = 200'000;  // of one text; what follows is left out

struct Entry {
  std::string key = {};                  // empty: a line without one, like the row of a table
  std::vector<std::string> values = {};  // of the line, then of those that go on under its value; "<none>" is left out
  std::vector<Entry> entries = {};       // deeper
  std::string line = {};                 // as it stands, with its indentation

  const Entry* find(std::string_view wanted) const;  // the first with that key; null when there is none
  std::string_view value(std::string_view wanted) const;
  std::string_view value() const { return values.empty() ? std::string_view() : std::string_view(values.front()); }
};

// The lines without a key: a table's.
std::vector<std::string_view> rows_of(const std::vector<Entry>& entries);

// The entries of one described object.
Entry parse_described(std::string_view text);
// `kubectl describe` of several objects: each begins with "Name:" at the margin after an empty line.
std::vector<std::string_view> split_described(std::string_view text);

}  // namespace ai_ops::bundle
