#include "ai-ops/agents/reported_speech.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "ai-ops/reader/words.h"

namespace ai_ops::agents {
namespace {

using reader::is_one_of;

// Verbs of saying, thinking, wishing and advising, in their bare form; the endings are taken off a word before.
constexpr std::string_view kVerbs =
    "say|tell|ask|write|claim|mention|announce|explain|describe|insist|argue|believe|think|suppose|assume|guess|reckon|"
    "feel|hope|expect|fear|doubt|wonder|want|wish|need|like|prefer|desire|demand|require|instruct|urge|beg|plead|"
    "advise|recommend|suggest|propose|advocate|encourage|hint|warn|remind|promise|intend|agree|decide|reply|hear|learn|"
    "permit|"
    "allow|favor|favour|complain|swear";
// What an object may do as well: "redis needs a fresh start".
constexpr std::string_view kNeeds = "need|needs|want|wants|require|requires|like|likes";
// Likewise of speech, but nouns too ("the order service"): of these only the past tells of speech.
constexpr std::string_view kNounsToo =
    "report|state|note|request|order|command|direct|plan|answer|comment|post|tweet|text|email|mail|message|ping|shout|"
    "joke|quote|document|list|mandate|push|call|escalate|whisper";
// Past forms and nouns that no ending makes.
constexpr std::string_view kIrregular =
    "said|told|wrote|written|thought|felt|meant|heard|according|apparently|"
    "allegedly|reportedly|supposedly|advice|advices|recommendation|recommendations|suggestion|suggestions|proposal|"
    "proposals|rumor|rumors|rumour|rumours|instruction|instructions|opinion|opinions|quoth|saying|per";
// Whose wish it is when one of these stands before the bare verb.
constexpr std::string_view kSpeaker = "i|we|id|wed|please|pls|and|then|,|to|you|lets|just|also|really|kindly|now";

// The word is one of the verbs with the ending: "recommends", "advising", "replied".
bool is_inflected(std::string_view word, std::string_view ending, std::string_view verbs) {
  if (!word.ends_with(ending)) return false;
  std::string stem(word.substr(0, word.size() - ending.size()));
  if (is_one_of(stem, verbs)) return true;
  if (ending == "s" || stem.size() < 2) return false;
  std::string shorter = stem.substr(0, stem.size() - 1);
  bool is_doubled = stem.back() == shorter.back() && is_one_of(shorter, verbs);  // "begging"
  return is_doubled || is_one_of(stem + "e", verbs) || (stem.back() == 'i' && is_one_of(shorter + "y", verbs));
}

bool tells_of_speech(std::string_view word) {
  constexpr std::array<std::string_view, 4> kEndings{"s", "es", "ed", "ing"};
  return is_inflected(word, "ed", kNounsToo) ||
         std::ranges::any_of(kEndings, [&](std::string_view ending) { return is_inflected(word, ending, kVerbs); });
}

}  // namespace

bool is_reported(std::span<const std::string> words, std::span<const std::size_t> names) {
  auto is_name = [&](std::size_t at) { return std::ranges::find(names, at) != names.end(); };
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (is_name(i)) continue;
    if (i > 0 && (is_name(i - 1) || words[i - 1] == "it") && is_one_of(words[i], kNeeds)) continue;
    if (is_one_of(words[i], kIrregular)) return true;
    if (tells_of_speech(words[i])) return true;
    bool is_speakers = i == 0 || is_one_of(words[i - 1], kSpeaker);
    if (is_one_of(words[i], kVerbs) && !is_speakers) return true;  // "the docs recommend"
  }
  return false;
}

}  // namespace ai_ops::agents
