#include "ai-ops/reader/intents.h"

#include <algorithm>

#include "ai-ops/reader/names.h"
#include "ai-ops/reader/words.h"

namespace ai_ops::reader {
namespace {

enum class Needs { nothing, target, no_target, kind };

// Terms stand in the message in this order, other words between them. A term is alternatives; "^" asks for the first
// word, "$" for the last; "@list" ends a term.
struct Pattern {
  Intent intent;
  Needs needs;
  std::string_view terms;
};

// Word lists that several patterns share.
struct List {
  std::string_view name;
  std::string_view words;
};
constexpr List kLists[] = {
    {"@change",
     "scale|scaling|restart|restarting|resize|stop|delete|kill|double|halve|add|remove|change|touch|set|bring|take|"
     "reboot|bounce"},
    {"@trouble",
     "wrong|matter|problem|problems|issue|issues|trouble|broken|broke|fail|failing|fails|failed|crash|crashes|crashing|"
     "crashed|down|slow|unhealthy|stuck|pending|error|errors|unavailable|dying|dead|unreachable|oomkilled|crashloop|"
     "crashloopbackoff|alerts|flapping|restarting"},
};

// The first that fits is meant, so what is more particular stands first.
constexpr Pattern kPatterns[] = {
    {Intent::help, Needs::nothing, "^help"},
    {Intent::help, Needs::nothing, "^commands|usage $commands|usage"},
    {Intent::help, Needs::nothing, "what can|could|do you do|know|help"},
    {Intent::help, Needs::nothing, "who are you"},
    // Asked for a reason, whatever the rest of the sentence commands or denies.
    {Intent::diagnose, Needs::nothing, "why"},
    {Intent::diagnose, Needs::nothing, "how come"},
    {Intent::diagnose, Needs::target, "how fix|repair|solve|heal"},
    {Intent::diagnose, Needs::target, "what causes|caused|cause"},
    {Intent::help, Needs::nothing, "how do|can|could|would|to i|you|we|use|@change"},
    // Told not to do a thing, or wondering whether to: nothing to answer, and nothing to do.
    {Intent::unknown, Needs::nothing, "dont|not|never|wont|without|cancel|avoid @change"},
    {Intent::unknown, Needs::nothing, "^should|suppose|if|imagine|pretend"},
    {Intent::unknown, Needs::nothing, "what if|would|happens"},
    // The past.
    {Intent::events, Needs::nothing, "events|event"},
    {Intent::events, Needs::nothing, "what happened|changed"},
    {Intent::events, Needs::nothing, "history|timeline"},
    {Intent::events, Needs::target,
     "who|when|did|was|were|has|have scale|scaled|restart|restarted|change|changed|deployed|updated|crash|happened"},
    {Intent::logs, Needs::nothing, "log|logs|stdout|stderr|traceback|stacktrace"},
    {Intent::logs, Needs::target, "print|printed|output|says|said"},
    {Intent::diagnose, Needs::target,
     "diagnose|debug|troubleshoot|investigate|analyze|analyse|explain|inspect|examine"},
    {Intent::diagnose, Needs::target, "@trouble"},
    {Intent::diagnose, Needs::target,
     "not ready|working|work|running|run|starting|start|healthy|responding|up|ok|okay|available|reachable"},
    {Intent::diagnose, Needs::target, "isnt|doesnt|wont|cant|arent|cannot"},
    {Intent::diagnose, Needs::target, "^fix|repair|solve|heal"},
    {Intent::diagnose, Needs::target, "what going|happening|happens on|with|to"},
    {Intent::overview, Needs::no_target, "@trouble"},
    {Intent::overview, Needs::no_target,
     "everything|all|anything|things|system|cluster|workspace|project "
     "ok|okay|fine|good|well|healthy|alright|up|running|working|right"},
    {Intent::overview, Needs::no_target, "health|healthy|overview|summary|summarize"},
    {Intent::overview, Needs::no_target,
     "how|hows is|are|s|going|doing|things|everything|we|it "
     "everything|things|cluster|workspace|project|it|all|we|apps|services|doing|going|today"},
    {Intent::overview, Needs::no_target, "hows everything|things|it|cluster|workspace|project"},
    {Intent::overview, Needs::no_target, "what|whats is|s|going|up|happening going|up|happening|new|on"},
    {Intent::overview, Needs::no_target, "^status $status"},
    {Intent::overview, Needs::no_target, "^status of|in everything|all|cluster|workspace|project"},
    {Intent::overview, Needs::no_target,
     "^diagnose|investigate|troubleshoot|check|debug|fix everything|all|cluster|workspace|outage|it|this|project"},
    {Intent::overview, Needs::no_target, "^diagnose|check|troubleshoot $diagnose|check|troubleshoot"},
    {Intent::status, Needs::target, "how many|much|is|are|does|big|old"},
    {Intent::status, Needs::target, "^show|list|get|describe|display|see|check|give|tell"},
    {Intent::status, Needs::target, "status|state|which|what|whats|where|hows"},
    {Intent::status, Needs::target,
     "is|are|does|has|have "
     "ready|running|up|healthy|available|ok|okay|fine|done|alive|there|well|replicas|working|good"},
    {Intent::status, Needs::target, "replicas|image|version|details|info"},
    {Intent::status, Needs::kind,
     "list|show|get|which|what|whats|all|many|describe|display|see|any|there|are|the|my|our"},
};

// "web", "deployment web", "the web pods": nothing but a name or a kind.
bool is_bare(std::span<const std::string> words, Heard heard) {
  return (heard.has_target || heard.has_kind) && std::ranges::all_of(words, [](const std::string& word) {
           return word == kNameWord || is_one_of(word, "the|my|our|all|project|in") || !kind_of_word(word).empty();
         });
}

bool fits(std::string_view word, std::string_view term) {
  if (is_one_of(word, term)) return true;
  return std::ranges::any_of(
      kLists, [&](const List& list) { return term.ends_with(list.name) && is_one_of(word, list.words); });
}

bool stand_in(std::string_view terms, std::span<const std::string> words) {
  std::size_t from = 0;
  while (!terms.empty()) {
    std::size_t end = std::min(terms.find(' '), terms.size());
    std::string_view term = terms.substr(0, end);
    terms.remove_prefix(std::min(end + 1, terms.size()));
    bool first = term.starts_with('^'), last = term.starts_with('$');
    if (first || last) term.remove_prefix(1);
    if (last) return !words.empty() && fits(words.back(), term);
    std::size_t until = first ? std::min<std::size_t>(from + 1, words.size()) : words.size();
    while (from < until && !fits(words[from], term)) ++from;
    if (from == until) return false;
    ++from;
  }
  return true;
}

bool met(Needs needs, Heard heard) {
  switch (needs) {
    case Needs::nothing: return true;
    case Needs::target: return heard.has_target;
    case Needs::no_target: return !heard.has_target;
    case Needs::kind: return heard.has_kind;
  }
  return false;
}

}  // namespace

Intent intent_of(std::span<const std::string> words, Heard heard) {
  for (const Pattern& pattern : kPatterns)
    if (met(pattern.needs, heard) && stand_in(pattern.terms, words)) return pattern.intent;
  return is_bare(words, heard) ? Intent::status : Intent::unknown;
}

}  // namespace ai_ops::reader
