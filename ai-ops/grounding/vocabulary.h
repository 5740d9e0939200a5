// The words whose use is a claim, as tables, and the words that only join them. Pure.
#pragma once
#include <cstdint>
#include <string_view>

namespace ai_ops::grounding {

bool is_one_of(std::string_view list, std::string_view lower_word);  // "a|b|c"

// What it takes for a statement to use the word of something.
enum class Sense : std::uint8_t {
  none,     // claims nothing
  topic,    // "memory", "certificate": the evidence is about it too
  state,    // "ready", "running": the evidence says so, or says no, likewise
  problem,  // "crashing", "refused": as a state; it is bad
  bad,      // "failing", "wrong": the evidence has any problem
  good,     // "healthy", "fixed": our own words say so
  action,   // "restarted", "deleted": our own words say so
};

// Words of one idea share `idea`: "crashes", "crashloopbackoff".
struct Meaning {
  Sense sense = Sense::none;
  std::string_view idea;
};

Meaning meaning_of(std::string_view lower_word);

// "5 replicas" and "5 pods" are the same sort of thing, "5 restarts" are not. Empty: the word counts nothing.
std::string_view counted_by(std::string_view lower_word);

bool is_negation(std::string_view lower_word);        // "not", "cannot", "isn't", "unable", "fails (to)"
bool is_universal(std::string_view lower_word);       // "all", "everything", "nothing"
bool is_back_reference(std::string_view lower_word);  // "it", "this": what the statement before was about
bool is_kind(std::string_view lower_word);            // "pod", "deployments"
// "service" of "service" and "services": a kind that "the Service" may stand for. Pods and what runs them are spoken of
// as the workload, so they are none.
std::string_view kind_by_itself(std::string_view lower_word);
bool is_determiner(std::string_view lower_word);  // "the", "no", "every"
// Commands a reader, claims to have acted, leads out of the conversation: never of the evidence.
bool is_out_of_place(std::string_view lower_word);
// Names of well-known software: as good as an object's.
bool is_software(std::string_view lower_word);
// May stand beside a kind ("the failing pod") or before a verb without being anybody's name.
bool is_plain_word(std::string_view lower_word);
bool is_verb_of_state(std::string_view lower_word);  // "is", "has", "crashes": what stands before it is the subject

// "a calls b": which of the two depends on the other.
enum class Relation : std::uint8_t { none, left_depends, right_depends };
Relation relation_of(std::string_view lower_word);

}  // namespace ai_ops::grounding
