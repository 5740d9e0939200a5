// Where names of objects can stand in a text: its words, of letters, digits, points and dashes. Pure.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ai_ops::conversations {

// The first words that fit: a name is never cut in two, so that none is left which nobody knows to withhold.
std::string first_words(std::string text, std::size_t max_bytes);
// Lower-cased, without points and dashes at their end, in order.
std::vector<std::string> words_in(std::string_view text);
// With every word for which `hides` says so replaced by kWithheld. It is asked with the word in lower case.
std::string with_words_hidden(std::string_view text, const std::function<bool(std::string_view)>& hides);

}  // namespace ai_ops::conversations
