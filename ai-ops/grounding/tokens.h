// A text as tokens that can be compared: words, numbers with their units, "ready of wanted" ratios, names, citations.
// Markdown, quotes and punctuation are taken off. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ai_ops::grounding {

enum class TokenKind {
  word,
  number,    // "5", "five", "500m", "50%", "1,000"
  ratio,     // "0/3", "0 of 3": value "0", whole "3"
  name,      // what only a name, a path, an address or an identifier looks like: "checkout-7d9f", "DATABASE_URL"
  citation,  // "E3", "F1"
};

struct Token {
  TokenKind kind = TokenKind::word;
  std::string text;          // lower case
  std::string raw;           // as written
  std::string value;         // of a number: without leading zeros, separators and unit; of a ratio: its first
  std::string unit;          // of a number, in one spelling: "m", "Mi", "%", "s"
  std::string whole;         // of a ratio: its second
  bool is_code = false;      // stood between backticks
  bool is_inside = false;    // of the name before it: 5433 of "postgres.shop:5433"
  bool ends_clause = false;  // a comma, semicolon, colon, dash or bracket follows
};

std::vector<Token> tokens_of(std::string_view text);

}  // namespace ai_ops::grounding
