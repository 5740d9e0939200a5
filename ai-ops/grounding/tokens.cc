#include "ai-ops/grounding/tokens.h"

#include <algorithm>
#include <array>
#include <utility>

#include "foundation/base/ascii.h"

namespace ai_ops::grounding {

using foundation::lowered;

namespace {

constexpr std::string_view kOpening = "\"'`*_([{<~#";
constexpr std::string_view kClosing = "\"'`*_)]}>.,;:!?";
constexpr std::string_view kEndsClause = ",;:)";
// Between them two tokens stand: "replicas=3", {"cpu":"64"}, [E1][E2].
constexpr std::string_view kSeparators = " \t\n=|()[]{}\"<>";

struct Spelling {
  std::string_view written;
  std::string_view unit;
};
constexpr Spelling kUnits[] = {
    {"%", "%"},    {"m", "m"},   {"k", "k"},    {"ki", "Ki"}, {"kib", "Ki"},  {"mi", "Mi"}, {"mib", "Mi"}, {"gi", "Gi"},
    {"gib", "Gi"}, {"ti", "Ti"}, {"tib", "Ti"}, {"b", "B"},   {"kb", "KB"},   {"mb", "MB"}, {"gb", "GB"},  {"g", "G"},
    {"tb", "TB"},  {"ms", "ms"}, {"s", "s"},    {"sec", "s"}, {"min", "min"}, {"h", "h"},   {"d", "d"},    {"x", "x"},
};

// "one" is rather a pronoun.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kNumberWords{{{"zero", "0"},
                                                                                      {"two", "2"},
                                                                                      {"three", "3"},
                                                                                      {"four", "4"},
                                                                                      {"five", "5"},
                                                                                      {"six", "6"},
                                                                                      {"seven", "7"},
                                                                                      {"eight", "8"},
                                                                                      {"nine", "9"},
                                                                                      {"ten", "10"},
                                                                                      {"eleven", "11"},
                                                                                      {"twelve", "12"},
                                                                                      {"fifteen", "15"},
                                                                                      {"twenty", "20"}}};

// Of the language, though they have the form of a name.
constexpr std::string_view kLanguage =
    "|e.g|i.e|etc|vs|and/or|non-zero|out-of-memory|crash-loop|crash-looping|back-off|start-up|set-up|follow-up|"
    "up-to-date|re-start|read-only|end-to-end|long-running|built-in|so-called|well-known|not-ready|un-ready|non-ready|"
    "root-cause|cluster-wide|self-inflicted|first|mis-configured|mis-configuration|double-check|re-check|high-level|"
    "day-to-day|one-off|";
// Capitals that say nothing of this cluster.
constexpr std::string_view kAbbreviations =
    "|cpu|url|dns|http|https|tcp|udp|ip|api|tls|ssl|id|ok|oom|pvc|hpa|pdb|json|yaml|env|ram|gpu|a|i|llm|not|no|";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_lower(c) || is_upper(c); }

bool is_in(std::string_view list, std::string_view word) {
  return list.find("|" + std::string(word) + "|") != std::string_view::npos;
}

bool is_citation(std::string_view raw) {
  constexpr std::size_t kMaxDigits = 4;
  return raw.size() >= 2 && raw.size() <= 1 + kMaxDigits && (raw[0] == 'E' || raw[0] == 'F') &&
         std::ranges::all_of(raw.substr(1), is_digit);
}

// Typographic marks as plain ones, dashes between words as clause ends.
std::string plain(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kMarks{{{"\u2019", "'"},
                                                                                  {"\u2018", "'"},
                                                                                  {"\u201C", "\""},
                                                                                  {"\u201D", "\""},
                                                                                  {"\u2014", ", "},
                                                                                  {"\u2013", "-"},
                                                                                  {"\u2022", " "},
                                                                                  {"\u2192", " "},
                                                                                  {"\u2026", "... "},
                                                                                  {"\u2039", "<"},
                                                                                  {"\u203A", ">"}}};
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    auto mark = std::ranges::find_if(kMarks, [&](const auto& m) { return text.substr(i).starts_with(m.first); });
    bool is_thousands = text[i] == ',' && i > 0 && is_digit(text[i - 1]) && text.size() > i + 3 &&
                        std::ranges::all_of(text.substr(i + 1, 3), is_digit) &&
                        (text.size() == i + 4 || !is_digit(text[i + 4]));
    bool is_joint = text[i] == ',' && !is_thousands;
    if (mark != kMarks.end()) {
      out += mark->second;
      i += mark->first.size();
      continue;
    }
    if (is_joint) out += ", ";
    if (!is_joint && !is_thousands) out += text[i];
    ++i;
  }
  return out;
}

bool read_number(std::string_view text, Token& out) {
  while (!text.empty() && std::string_view("+~><").find(text.front()) != std::string_view::npos) text.remove_prefix(1);
  std::size_t end = 0;
  while (end < text.size() && (is_digit(text[end]) || (text[end] == '.' && end > 0 && end + 1 < text.size() &&
                                                       is_digit(text[end + 1]) && text.find('.') == end)))
    ++end;
  if (end == 0) return false;
  std::string_view value = text.substr(0, end), suffix = text.substr(end);
  auto unit = std::ranges::find(kUnits, suffix, &Spelling::written);
  if (!suffix.empty() && unit == std::end(kUnits)) return false;
  while (value.size() > 1 && value[0] == '0' && is_digit(value[1])) value.remove_prefix(1);
  out.value = value;
  if (out.value.find('.') != std::string::npos) {
    while (out.value.back() == '0') out.value.pop_back();
    if (out.value.back() == '.') out.value.pop_back();
  }
  if (!suffix.empty()) out.unit = unit->unit;
  return true;
}

bool read_ratio(std::string_view text, Token& out) {
  std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size()) return false;
  std::string_view left = text.substr(0, slash), right = text.substr(slash + 1);
  if (!std::ranges::all_of(left, is_digit) || !std::ranges::all_of(right, is_digit)) return false;
  out.value = left;
  out.whole = right;
  return true;
}

bool is_camel(std::string_view raw) {
  for (std::size_t i = 1; i < raw.size(); ++i)
    if (is_upper(raw[i]) && std::ranges::any_of(raw, is_lower)) return true;
  return false;
}

bool looks_like_a_name(std::string_view raw, std::string_view lower) {
  bool is_plural = lower.ends_with('s') && is_in(kAbbreviations, lower.substr(0, lower.size() - 1));  // "CPUs"
  bool is_unit = std::ranges::find(kUnits, lower, &Spelling::written) != std::end(kUnits);
  if (is_plural || is_unit || is_in(kLanguage, lower)) return false;
  bool has_digit = std::ranges::any_of(raw, is_digit), has_letter = std::ranges::any_of(raw, is_letter);
  bool has_joint = raw.find_first_of("-_./:@\\") != std::string_view::npos;
  if (has_joint || (has_digit && has_letter) || is_camel(raw)) return true;
  if (has_digit) return true;  // no number that we can read
  return raw.size() > 1 && std::ranges::all_of(raw, is_upper) && !is_in(kAbbreviations, lower);
}

TokenKind kind_of(std::string_view raw, Token& token) {
  if (is_citation(raw)) return TokenKind::citation;
  if (read_ratio(token.text, token)) return TokenKind::ratio;
  if (read_number(token.text, token)) return TokenKind::number;
  auto word = std::ranges::find_if(kNumberWords, [&](const auto& w) { return w.first == token.text; });
  if (word != kNumberWords.end()) {
    token.value = word->second;
    return TokenKind::number;
  }
  return looks_like_a_name(raw, token.text) ? TokenKind::name : TokenKind::word;
}

// The port of an address: what a person says of it alone.
void add_inside(std::vector<Token>& out) {
  const Token& name = out.back();
  std::size_t colon = name.text.rfind(':');
  if (name.kind != TokenKind::name || colon == std::string::npos) return;
  Token port;
  port.text = port.raw = name.text.substr(colon + 1);
  port.is_inside = true;
  if (!std::ranges::all_of(port.text, is_digit) || !read_number(port.text, port)) return;
  port.kind = TokenKind::number;
  out.push_back(std::move(port));
}

void add(std::string_view chunk, bool is_code, std::vector<Token>& out) {
  while (!chunk.empty() && kOpening.find(chunk.front()) != std::string_view::npos) chunk.remove_prefix(1);
  bool ends_clause = false;
  while (!chunk.empty() && kClosing.find(chunk.back()) != std::string_view::npos) {
    ends_clause = ends_clause || kEndsClause.find(chunk.back()) != std::string_view::npos;
    chunk.remove_suffix(1);
  }
  for (std::string_view end : {"'s", "'"})
    if (chunk.size() > end.size() && chunk.ends_with(end)) chunk.remove_suffix(end.size());
  bool has_content = std::ranges::any_of(chunk, [](char c) { return is_letter(c) || is_digit(c) || (c & 0x80) != 0; });
  if (!has_content) {
    if (!out.empty() && (ends_clause || chunk == "-")) out.back().ends_clause = true;
    return;
  }
  Token token;
  token.raw = chunk;
  token.text = lowered(chunk);
  token.is_code = is_code;
  token.ends_clause = ends_clause;
  token.kind = kind_of(chunk, token);
  out.push_back(std::move(token));
  add_inside(out);
}

// "0 of 3", "0 out of the 3" become the ratio 0/3.
void join_ratios(std::vector<Token>& tokens) {
  auto is_word = [&](std::size_t i, std::string_view list) { return i < tokens.size() && is_in(list, tokens[i].text); };
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    if (tokens[i].kind != TokenKind::number || !tokens[i].unit.empty()) continue;
    std::size_t at = i + 1;
    if (is_word(at, "|out|")) ++at;
    if (!is_word(at, "|of|")) continue;
    ++at;
    while (is_word(at, "|the|its|all|wanted|desired|")) ++at;
    if (at >= tokens.size() || tokens[at].kind != TokenKind::number || !tokens[at].unit.empty()) continue;
    tokens[i].kind = TokenKind::ratio;
    tokens[i].whole = tokens[at].value;
    tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                 tokens.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
}

}  // namespace

std::vector<Token> tokens_of(std::string_view text) {
  std::string cleaned = plain(text);
  std::vector<Token> out;
  bool in_code = false;
  std::string chunk;
  auto end_chunk = [&](bool closes) {
    if (closes && !chunk.empty()) chunk += ',';
    if (!chunk.empty()) add(chunk, in_code, out);
    chunk.clear();
  };
  for (char c : cleaned) {
    if (c == '`') {
      end_chunk(false);
      in_code = !in_code;
    } else if (kSeparators.find(c) != std::string_view::npos) {
      end_chunk(c == ')' || c == '(');
    } else {
      chunk += c;
    }
  }
  end_chunk(false);
  join_ratios(out);
  return out;
}

}  // namespace ai_ops::grounding
