#include "ai-ops/grounding/statements.h"

#include <algorithm>

namespace ai_ops::grounding {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool has_content(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return is_letter(c) || is_digit(c) || (c & 0x80) != 0; });
}

// "[E3]", "(E1, F2)."
bool is_citations_only(std::string_view text) {
  bool has_any = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text[i] == 'E' || text[i] == 'F') && i + 1 < text.size() && is_digit(text[i + 1])) {
      has_any = true;
      while (i + 1 < text.size() && is_digit(text[i + 1])) ++i;
    } else if (is_letter(text[i]) || is_digit(text[i])) {
      return false;
    }
  }
  return has_any;
}

bool is_abbreviation(std::string_view sentence) {
  for (std::string_view end : {"e.g.", "i.e.", "etc.", "vs.", "approx."})
    if (sentence.ends_with(end)) return true;
  return false;
}

// "1." of a list.
bool is_list_number(std::string_view sentence) {
  sentence.remove_suffix(1);
  return !sentence.empty() && std::ranges::all_of(sentence, is_digit);
}

// Where the sentence that begins the line ends.
std::size_t end_of_sentence(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (std::string_view(".!?").find(line[i]) == std::string_view::npos) continue;
    std::size_t next = i + 1;
    while (next < line.size() && std::string_view("\"')*_`]").find(line[next]) != std::string_view::npos) ++next;
    if (next < line.size() && !is_blank(line[next])) continue;
    std::string_view sentence = trimmed(line.substr(0, i + 1));
    if (!is_abbreviation(sentence) && !is_list_number(sentence)) return next;
  }
  return line.size();
}

void add_line(std::string_view line, std::vector<Piece>& out) {
  bool begins_line = true;
  for (line = trimmed(line); !line.empty(); line = trimmed(line)) {
    std::size_t end = end_of_sentence(line);
    std::string_view sentence = trimmed(line.substr(0, end));
    line.remove_prefix(end);
    if (!out.empty() && is_citations_only(sentence)) {
      out.back().text += ' ';
      out.back().text += sentence;
    } else if (has_content(sentence)) {
      out.push_back({std::string(sentence), begins_line});
      begins_line = false;
    }
  }
}

}  // namespace

std::vector<Piece> statements_of(std::string_view text) {
  std::vector<Piece> out;
  while (!text.empty()) {
    std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!trimmed(line).starts_with("```")) add_line(line, out);
  }
  return out;
}

}  // namespace ai_ops::grounding
