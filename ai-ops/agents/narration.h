// Findings told by a model: it gets them as numbered facts, and of what it says only the statements that the facts bear
// out are kept. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/agents/facts.h"
#include "ai-ops/diagnosis/cluster.h"
#include "ai-ops/diagnosis/finding.h"
#include "ai-ops/grounding/grounding.h"
#include "ai-ops/prompts/prompt.h"
#include "foundation/base/error.h"

namespace ai_ops::agents {

inline constexpr int kNarrationTokens = 384;                // of the answer
inline constexpr std::size_t kMaxNarrationBytes = 8 << 10;  // a longer answer is none
inline constexpr int kNarrationTries = 2;
inline constexpr std::size_t kMaxNotThere = 12;  // told to the model before its second try

// `not_there`: what the last answer named that is in no fact; empty: this is the first try.
foundation::Result<prompts::Prompt> narration_prompt(std::string_view question,
                                                     const std::vector<grounding::Fact>& facts,
                                                     const prompts::Traits& traits,
                                                     const std::vector<std::string>& not_there);

struct Narration {
  std::string text;                        // what holds; empty when nothing about any finding does
  std::vector<std::string> not_there;      // what does not
  std::vector<diagnosis::ObjectRef> told;  // the findings' objects of which something holds
};
Narration narration_of(std::string_view answer, const diagnosis::Cluster& cluster,
                       const std::vector<diagnosis::Finding>& findings, const std::vector<grounding::Fact>& facts);

}  // namespace ai_ops::agents
