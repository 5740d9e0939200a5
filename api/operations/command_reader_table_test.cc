// testdata/commands.txt: whole messages and what is read in them, most of them nothing.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <charconv>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "api/operations/reading.h"
#include "foundation/base/unicode.h"

namespace api::operations {
namespace {

struct Row {
  std::string sort;
  std::string reading;  // empty: the message is no command
  std::string message;
  int line = 0;
};

std::uint32_t number(std::string_view digits, int base) {
  std::uint32_t value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size())
    throw std::runtime_error("not a number: " + std::string(digits));
  return value;
}

// What stands in the braces at the start of `text`, which is cut off with them.
std::string_view braced(std::string_view& text) {
  std::size_t end = text.find('}');
  if (!text.starts_with('{') || end == std::string_view::npos) throw std::runtime_error("no braces");
  std::string_view inside = text.substr(1, end - 1);
  text.remove_prefix(end + 1);
  return inside;
}

std::string repeated(std::string_view inside) {
  std::size_t star = inside.rfind('*');
  std::string out;
  for (std::uint32_t i = number(inside.substr(star + 1), 10); i > 0; --i) out += inside.substr(0, star);
  return out;
}

// One escape, after its backslash, which is cut off.
std::string escaped(std::string_view& text) {
  if (text.starts_with('{')) return repeated(braced(text));
  char kind = text.at(0);
  text.remove_prefix(1);
  switch (kind) {
    case 'n': return "\n";
    case 'r': return "\r";
    case 't': return "\t";
    case '\\': return "\\";
    case 'u': return foundation::to_utf8(number(braced(text), 16));
    case 'x': {
      auto byte = static_cast<char>(number(text.substr(0, 2), 16));
      text.remove_prefix(2);
      return {byte};
    }
    default: throw std::runtime_error(std::string("no escape: ") + kind);
  }
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = text.find('\\'); at != std::string_view::npos; at = text.find('\\')) {
    out += text.substr(0, at);
    text.remove_prefix(at + 1);
    out += escaped(text);
  }
  return out.append(text);
}

std::string_view without_padding(std::string_view field) { return field.substr(0, field.find_last_not_of(' ') + 1); }

std::vector<Row> rows_of(const std::string& path) {
  std::vector<Row> rows;
  std::ifstream file(path);
  int at = 0;
  for (std::string line; std::getline(file, line);) {
    ++at;
    if (line.empty() || line.starts_with('#')) continue;
    std::string_view text(line);
    std::size_t first = text.find(" | "), second = text.find(" | ", first + 3);
    if (second == std::string_view::npos) throw std::runtime_error(fmt::format("{}:{}: no row", path, at));
    std::string reading(without_padding(text.substr(first + 3, second - first - 3)));
    rows.push_back({std::string(without_padding(text.substr(0, first))), reading == "-" ? "" : reading,
                    unescaped(text.substr(second + 3)), at});
  }
  return rows;
}

const std::vector<Row>& table() {
  static const std::vector<Row> rows = rows_of("api/operations/testdata/commands.txt");
  return rows;
}

// Checks the rows that are commands, or those that are none; how many there are, and of each sort in the output.
int check_rows(bool commands) {
  std::map<std::string, int> counts;
  int all = 0;
  for (const Row& row : table()) {
    if (row.reading.empty() == commands) continue;
    EXPECT_EQ(reading(row.message), row.reading) << "commands.txt:" << row.line << ": " << row.message.substr(0, 100);
    ++counts[row.sort];
    ++all;
  }
  for (const auto& [sort, count] : counts) fmt::print("{:<14}{:>5}\n", sort, count);
  fmt::print("{} {}\n", all, commands ? "commands" : "messages that start nothing");
  return all;
}

TEST(CommandReader, ReadsCommands) { EXPECT_GE(check_rows(true), 100); }

TEST(CommandReader, EverythingElseStartsNothing) { EXPECT_GE(check_rows(false), 800); }

TEST(CommandReader, NoMessageStandsInTheTableTwice) {
  std::set<std::string> messages;
  for (const Row& row : table())
    EXPECT_TRUE(messages.insert(row.message).second) << "commands.txt:" << row.line << ": " << row.message;
}

// No message of the table becomes a command, or another one, by a line, a quote or a question mark put around it.
TEST(CommandReader, WhatIsPastedQuotedOrAskedIsNoCommand) {
  for (const Row& row : table()) {
    const std::string& m = row.message;
    for (const std::string& changed : {"> " + m,        '"' + m + '"', "'" + m + "'",   "`" + m + "`",
                                       "(" + m + ")",   m + "?",       m + "\n",        "\n" + m,
                                       m + "\n" + m,    "not " + m,    "don't " + m,    "do not " + m,
                                       "if " + m,       "why " + m,    "he said: " + m, m + " if it is safe",
                                       m + " tomorrow", m + " not",    m + ", no wait", m + " unless it breaks"})
      EXPECT_EQ(reading(changed), "") << "commands.txt:" << row.line << ": " << changed.substr(0, 100);
  }
}

}  // namespace
}  // namespace api::operations
