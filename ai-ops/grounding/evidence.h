// The facts, indexed for what a statement may say: which names, which numbers and which states, about which object.
// Pure; borrows the facts.
#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/grounding/grounding.h"
#include "ai-ops/grounding/tokens.h"
#include "ai-ops/grounding/vocabulary.h"

namespace ai_ops::grounding {

enum class Support { none, quoted, own };

// Of whom something is said: of an object by its name, or of "the Service", "the largest node", which is any object of
// that kind. Both empty: of nobody in particular.
struct Owner {
  std::string name;
  std::string kind;  // "service"; only without a name
  bool is_nobody() const { return name.empty() && kind.empty(); }
  friend bool operator==(const Owner&, const Owner&) = default;
};

// A statement's claim on one token.
struct Claim {
  const std::vector<Token>& tokens;
  std::size_t at = 0;
  Owner owner;
  bool needs_general = false;  // "all pods are ready": only what is said of nobody in particular supports it
  const std::vector<std::string>& cited;
};

// True when a word before it, in the same clause, turns it round: "not ready", "0/3 ready".
bool is_negated(const std::vector<Token>& tokens, std::size_t at);

struct Dependency {
  std::string dependent;
  std::string on;
  friend auto operator<=>(const Dependency&, const Dependency&) = default;
};

class Evidence {
 public:
  Evidence(const std::vector<Fact>& facts, const std::vector<std::string>& live_names);

  const Fact* find(std::string_view id) const;
  // The statement's names and kinds have to do with the fact: with its object, or with the finding that it bears out.
  bool concerns(std::string_view id, const std::vector<Token>& tokens) const;
  // The object of the facts that the token names ("checkout-7d9f" is of checkout); empty: none.
  std::string subject_of(const Token& token) const;
  // Whom the token of a statement speaks of: a subject, another live object, whose thing it names (DATABASE_URL is
  // checkout's), or all of a kind.
  Owner owner_at(const std::vector<Token>& tokens, std::size_t at) const;
  // The nearest before the token, else `otherwise`.
  Owner owner_before(const std::vector<Token>& tokens, std::size_t at, Owner otherwise) const;
  bool is_live_name(std::string_view word) const { return live_names_.contains(word); }

  Support word(std::string_view lower, const std::vector<std::string>& cited) const;
  Support number(const Claim& claim) const;
  Support state(const Claim& claim, Meaning meaning) const;
  bool depends(const Dependency& dependency) const { return dependencies_.contains(dependency); }
  // "a calls b" of one text, between subjects.
  std::vector<Dependency> dependencies_in(const std::vector<Token>& tokens, const std::string& otherwise) const;
  bool shares_a_word(std::string_view id, const std::vector<Token>& tokens) const;

 private:
  using Words = std::set<std::string, std::less<>>;
  struct Said {  // of one token of a fact
    Owner owner;
    Owner counts;  // of whom a number is said: "the largest node has 8"
    Meaning meaning;
    bool is_negative = false;
  };
  struct Text {
    std::vector<Token> tokens;
    std::vector<Said> said;  // one for each token
    Words words;
  };
  struct Known {
    const Fact* fact = nullptr;
    std::string subject;
    Text own, quoted;
  };
  void understand(Text& text, const std::string& subject) const;
  void learn_things(const Known& known);
  std::string subject_before(const std::vector<Token>& tokens, std::size_t at, const std::string& otherwise) const;
  bool is_of_kind(const Owner& owner, std::string_view kind) const;
  std::vector<const Token*> numbers_after(std::string_view word, const Claim& claim) const;
  bool is_swapped(const Claim& claim) const;
  Support number_in(const Known& known, const Claim& claim) const;
  Support state_in(const Known& known, const Claim& claim, Meaning meaning, bool is_negative) const;
  bool fits(const Claim& claim, const Owner& owner) const;
  bool has_number(const Text& text, const Claim& claim) const;
  bool has_state(const Text& text, const Claim& claim, Meaning meaning, bool is_negative) const;

  std::vector<Known> known_;
  std::map<std::string, Words, std::less<>> subjects_;      // and their kinds
  Words kinds_;                                             // that the facts speak of
  std::map<std::string, std::string, std::less<>> things_;  // names of no object, and whose they are; empty: of several
  Words live_names_;
  std::set<Dependency> dependencies_;
};

}  // namespace ai_ops::grounding
