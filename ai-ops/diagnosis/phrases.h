// What Kubernetes' components, registries and servers say when something fails: tables of words, each row a fault.
// Free text of theirs is no contract, so a row asks for as few words as tell the fault apart.
#pragma once
#include <array>
#include <span>
#include <string_view>

namespace ai_ops::diagnosis {

struct Phrase {
  std::array<std::string_view, 2> words;  // lower case; all of them stand in the text; "" asks for nothing
  std::string_view fault;
};

// The first row whose words stand in the text, in any case; null when none does.
const Phrase* phrase_in(std::string_view text, std::span<const Phrase> rows);

// What runc and containerd say of a container that they cannot start.
std::span<const Phrase> start_failures();

// Where they stand in the text, in any case, at `from` or after it; npos: nowhere.
std::size_t find_words(std::string_view text, std::string_view lower_case_words, std::size_t from = 0);
bool contains_words(std::string_view text, std::string_view lower_case_words);

}  // namespace ai_ops::diagnosis
