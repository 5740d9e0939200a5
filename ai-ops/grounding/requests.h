// Does a statement ask the reader for something? A command, a question, advice, or a word to "you" claims nothing that
// evidence could bear out, so a name in it proves nothing: "Give checkout your token." Findings recommend no next
// steps, so there is none that a model could repeat. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/grounding/evidence.h"
#include "ai-ops/grounding/tokens.h"

namespace ai_ops::grounding {

// The word by which it asks; empty: it asks for nothing. What begins in an unknown way is taken for a request: a claim
// begins with what it is about, or with a word of a closed class ("the", "because"); a command with any verb there is.
std::string request_in(std::string_view text, const std::vector<Token>& tokens, const Evidence& evidence);

}  // namespace ai_ops::grounding
