#include "ai-ops/diagnosis/log_line.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "ai-ops/diagnosis/log_pattern.h"
#include "ai-ops/diagnosis/log_reasons.h"
#include "ai-ops/diagnosis/log_words.h"
#include "ai-ops/diagnosis/phrases.h"
#include "ai-ops/diagnosis/word_set.h"

namespace ai_ops::diagnosis {
namespace {

constexpr std::array<std::string_view, 13> kErrorWords{"error",   "fatal",     "panic",  "exception", "failed",
                                                       "failure", "refused",   "denied", "cannot",    "could not",
                                                       "unable",  "timed out", "timeout"};

constexpr std::array<std::string_view, 19> kConnectionWords{"connection refused",
                                                            "econnrefused",
                                                            "connect:",
                                                            "connection reset",
                                                            "econnreset",
                                                            "could not connect",
                                                            "communications link failure",
                                                            "mongonetworkerror",
                                                            "cannot connect",
                                                            "can't connect",
                                                            "failed to connect",
                                                            "unable to connect",
                                                            "no such host",
                                                            "unknown host",
                                                            "name or service not known",
                                                            "enotfound",
                                                            "no route to host",
                                                            "timed out",
                                                            "timeout"};

constexpr std::array<std::string_view, 4> kServerErrors{"500", "502", "503", "504"};
constexpr std::string_view kCausedBy = "caused by: ";

std::vector<std::string_view> all_words() {
  std::vector<std::string_view> out;
  auto add = [&](std::span<const std::string_view> words) { out.insert(out.end(), words.begin(), words.end()); };
  add(kErrorWords), add(kConnectionWords), add(kServerErrors), out.push_back(kCausedBy);
  for (const ReasonRow& row : reason_rows()) add(row.words), out.push_back(row.unless);
  return out;
}

using Found = WordSet::Found;

struct Dictionary {
  struct Reason {
    Found words, unless;
  };
  WordSet words{all_words()};
  Found errors = words.among(kErrorWords);
  Found connections = words.among(kConnectionWords);
  Found server_errors = words.among(kServerErrors);
  std::vector<Reason> reasons;  // in order of strength

  Dictionary() {
    for (const ReasonRow& row : reason_rows())
      reasons.push_back({words.among(row.words), words.among(std::span(&row.unless, 1))});
  }
};

const Dictionary& dictionary() {
  static const Dictionary kDictionary;
  return kDictionary;
}

std::optional<std::size_t> strongest(const std::vector<Dictionary::Reason>& reasons, const Found& found) {
  auto fits = [&](const Dictionary::Reason& each) {
    return (found & each.words) == each.words && (found & each.unless).none();
  };
  auto row = std::ranges::find_if(reasons, fits);
  return row == reasons.end() ? std::nullopt : std::optional<std::size_t>(row - reasons.begin());
}

}  // namespace

LineMeaning meaning_of(std::string_view line) {
  const Dictionary& dictionary = diagnosis::dictionary();
  Found found = dictionary.words.in(line);
  if (found.none() || is_of_a_trace(line)) return {};
  auto has = [&](const Found& words) { return (found & words).any(); };
  auto is_status = [&](std::string_view status) { return mentions(line, status); };
  LineMeaning out{.has_error_word = has(dictionary.errors),
                  .tells_of_a_connection = has(dictionary.connections),
                  .tells_of_failure = false,
                  .names_first_cause = contains_words(line.substr(0, kMaxPatternBytes), kCausedBy),
                  .reason = strongest(dictionary.reasons, found)};
  out.tells_of_failure = out.has_error_word || out.tells_of_a_connection ||
                         (has(dictionary.server_errors) && std::ranges::any_of(kServerErrors, is_status));
  return out;
}

}  // namespace ai_ops::diagnosis
