// The facts, indexed for what a statement may say: which names, which numbers and which states, about which object.
// Pure; borrows the facts.
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/grounding/grounding.h"
#include "ai-ops/grounding/tokens.h"
#include "ai-ops/grounding/vocabulary.h"

namespace ai_ops::grounding {

enum class Support { none, quoted, own };

// A statement's claim on one token.
struct Claim {
  const std::vector<Token>& tokens;
  std::size_t at = 0;
  std::string owner;           // of whom it is said; empty: of nobody in particular
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
  std::string subject_of_fact(std::string_view id) const;
  // The object of the facts that the token names ("checkout-7d9f" is of checkout); empty: none.
  std::string subject_of(const Token& token) const;
  // The nearest subject before the token, else `otherwise`.
  std::string owner_in(const std::vector<Token>& tokens, std::size_t at, std::string_view otherwise) const;
  bool is_live_name(std::string_view word) const { return live_names_.contains(word); }

  Support word(std::string_view lower, const std::vector<std::string>& cited) const;
  Support number(const Claim& claim) const;
  Support state(const Claim& claim, Meaning meaning) const;
  bool depends(const Dependency& dependency) const { return dependencies_.contains(dependency); }
  // "a calls b" of one text, between subjects.
  std::vector<Dependency> dependencies_in(const std::vector<Token>& tokens, const std::string& otherwise) const;
  bool shares_a_word(std::string_view id, const std::vector<Token>& tokens) const;

 private:
  struct Said {  // of one token of a fact
    std::string owner;
    Meaning meaning;
    bool is_negative = false;
  };
  struct Text {
    std::vector<Token> tokens;
    std::vector<Said> said;  // one for each token
    std::set<std::string, std::less<>> words;
  };
  struct Known {
    const Fact* fact = nullptr;
    std::string subject;
    Text own, quoted;
  };
  void understand(Text& text, const std::string& subject) const;
  bool is_swapped(const Claim& claim, const std::vector<Token>& known) const;
  Support number_in(const Known& known, const Claim& claim) const;
  Support state_in(const Known& known, const Claim& claim, Meaning meaning, bool is_negative) const;
  bool fits(const Claim& claim, const std::string& owner) const;
  bool has_number(const Text& text, const Claim& claim) const;
  bool has_state(const Text& text, const Claim& claim, Meaning meaning, bool is_negative) const;

  std::vector<Known> known_;
  std::set<std::string, std::less<>> subjects_;
  std::set<std::string, std::less<>> live_names_;
  std::set<Dependency> dependencies_;
};

}  // namespace ai_ops::grounding
