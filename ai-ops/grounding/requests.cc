#include "ai-ops/grounding/requests.h"

#include <algorithm>

#include "ai-ops/grounding/vocabulary.h"

namespace ai_ops::grounding {
namespace {

// What a claim may begin with besides a name: words that are never verbs.
constexpr std::string_view kOpeners =
    "a|an|the|this|that|these|those|it|its|they|their|there|here|he|she|his|her|your|each|every|all|any|some|no|none|"
    "neither|either|both|another|other|most|many|few|more|less|nothing|nobody|everything|something|which|who|what|"
    "where|when|why|how|because|since|as|while|if|although|though|whereas|unless|until|once|after|before|due|of|in|on|"
    "at|for|from|"
    "by|with|without|about|under|over|inside|behind|during|between|against|within|despite|per|to|and|or|but|so|then|"
    "thus|hence|therefore|however|also|still|now|again|only|not|instead|overall|meanwhile|moreover|furthermore|first|"
    "second|third|last|next|one|up|out|e.g|i.e|vs|too|than|just|such|like";
// After these another clause begins.
constexpr std::string_view kJoints = "and|or|but|so|then|therefore|thus|hence|also|please|now|first|next|just";
// Nouns and adjectives that a claim begins with, besides those that the vocabulary knows.
constexpr std::string_view kNouns =
    "cause|reason|root|summary|explanation|impact|effect|evidence|analysis|conclusion|result|symptom|diagnosis|status|"
    "version|value|connection|startup|traffic|kubernetes|kubelet|scheduler|multiple|insufficient|high|low";
// Words of the vocabulary that are verbs too.
constexpr std::string_view kVerbs =
    "restart|exit|kill|pull|scale|delete|remove|drop|destroy|crash|fail|complete|resolve|probe|load|leak|panic|refuse";
// They begin a question or a command, or they go on with what was said: "checkout is down and has no pods".
constexpr std::string_view kAuxiliaries =
    "is|are|was|were|be|been|has|have|had|does|did|can|cannot|could|may|might|will|would";
// Bare verbs in spite of their endings.
constexpr std::string_view kBareForms = "bring|ping|embed|need|feed|speed|seed|proceed|exceed|rely|fly|rally|alias";
// After a bare word these make it a verb: "restart it", "log in", "search the logs".
constexpr std::string_view kObjects =
    "the|a|an|this|that|these|those|it|its|them|their|your|my|our|me|us|him|her|all|any|every|each|some|both|more|in|"
    "out|up|down|on|off|yourself";
// What ought to be done, not what is. "needs to be ...", "has to ..." are looked at apart.
constexpr std::string_view kAdvice =
    "should|shall|must|ought|let|let's|try|consider|recommend|recommended|recommends|advise|advised|suggest|suggested|"
    "suggests|better|necessary|needed|required|important|advisable|help|helps|make|ensure|verify|remember|feel|kindly";
constexpr std::string_view kReader = "you|yours|yourself|you're|you'll|you've|you'd|u|dear|user's";
constexpr std::string_view kWish = "would|wants|want|wish|wishes|has|have|had|need|needs|asks|asked|begs";

// A form that a command's verb has not: "replicas", "crashed", "starting", "repeatedly". But "access", "reply".
bool is_inflected(std::string_view word) {
  if (is_one_of(kBareForms, word) || word.ends_with("ss") || word.ends_with("us") || word.ends_with("ply"))
    return false;
  return word.ends_with('s') || word.ends_with("ed") || word.ends_with("ly") || word.ends_with("ing");
}

class Asking {
 public:
  Asking(const std::vector<Token>& tokens, const Evidence& evidence) : tokens_(tokens), evidence_(evidence) {}

  bool at(std::size_t i) const { return begins_command(i) || speaks_to_the_reader(i) || advises(i); }

 private:
  std::string_view word(std::size_t i) const { return i < tokens_.size() ? std::string_view(tokens_[i].text) : ""; }
  bool is_named(std::size_t i) const {
    return i < tokens_.size() && (tokens_[i].kind == TokenKind::name || !evidence_.owner_at(tokens_, i).name.empty());
  }
  bool goes_on(std::size_t i) const { return i + 1 < tokens_.size() && !tokens_[i].ends_clause; }
  bool takes_object(std::size_t i) const {
    return goes_on(i) && (is_one_of(kObjects, word(i + 1)) || is_named(i + 1) || is_kind(word(i + 1)));
  }

  // The first word, or the first of a later clause.
  bool begins_clause(std::size_t i) const {
    return i == 0 || tokens_[i - 1].ends_clause || is_one_of(kJoints, word(i - 1));
  }

  bool begins_command(std::size_t i) const {
    const Token& token = tokens_[i];
    bool goes_on_so = i > 0 && is_one_of(kAuxiliaries, token.text);
    bool may_be_verb = token.kind == TokenKind::word && begins_clause(i) && !goes_on_so &&
                       !is_one_of(kOpeners, token.text) && !is_kind(token.text);
    if (!may_be_verb) return false;
    if (is_named(i)) return goes_on(i) && is_determiner(word(i + 1));  // "report the outage", where there is a report
    if (i == 0 && is_one_of(kAuxiliaries, token.text)) return true;
    if (is_inflected(token.text)) {  // "deleting the pod helps", not "crashing pods"
      bool is_adjective = is_noun(token.text) && is_kind(word(i + 1));
      return i == 0 && token.text.ends_with("ing") && takes_object(i) && !is_adjective;
    }
    if (is_noun(token.text)) return false;
    bool is_of_the_facts = evidence_.word(token.text, {}) == Support::own;
    return takes_object(i) || (i == 0 && !is_of_the_facts);
  }

  static bool is_noun(std::string_view word) {
    return is_one_of(kNouns, word) || (meaning_of(word).sense != Sense::none && !is_one_of(kVerbs, word));
  }

  // "your deployment" is still about the deployment.
  bool speaks_to_the_reader(std::size_t i) const {
    if (word(i) == "your") return !is_named(i + 1) && !is_kind(word(i + 1));
    return is_one_of(kReader, word(i));
  }

  bool advises(std::size_t i) const {
    if (is_one_of(kAdvice, word(i))) return evidence_.word(word(i), {}) == Support::none;
    return is_one_of(kWish, word(i)) && (word(i + 1) == "to" || word(i + 1) == "like");  // "needs to be", "would like"
  }

  const std::vector<Token>& tokens_;
  const Evidence& evidence_;
};

}  // namespace

std::string request_in(std::string_view text, const std::vector<Token>& tokens, const Evidence& evidence) {
  if (text.find('?') != std::string_view::npos) return "a question";
  Asking asking(tokens, evidence);
  for (std::size_t i = 0; i < tokens.size(); ++i)
    if (asking.at(i)) return tokens[i].raw;
  return {};
}

}  // namespace ai_ops::grounding
