#include "ai-ops/reader/intents.h"

#include <algorithm>
#include <set>

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
     "reboot|bounce|roll|rollback|revert"},
    {"@trouble",
     "wrong|matter|problem|problems|issue|issues|trouble|broken|broke|fail|failing|fails|failed|crash|crashes|crashing|"
     "crashed|down|slow|unhealthy|stuck|pending|error|errors|unavailable|dying|dead|unreachable|oomkilled|crashloop|"
     "crashloopbackoff|alerts|flapping|restarting|misbehaving|misbehaves|acting|weird|strange|odd|flaky|unstable|"
     "hanging|hangs|hung|frozen|sluggish|unresponsive|timeouts|5xx|500s|502s|503s|504s"},
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
    {Intent::diagnose, Needs::target, "causes|caused|cause|reason"},
    {Intent::help, Needs::nothing, "how do|can|could|would|to i|you|we|use|@change"},
    // Told not to do a thing, or wondering whether to: nothing to answer, and nothing to do.
    {Intent::unknown, Needs::nothing, "dont|not|never|wont|without|cancel|avoid @change"},
    {Intent::unknown, Needs::nothing, "^should|suppose|if|imagine|pretend"},
    {Intent::unknown, Needs::nothing, "what if|would|happens"},
    {Intent::unknown, Needs::target, "^shut|turn|switch|take|bring down|off"},
    // The past.
    {Intent::events, Needs::nothing, "events|event|warnings"},
    {Intent::events, Needs::nothing, "what|whats happened|changed"},
    {Intent::events, Needs::nothing, "history|timeline"},
    {Intent::events, Needs::target,
     "who|when|did|was|were|has|have "
     "scale|scaled|restart|restarted|change|changed|deployed|updated|crash|happen|happened"},
    {Intent::logs, Needs::nothing, "log|logs|stdout|stderr|traceback|stacktrace"},
    {Intent::logs, Needs::target, "print|printed|output|says|said|logging|logged"},
    {Intent::diagnose, Needs::target,
     "diagnose|debug|troubleshoot|investigate|analyze|analyse|explain|inspect|examine"},
    {Intent::diagnose, Needs::target, "@trouble"},
    {Intent::diagnose, Needs::target,
     "not ready|working|work|running|run|starting|start|healthy|responding|up|ok|okay|available|reachable"},
    {Intent::diagnose, Needs::target, "isnt|doesnt|wont|cant|arent|cannot"},
    {Intent::diagnose, Needs::target, "^fix|repair|solve|heal"},
    {Intent::diagnose, Needs::target, "what|whats going|happening|happens on|with|to"},
    {Intent::diagnose, Needs::target, "what|whats up with|w"},
    {Intent::overview, Needs::no_target, "@trouble"},
    {Intent::overview, Needs::no_target, "worry|worried|worrying|concern|concerned|concerning|attention"},
    {Intent::overview, Needs::no_target,
     "everything|all|anything|things|system|cluster|workspace|project "
     "ok|okay|fine|good|well|healthy|alright|up|running|working|right|green"},
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
};

// What an object or a kind is like, asked for in general words. A word that the reader does not know, or one that
// changes things, may be what the message is about ("put web on 8 replicas"): then it abstains.
constexpr Pattern kGeneral[] = {
    {Intent::status, Needs::target, "how many|much|is|are|does|big|old"},
    {Intent::status, Needs::target, "^show|list|get|describe|display|see|check|give|tell"},
    {Intent::status, Needs::target, "status|state|which|what|whats|where|hows"},
    {Intent::status, Needs::target,
     "is|are|does|has|have "
     "ready|running|up|healthy|available|ok|okay|fine|done|alive|there|well|replicas|working|good"},
    {Intent::status, Needs::target,
     "replicas|image|version|details|info|yaml|spec|ports|limits|requests|age|uptime|tag|labels|resources|usage"},
    {Intent::status, Needs::kind,
     "list|show|get|which|what|whats|all|many|describe|display|see|any|there|are|the|my|our"},
};

// "web", "deployment web", "the web pods": nothing but a name or a kind.
bool is_bare(std::span<const std::string> words, Heard heard) {
  return (heard.has_target || heard.has_kind) && std::ranges::all_of(words, [](const std::string& word) {
           return word == kNameWord || is_one_of(word, "the|my|our|all|project|in") || !kind_of_word(word).empty();
         });
}

// Of no pattern, and of no weight.
constexpr std::string_view kFillers = "u|days|moment|presently|really|actually|exactly|quick|quickly|short|brief|full";
constexpr std::string_view kKindWords =
    "deployment|deployments|service|services|statefulset|statefulsets|daemonset|daemonsets|cronjob|cronjobs|"
    "configmap|configmaps|replicas|namespace|ingress|ingresses";
constexpr std::string_view kChanges = kLists[0].words;

// Every word of the patterns.
const std::set<std::string_view>& pattern_words() {
  static const std::set<std::string_view> kWords = [] {
    std::set<std::string_view> out;
    auto add = [&](std::string_view words) {
      for (std::string_view word : alternatives_of(words)) out.insert(word);
    };
    auto add_terms = [&](std::string_view terms) {
      while (!terms.empty()) {
        std::size_t end = std::min(terms.find(' '), terms.size());
        std::string_view term = terms.substr(0, end);
        if (term.starts_with('^') || term.starts_with('$')) term.remove_prefix(1);
        add(term);
        terms.remove_prefix(std::min(end + 1, terms.size()));
      }
    };
    for (const Pattern& pattern : kPatterns) add_terms(pattern.terms);
    for (const Pattern& pattern : kGeneral) add_terms(pattern.terms);
    for (const List& list : kLists) add(list.words);
    add(kKindWords);
    return out;
  }();
  return kWords;
}

bool is_known(std::string_view word) {
  return word == kNameWord || is_everyday(word) || pattern_words().contains(word) || is_one_of(word, kFillers);
}

bool is_general(std::span<const std::string> words) {
  return std::ranges::all_of(words, is_known) &&
         std::ranges::none_of(words, [](const std::string& word) { return is_one_of(word, kChanges); });
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

std::string_view word_meant_by(std::string_view word) {
  constexpr std::size_t kMinSwapped = 4, kMinSlip = 6;  // a shorter word is too near to others
  if (is_known(word)) return {};
  std::string_view out;
  for (std::string_view known : pattern_words()) {
    bool is_slip = (word.size() >= kMinSlip && known.size() >= kMinSlip && is_one_slip_from(word, known)) ||
                   (word.size() >= kMinSwapped && is_swapped(word, known));
    if (is_slip && !out.empty()) return {};
    if (is_slip) out = known;
  }
  return out;
}

Intent intent_of(std::span<const std::string> words, Heard heard) {
  for (const Pattern& pattern : kPatterns)
    if (met(pattern.needs, heard) && stand_in(pattern.terms, words)) return pattern.intent;
  if (is_bare(words, heard)) return Intent::status;
  for (const Pattern& pattern : kGeneral)
    if (met(pattern.needs, heard) && stand_in(pattern.terms, words))
      return is_general(words) ? pattern.intent : Intent::unknown;
  return Intent::unknown;
}

}  // namespace ai_ops::reader
