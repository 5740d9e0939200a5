// A line of a log, and what it says by the words that programs of every language and the well-known servers use: found
// once, in one pass over the line, whatever the number of rules that ask. Log text is evidence only. Pure.
#pragma once
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ai_ops::diagnosis {

// A line of a stack trace says none of it: its names of classes and files only sound like it.
struct LineMeaning {
  bool has_error_word = false;             // "error", "refused", "timed out"...
  bool tells_of_a_connection = false;      // that did not come about: refused, timed out, unresolved...
  bool tells_of_failure = false;           // either, or an HTTP status of the 500s
  bool names_first_cause = false;          // "Caused by: "; the last of a trace is where it began
  std::optional<std::size_t> reason = {};  // the strongest row of log_reasons.h that it fits
};
LineMeaning meaning_of(std::string_view line);

struct LogLine {
  template <std::convertible_to<std::string> Text>
  LogLine(Text&& said) : text(std::forward<Text>(said)), says(meaning_of(text)) {}  // a text is a line

  std::string text;
  LineMeaning says;
  std::size_t number = 0;  // in the log, from 1; 0: its place among those that are kept
  std::size_t count = 1;   // lines of the log that it stands for: those of its pattern that are not kept
};

}  // namespace ai_ops::diagnosis
