// Does a model's text say only what the evidence says? Deterministic and pure: every object name, number with its unit,
// status word and quantity of a statement is looked for in the evidence, about the same object; a statement with
// something that is not there is struck. What has no checkable word in it (courtesies, advice without facts) is struck
// as well unless it cites and speaks of what it cites.
//
// What asks the reader for something (a command, a secret, a click) claims nothing and is struck (requests.h).
//
// It compares words, it does not understand: an opinion in words that no table knows can pass, and much that is true
// is struck. It errs to the second side; what is struck, the findings' own words still say.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ai_ops::grounding {

// One numbered line of what the model was shown: "E3: Pod checkout-7d9f CrashLoopBackOff, 6 restarts".
struct Fact {
  std::string id;     // "E3", "F1"
  std::string text;   // in our words, or a field's value
  std::string about;  // the object's name; empty: the first name of the text
  std::string
      quoted;  // what a log, an event or a message of the cluster says: anybody may have written it. It supports
               // a statement that cites it and that our own words support too, never good news or a deed.
  std::string kind = {};     // the object's, "Service": so that "the Service listens on ..." is said of it
  std::string finding = {};  // the object whose finding the fact bears out, where it is another
};

struct Statement {
  std::string text;                     // a sentence or a list item, as written
  bool begins_line = false;             // of the model's text
  std::vector<std::string> cited;       // "E3", those that exist
  std::vector<std::string> ungrounded;  // what of it is in no fact: "7 replicas", "payments-db", "E99"
  bool holds() const { return ungrounded.empty(); }
};

struct Check {
  std::vector<Statement> statements;
  std::string grounded_text() const;  // the statements that hold, in order, as written
  std::size_t held() const;
};

inline constexpr std::size_t kMaxStatementTokens = 120;  // no sentence is longer; such a one is struck unread

// `live_names`: of objects that are there but not in the facts; said all the same, they are ungrounded.
Check check(std::string_view text, const std::vector<Fact>& facts, const std::vector<std::string>& live_names = {});

}  // namespace ai_ops::grounding
