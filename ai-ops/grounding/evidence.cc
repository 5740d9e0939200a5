#include "ai-ops/grounding/evidence.h"
#include "foundation/base/ascii.h"

#include <algorithm>

namespace ai_ops::grounding {
namespace {

constexpr std::size_t kNegationReach = 8;  // tokens before the word
constexpr std::size_t kRelationReach = 8;  // tokens from the verb to its object

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

bool begins_clause(std::string_view word) {
  return is_one_of(word, {"but", "while", "whereas", "although", "and", "because", "which", "since", "so", "or"});
}

// "the Service", "the largest node": a kind that no name stands beside. Empty: none.
std::string_view kind_alone(const std::vector<Token>& tokens, std::size_t at) {
  std::string_view kind = kind_by_itself(tokens[at].text);
  bool has_name = at + 1 < tokens.size() && !tokens[at].ends_clause && tokens[at + 1].kind == TokenKind::name;
  if (kind.empty() || has_name) return {};
  if (at == 0 || tokens[at - 1].ends_clause || is_determiner(tokens[at - 1].text)) return kind;
  bool is_described = at > 1 && is_plain_word(tokens[at - 1].text) && is_determiner(tokens[at - 2].text);
  return is_described ? kind : std::string_view();
}

std::set<std::string, std::less<>> words_of(const std::vector<Token>& tokens) {
  std::set<std::string, std::less<>> out;
  for (const Token& token : tokens) {
    out.insert(token.text);
    if (token.kind != TokenKind::name) continue;
    std::string part;
    for (char c : token.text + "/") {
      bool is_joint = c == '/' || c == ':' || c == '.' || c == '@';
      if (!is_joint) part += c;
      if (is_joint && !part.empty()) out.insert(part);
      if (is_joint) part.clear();
    }
  }
  return out;
}

std::string first_name(const std::vector<Token>& tokens) {
  for (const Token& token : tokens) {
    if (token.kind == TokenKind::number || token.kind == TokenKind::ratio) return {};
    bool names_nobody = token.kind == TokenKind::citation || is_kind(token.text) || is_plain_word(token.text) ||
                        meaning_of(token.text).sense != Sense::none;
    if (!names_nobody) return token.text;
  }
  return {};
}

bool is_inherently_negative(std::string_view word) {
  return is_one_of(word, {"unready", "unavailable", "unschedulable", "unscheduled"});
}

bool cites(const Claim& claim, const Fact& fact) {
  return std::ranges::find(claim.cited, fact.id) != claim.cited.end();
}

// ---- numbers: what sort of thing they count

bool precedes_its_number(std::string_view sort) {
  return is_one_of(sort, {"port", "exit", "restart", "cpu", "memory"});
}

std::string said_sort(const std::vector<Token>& tokens, std::size_t at) {
  const Token& number = tokens[at];
  if (!number.unit.empty()) return number.unit;
  if (number.kind == TokenKind::ratio) return {};
  for (std::size_t i = at + 1; i < tokens.size() && i <= at + 2 && !tokens[i - 1].ends_clause; ++i)
    if (auto sort = counted_by(tokens[i].text); !sort.empty()) return std::string(sort);
  for (std::size_t i = at; i-- > 0 && i + 2 >= at && !tokens[i].ends_clause;)
    if (auto sort = counted_by(tokens[i].text); precedes_its_number(sort)) return std::string(sort);
  return {};
}

std::set<std::string, std::less<>> known_sorts(const std::vector<Token>& tokens, std::size_t at) {
  constexpr std::size_t kReach = 3;
  const Token& number = tokens[at];
  std::set<std::string, std::less<>> out;
  if (!number.unit.empty()) out.insert(number.unit);
  if (number.is_inside) out.emplace("port");
  if (number.kind == TokenKind::ratio) out.emplace("replica");
  for (std::size_t i = at + 1; i < tokens.size() && i <= at + kReach && !tokens[i - 1].ends_clause; ++i) {
    if (tokens[i].kind == TokenKind::number) break;
    out.emplace(counted_by(tokens[i].text));
  }
  bool is_bare = number.unit.empty() && std::ranges::all_of(out, &std::string::empty);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    std::string_view sort = counted_by(tokens[i].text);
    bool before = i < at && at - i <= kReach && precedes_its_number(sort);
    if (before || (is_bare && is_one_of(sort, {"cpu", "memory"}))) out.emplace(sort);  // "asks for 64 CPU, has 8"
  }
  out.erase("");
  return out;
}

bool is_same_value(const Token& said, const Token& known) {
  if (said.kind == TokenKind::ratio)
    return known.kind == said.kind && said.value == known.value && said.whole == known.whole;
  if (known.kind == TokenKind::ratio) return said.value == known.value || said.value == known.whole;
  return known.kind == TokenKind::number && said.value == known.value;
}

// What the second says may be looked for in the first: "512Mi" is no other word for 64 CPU.
bool is_comparable(const Claim& claim, const std::vector<Token>& known, std::size_t at) {
  const Token& said = claim.tokens[claim.at];
  if (known[at].kind != said.kind || known[at].unit != said.unit) return false;
  std::string sort = said_sort(claim.tokens, claim.at);
  auto sorts = known_sorts(known, at);
  return sort.empty() || sorts.empty() || sorts.contains(sort);
}

}  // namespace

bool is_negated(const std::vector<Token>& tokens, std::size_t at) {
  bool out = is_inherently_negative(tokens[at].text);
  for (std::size_t i = at; i-- > 0 && i + kNegationReach >= at;) {
    const Token& token = tokens[i];
    if (token.ends_clause || begins_clause(token.text)) break;
    bool is_short = token.kind == TokenKind::ratio && token.value != token.whole;
    bool is_none = token.kind == TokenKind::number && token.value == "0";
    if (is_short || is_none || is_negation(token.text)) return !out;
  }
  return out;
}

Evidence::Evidence(const std::vector<Fact>& facts, const std::vector<std::string>& live_names)
    : live_names_(live_names.begin(), live_names.end()) {
  for (const Fact& fact : facts) {
    Known known{&fact, {}, {tokens_of(fact.text), {}, {}}, {tokens_of(fact.quoted), {}, {}}};
    known.subject = fact.about.empty() ? first_name(known.own.tokens) : fact.about;
    if (!known.subject.empty()) subjects_[known.subject].insert(foundation::lowered(fact.kind));
    known_.push_back(std::move(known));
  }
  for (Known& known : known_) {
    understand(known.own, known.subject);
    understand(known.quoted, known.subject);
    if (!known.subject.empty()) known.own.words.insert(known.subject);
    for (const Said& said : known.own.said) kinds_.insert(said.counts.kind);
    kinds_.insert(foundation::lowered(known.fact->kind));
    learn_things(known);
    for (Dependency& found : dependencies_in(known.own.tokens, known.subject)) dependencies_.insert(std::move(found));
  }
  kinds_.erase("");
}

void Evidence::understand(Text& text, const std::string& subject) const {
  text.words = words_of(text.tokens);
  Owner owner{subject, {}}, counts = owner;
  for (std::size_t i = 0; i < text.tokens.size(); ++i) {
    text.said.push_back({owner, counts, meaning_of(text.tokens[i].text), is_negated(text.tokens, i)});
    std::string named = subject_of(text.tokens[i]);
    if (!named.empty())
      owner = counts = {std::move(named), {}};
    else if (auto kind = kind_alone(text.tokens, i); !kind.empty())
      counts = {{}, std::string(kind)};
  }
}

// "DATABASE_URL", an address: of the object whose facts have it.
void Evidence::learn_things(const Known& known) {
  for (std::size_t i = 0; i < known.own.tokens.size(); ++i) {
    const Token& token = known.own.tokens[i];
    if (token.kind != TokenKind::name || !subject_of(token).empty()) continue;
    auto [thing, is_new] = things_.emplace(token.text, known.own.said[i].owner.name);
    if (!is_new && thing->second != known.own.said[i].owner.name) thing->second.clear();
  }
}

const Fact* Evidence::find(std::string_view id) const {
  auto found = std::ranges::find(known_, id, [](const Known& k) -> std::string_view { return k.fact->id; });
  return found == known_.end() ? nullptr : found->fact;
}

bool Evidence::concerns(std::string_view id, const std::vector<Token>& tokens) const {
  auto known = std::ranges::find(known_, id, [](const Known& k) -> std::string_view { return k.fact->id; });
  if (known == known_.end() || known->subject.empty()) return true;
  bool names_any = false;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    Owner named = owner_at(tokens, i);
    if (named.is_nobody()) continue;
    names_any = true;
    bool is_its = named.name.empty() ? is_of_kind({known->subject, {}}, named.kind)
                                     : named.name == known->subject || named.name == known->fact->finding;
    if (is_its) return true;
  }
  return !names_any;
}

std::string Evidence::subject_of(const Token& token) const {
  std::string_view text = token.text;
  if (std::size_t slash = text.rfind('/'); slash != std::string_view::npos) text.remove_prefix(slash + 1);
  if (subjects_.contains(text)) return std::string(text);
  std::string_view best;
  for (const auto& [subject, kinds] : subjects_) {
    bool is_part = text.size() > subject.size() && text[subject.size()] == '-' && text.starts_with(subject);
    if (is_part && subject.size() > best.size()) best = subject;
  }
  return std::string(best);
}

Owner Evidence::owner_at(const std::vector<Token>& tokens, std::size_t at) const {
  const Token& token = tokens[at];
  if (std::string subject = subject_of(token); !subject.empty()) return {std::move(subject), {}};
  if (is_live_name(token.text)) return {token.text, {}};
  if (auto thing = things_.find(token.text); thing != things_.end()) return {thing->second, {}};
  std::string_view kind = kind_alone(tokens, at);
  return kinds_.contains(kind) ? Owner{{}, std::string(kind)} : Owner{};
}

Owner Evidence::owner_before(const std::vector<Token>& tokens, std::size_t at, Owner otherwise) const {
  for (std::size_t i = at; i-- > 0;)
    if (Owner owner = owner_at(tokens, i); !owner.is_nobody()) return owner;
  return otherwise;
}

std::string Evidence::subject_before(const std::vector<Token>& tokens, std::size_t at,
                                     const std::string& otherwise) const {
  for (std::size_t i = at; i-- > 0;)
    if (std::string subject = subject_of(tokens[i]); !subject.empty()) return subject;
  return otherwise;
}

Support Evidence::word(std::string_view lower, const std::vector<std::string>& cited) const {
  Support out = Support::none;
  for (const Known& known : known_) {
    if (known.own.words.contains(lower)) return Support::own;
    bool is_cited = std::ranges::find(cited, known.fact->id) != cited.end();
    if (is_cited && known.quoted.words.contains(lower)) out = Support::quoted;
  }
  return out;
}

bool Evidence::is_of_kind(const Owner& owner, std::string_view kind) const {
  if (owner.name.empty()) return owner.kind == kind;
  auto subject = subjects_.find(owner.name);
  return subject != subjects_.end() && subject->second.contains(kind);
}

bool Evidence::fits(const Claim& claim, const Owner& owner) const {
  if (owner.is_nobody()) return true;
  if (claim.owner.is_nobody()) return !claim.needs_general;
  if (claim.owner.name.empty()) return is_of_kind(owner, claim.owner.kind);
  return owner.name.empty() ? is_of_kind(claim.owner, owner.kind) : claim.owner.name == owner.name;
}

// The numbers that come next after the word, in what is said of the claim's owner.
std::vector<const Token*> Evidence::numbers_after(std::string_view word, const Claim& claim) const {
  constexpr std::size_t kReach = 4;
  std::vector<const Token*> out;
  for (const Known& known : known_) {
    const std::vector<Token>& tokens = known.own.tokens;
    for (std::size_t k = 0; k < tokens.size(); ++k) {
      if (tokens[k].text != word) continue;
      std::size_t next = k + 1;
      while (next < tokens.size() && next <= k + kReach && tokens[next].kind != TokenKind::number &&
             tokens[next].kind != TokenKind::ratio)
        ++next;
      bool is_near = next < tokens.size() && next <= k + kReach;
      if (is_near && fits(claim, known.own.said[next].counts) && is_comparable(claim, tokens, next))
        out.push_back(&tokens[next]);
    }
  }
  return out;
}

// "listens on 5433" where a fact says "listens on 5432" and another has 5433: what stands next after the same word is
// another number.
bool Evidence::is_swapped(const Claim& claim) const {
  constexpr std::size_t kBack = 4;
  const std::vector<Token>& said = claim.tokens;
  for (std::size_t i = claim.at; i-- > 0 && i + kBack >= claim.at && !said[i].ends_clause;) {
    const Token& word = said[i];
    bool says_little = word.kind != TokenKind::word || word.text.size() <= 2 || !subject_of(word).empty() ||
                       is_one_of(word.text, {"the", "for", "are", "its", "only", "with", "and", "all", "out", "has"});
    if (says_little) continue;
    auto next = numbers_after(word.text, claim);
    if (!next.empty())
      return std::ranges::none_of(next, [&](const Token* t) { return is_same_value(said[claim.at], *t); });
  }
  return false;
}

bool Evidence::has_number(const Text& text, const Claim& claim) const {
  const Token& said = claim.tokens[claim.at];
  std::string sort = said_sort(claim.tokens, claim.at);
  for (std::size_t i = 0; i < text.tokens.size(); ++i) {
    const Token& token = text.tokens[i];
    if (!is_same_value(said, token) || !fits(claim, text.said[i].counts)) continue;
    bool is_same_sort = sort.empty() ? token.unit.empty() : known_sorts(text.tokens, i).contains(sort);
    if (is_same_sort) return true;
  }
  return false;
}

Support Evidence::number_in(const Known& known, const Claim& claim) const {
  if (has_number(known.own, claim)) return Support::own;
  return cites(claim, *known.fact) && has_number(known.quoted, claim) ? Support::quoted : Support::none;
}

Support Evidence::number(const Claim& claim) const {
  Support out = Support::none;
  if (is_swapped(claim)) return out;
  for (const Known& known : known_) out = std::max(out, number_in(known, claim));
  return out;
}

bool Evidence::has_state(const Text& text, const Claim& claim, Meaning meaning, bool is_negative) const {
  return std::ranges::any_of(text.said, [&](const Said& said) {
    const Meaning& found = said.meaning;
    if (found.sense == Sense::none || !fits(claim, said.owner)) return false;
    bool is_alike = meaning.sense == Sense::topic || said.is_negative == is_negative;
    if (found.idea == meaning.idea && is_alike) return true;
    bool is_trouble =
        (found.sense == Sense::problem && !said.is_negative) || (found.idea == "ready" && said.is_negative);
    return meaning.sense == Sense::bad && !is_negative && is_trouble;
  });
}

Support Evidence::state_in(const Known& known, const Claim& claim, Meaning meaning, bool is_negative) const {
  bool is_bad = (meaning.sense == Sense::bad && !is_negative) || (meaning.sense == Sense::good && is_negative);
  if (is_bad && known.fact->id.starts_with('F') && fits(claim, {known.subject, {}})) return Support::own;
  if (meaning.sense == Sense::good && is_negative) {  // "not healthy"
    meaning = meaning_of("wrong");
    is_negative = false;
  }
  if (has_state(known.own, claim, meaning, is_negative)) return Support::own;
  bool may_be_quoted = meaning.sense != Sense::good && meaning.sense != Sense::action && cites(claim, *known.fact) &&
                       !(meaning.sense == Sense::bad && is_negative);
  return may_be_quoted && has_state(known.quoted, claim, meaning, is_negative) ? Support::quoted : Support::none;
}

Support Evidence::state(const Claim& claim, Meaning meaning) const {
  bool is_negative = is_negated(claim.tokens, claim.at);
  Claim general = claim;
  bool is_good_news = (meaning.sense == Sense::good && !is_negative) || (meaning.sense == Sense::bad && is_negative) ||
                      (meaning.idea == "ready" && !is_negative);
  general.needs_general = general.needs_general || is_good_news;
  Support out = Support::none;
  for (const Known& known : known_) out = std::max(out, state_in(known, general, meaning, is_negative));
  return out;
}

std::vector<Dependency> Evidence::dependencies_in(const std::vector<Token>& tokens,
                                                  const std::string& otherwise) const {
  std::vector<Dependency> out;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    Relation relation = relation_of(tokens[i].text);
    if (relation == Relation::none) continue;
    std::string left = subject_before(tokens, i, otherwise), right;
    for (std::size_t k = i + 1; k < tokens.size() && k <= i + kRelationReach && right.empty(); ++k)
      right = subject_of(tokens[k]);
    if (left.empty() || right.empty() || left == right) continue;
    bool is_passive = i + 1 < tokens.size() && tokens[i + 1].text == "by";  // "is called by", "caused by"
    bool left_depends = (relation == Relation::left_depends) != is_passive;
    if (tokens[i].text == "affected" || tokens[i].text == "blocked") left_depends = true;
    out.push_back(left_depends ? Dependency{left, right} : Dependency{right, left});
  }
  return out;
}

bool Evidence::shares_a_word(std::string_view id, const std::vector<Token>& tokens) const {
  for (const Known& known : known_) {
    if (known.fact->id != id) continue;
    return std::ranges::any_of(tokens, [&](const Token& token) {
      return token.kind != TokenKind::citation && !is_plain_word(token.text) && known.own.words.contains(token.text);
    });
  }
  return false;
}

}  // namespace ai_ops::grounding
