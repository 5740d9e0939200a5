#include "ai-ops/diagnosis/word_set.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "ai-ops/diagnosis/phrases.h"

namespace ai_ops::diagnosis {
namespace {

// Bytes as they are: a text need be of no encoding.
re2::RE2::Options literal_words(std::int64_t memory) {
  re2::RE2::Options options;
  options.set_literal(true);
  options.set_max_mem(memory);
  options.set_log_errors(false);
  options.set_case_sensitive(false);
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  return options;
}

std::vector<std::string_view> each_once(std::vector<std::string_view> words) {
  std::ranges::sort(words);
  words.erase(std::ranges::unique(words).begin(), words.end());
  std::erase(words, "");
  return words;
}

}  // namespace

WordSet::WordSet(std::vector<std::string_view> words, std::int64_t memory)
    : words_(each_once(std::move(words))), set_(literal_words(memory), re2::RE2::UNANCHORED) {
  if (words_.size() > kMaxWords) throw std::length_error("a WordSet has too many words");
  shortest_ = words_.empty() ? 0 : std::ranges::min(words_, {}, &std::string_view::size).size();
  for (std::string_view word : words_) set_.Add({word.data(), word.size()}, nullptr);
  has_automaton_ = set_.Compile();
}

WordSet::Found WordSet::in(std::string_view text) const {
  Found out;
  if (text.size() < shortest_) return out;
  std::vector<int> found;
  re2::RE2::Set::ErrorInfo error{};
  if (has_automaton_ && set_.Match({text.data(), text.size()}, &found, &error)) {
    for (int word : found) out.set(static_cast<std::size_t>(word));
  } else if (!has_automaton_ || error.kind != re2::RE2::Set::kNoError) {  // no memory for it: slower, and the same
    for (std::size_t i = 0; i < words_.size(); ++i) out.set(i, contains_words(text, words_[i]));
  }
  return out;
}

WordSet::Found WordSet::among(std::span<const std::string_view> words) const {
  Found out;
  for (std::string_view word : words) {
    auto found = std::ranges::lower_bound(words_, word);
    if (found != words_.end() && *found == word) out.set(static_cast<std::size_t>(found - words_.begin()));
  }
  return out;
}

}  // namespace ai_ops::diagnosis
