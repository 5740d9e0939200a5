#include "ai-ops/grounding/grounding.h"

#include <algorithm>

#include "ai-ops/grounding/evidence.h"
#include "ai-ops/grounding/requests.h"
#include "ai-ops/grounding/statements.h"

namespace ai_ops::grounding {
namespace {

constexpr std::string_view kNothingToCheck = "nothing that can be checked";
constexpr std::string_view kTooLong = "too long to be checked";
constexpr std::string_view kOnlyQuoted = "only what the cluster's text says";

// One statement, word by word.
class Examination {
 public:
  Examination(const Evidence& evidence, std::vector<Token> tokens, Owner before, Statement& out)
      : evidence_(evidence), tokens_(std::move(tokens)), before_(std::move(before)), out_(out) {}

  // What was spoken of last, for the statements after it.
  Owner run() {
    read_citations();
    if (std::string asked = request_in(out_.text, tokens_, evidence_); !asked.empty()) note(Support::none, asked);
    for (std::size_t i = 0; i < tokens_.size(); ++i) look_at(i);
    look_at_dependencies();
    look_at_citations();
    judge_the_whole();
    return evidence_.owner_before(tokens_, tokens_.size(), before_);
  }

 private:
  const Token* before(std::size_t i) const { return i == 0 ? nullptr : &tokens_[i - 1]; }
  const Token* after(std::size_t i) const { return i + 1 < tokens_.size() ? &tokens_[i + 1] : nullptr; }

  void read_citations() {
    for (const Token& token : tokens_) {
      if (token.kind != TokenKind::citation) continue;
      if (evidence_.find(token.raw) == nullptr)
        out_.ungrounded.push_back(token.raw);
      else if (std::ranges::find(out_.cited, token.raw) == out_.cited.end())
        out_.cited.push_back(token.raw);
    }
  }

  void note(Support support, std::string what) {
    if (support == Support::none) out_.ungrounded.push_back(std::move(what));
    has_own_ = has_own_ || support == Support::own;
    has_any_ = true;
  }

  void look_at(std::size_t i) {
    const Token& token = tokens_[i];
    if (token.is_inside || token.kind == TokenKind::citation) return;
    if (token.kind == TokenKind::number || token.kind == TokenKind::ratio)
      return note(evidence_.number(claim(i)), with_next_word(i));
    if (is_out_of_place(token.text) && evidence_.word(token.text, {}) == Support::none)
      return note(Support::none, token.raw);
    Meaning meaning = meaning_of(token.text);
    if (token.kind == TokenKind::name && meaning.sense != Sense::none)
      note(support_of_name(token), token.raw);  // "CrashLoopBackOff": the very word too
    if (meaning.sense != Sense::none && !is_idle(i)) return note(evidence_.state(claim(i), meaning), token.raw);
    if (names_something(i)) note(support_of_name(token), token.raw);
  }

  // "as well", "set up".
  bool is_idle(std::size_t i) const {
    return tokens_[i].text == "well" && before(i) != nullptr && before(i)->text == "as";
  }

  // "the 64 CPU that report asks for", "6 restarts of checkout": whom the number belongs to is said after it.
  Owner owner_said_after(std::size_t i) const {
    constexpr std::size_t kReach = 3;  // tokens, to "that" or "of"
    if (tokens_[i].kind != TokenKind::number && tokens_[i].kind != TokenKind::ratio) return {};
    for (std::size_t k = i + 1; k + 1 < tokens_.size() && k <= i + kReach && !tokens_[k - 1].ends_clause; ++k) {
      if (tokens_[k].text != "that" && tokens_[k].text != "which" && tokens_[k].text != "of") continue;
      std::size_t at = k + 1;
      while (at + 1 < tokens_.size() && (is_determiner(tokens_[at].text) || is_kind(tokens_[at].text)) &&
             evidence_.owner_at(tokens_, at).is_nobody())
        ++at;
      return evidence_.owner_at(tokens_, at);
    }
    return {};
  }

  // "5433 instead of 5432": the second is somebody else's.
  bool is_contrasted(std::size_t i) const {
    constexpr std::size_t kReach = 3;
    for (std::size_t k = i; k-- > 0 && k + kReach >= i;)
      if (tokens_[k].text == "instead" || tokens_[k].text == "rather") return true;
    return false;
  }

  Owner owner_of(std::size_t i) const {
    bool is_number = tokens_[i].kind == TokenKind::number || tokens_[i].kind == TokenKind::ratio;
    if (is_number && is_contrasted(i)) return {};
    Owner owner = owner_said_after(i);
    if (owner.is_nobody()) owner = evidence_.owner_before(tokens_, i, {});
    for (std::size_t k = i + 1; k < tokens_.size() && owner.is_nobody(); ++k) owner = evidence_.owner_at(tokens_, k);
    bool refers_back =
        !tokens_.empty() && (is_back_reference(tokens_[0].text) ||
                             (tokens_.size() > 1 && tokens_[0].text == "the" && is_kind(tokens_[1].text)));
    return owner.is_nobody() && refers_back ? before_ : owner;
  }

  Claim claim(std::size_t i) const {
    bool is_general = std::ranges::any_of(tokens_, [](const Token& t) { return is_universal(t.text); });
    return {tokens_, i, owner_of(i), is_general, out_.cited};
  }

  std::string with_next_word(std::size_t i) const {
    bool joined = after(i) != nullptr && !tokens_[i].ends_clause && after(i)->kind == TokenKind::word;
    return joined ? tokens_[i].raw + " " + after(i)->raw : tokens_[i].raw;
  }

  Support support_of_name(const Token& token) const {
    Support whole = evidence_.word(token.text, out_.cited);
    if (whole != Support::none || token.text.find('/') == std::string::npos) return whole;
    Support least = Support::own;  // "Deployment/checkout": each of its parts
    std::string_view rest = token.text;
    while (!rest.empty()) {
      std::size_t end = std::min(rest.find('/'), rest.size());
      std::string_view part = rest.substr(0, end);
      if (!is_kind(part)) least = std::min(least, evidence_.word(part, out_.cited));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return least;
  }

  bool names_something(std::size_t i) const {
    const Token& token = tokens_[i];
    if (token.kind == TokenKind::name || !evidence_.subject_of(token).empty()) return true;
    if (is_plain_word(token.text) || is_kind(token.text) || !counted_by(token.text).empty()) return false;
    if (token.is_code || is_software(token.text) || evidence_.is_live_name(token.text)) return true;
    bool is_capital = token.raw[0] >= 'A' && token.raw[0] <= 'Z';
    if (is_capital && before(i) != nullptr && !before(i)->ends_clause && token.raw.size() > 2) return true;
    return stands_where_a_name_would(i);
  }

  bool stands_where_a_name_would(std::size_t i) const {
    std::string_view text = tokens_[i].text;
    if (text.ends_with("ly") || text.ends_with("ed")) return false;
    const Token *left = before(i), *right = after(i);
    bool after_kind = left != nullptr && !left->ends_clause && is_kind(left->text);
    bool before_kind = right != nullptr && !tokens_[i].ends_clause && is_kind(right->text);
    bool is_subject = right != nullptr && is_verb_of_state(right->text);
    bool after_relation = left != nullptr && relation_of(left->text) != Relation::none;
    bool after_called = left != nullptr && (left->text == "called" || left->text == "named" || left->text == "upon");
    return after_kind || before_kind || is_subject || after_relation || after_called;
  }

  void look_at_dependencies() {
    for (const Dependency& said : evidence_.dependencies_in(tokens_, before_.name))
      if (!evidence_.depends(said)) note(Support::none, said.dependent + " depends on " + said.on);
  }

  // What is cited must be about something that the statement names, where it names anything.
  void look_at_citations() {
    for (const std::string& id : out_.cited)
      if (!evidence_.concerns(id, tokens_)) out_.ungrounded.push_back(id);
  }

  void judge_the_whole() {
    if (!out_.ungrounded.empty()) return;
    if (has_any_ && !has_own_) out_.ungrounded.emplace_back(kOnlyQuoted);
    if (has_any_) return;
    bool speaks_of_it =
        std::ranges::any_of(out_.cited, [&](const std::string& id) { return evidence_.shares_a_word(id, tokens_); });
    if (!speaks_of_it) out_.ungrounded.emplace_back(kNothingToCheck);
  }

  const Evidence& evidence_;
  std::vector<Token> tokens_;
  Owner before_;
  Statement& out_;
  bool has_any_ = false;
  bool has_own_ = false;
};

// A list's number claims nothing.
std::string_view without_list_mark(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  bool is_mark =
      digits > 0 && digits + 1 < text.size() && (text[digits] == '.' || text[digits] == ')') && text[digits + 1] == ' ';
  return is_mark ? text.substr(digits + 2) : text;
}

}  // namespace

std::string Check::grounded_text() const {
  std::string out;
  bool begins_line = false;
  for (const Statement& statement : statements) {
    begins_line = begins_line || statement.begins_line;
    if (!statement.holds()) continue;
    if (!out.empty()) out += begins_line ? '\n' : ' ';
    out += statement.text;
    begins_line = false;
  }
  return out;
}

std::size_t Check::held() const {
  return static_cast<std::size_t>(std::ranges::count_if(statements, &Statement::holds));
}

Check check(std::string_view text, const std::vector<Fact>& facts, const std::vector<std::string>& live_names) {
  Evidence evidence(facts, live_names);
  Check out;
  Owner before;
  for (Piece& piece : statements_of(text)) {
    Statement statement{std::move(piece.text), piece.begins_line, {}, {}};
    auto tokens = tokens_of(without_list_mark(statement.text));
    if (tokens.size() > kMaxStatementTokens)
      statement.ungrounded.emplace_back(kTooLong);
    else
      before = Examination(evidence, std::move(tokens), before, statement).run();
    out.statements.push_back(std::move(statement));
  }
  return out;
}

}  // namespace ai_ops::grounding
