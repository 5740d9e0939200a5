// Where the reader abstains, a model may choose what a message asks for: among the intents, the operations and the live
// names that are most like its words, never anything else. Its answer is read strictly into the same Reading. An
// operation that it chose is only requested: the control plane has not read it as a command, so it becomes a proposal.
// Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/prompts/prompt.h"
#include "ai-ops/reader/reader.h"
#include "foundation/base/error.h"
#include "foundation/base/untrusted.h"

namespace ai_ops::agents {

inline constexpr std::size_t kMaxCandidates = 24;
inline constexpr int kPlanTokens = 96;  // of the answer
inline constexpr std::int64_t kMaxPlannedReplicas = 1000;

struct Candidate {
  std::string label;  // "web"; "shop/web" where two projects have one
  reader::ObjectRef object;
};

// What a model may choose from, for one message.
struct PlanChoices {
  std::string message;
  std::vector<Candidate> candidates;         // likeliest first
  std::vector<foundation::Untrusted> lines;  // of the candidates, as the model reads them
  std::string project;                       // that the message names
  // False: the message asks, quotes, denies, supposes, tells of others' wishes or is of several lines. Then no
  // operation is offered, nor read.
  bool may_operate = false;
  std::string history;                     // of the conversation: lines, the most important first
  std::vector<std::int64_t> counts;        // that the message says
  std::vector<std::string> words;          // of the message
  std::vector<std::int64_t> replicas_now;  // of each candidate
};

// `recent`: what the conversation was about lately.
PlanChoices choices_for(std::string_view message, const foundation::kubernetes::Snapshot& snapshot,
                        const std::vector<reader::ObjectRef>& recent = {});
// Tools are offered to a model that calls them; others answer by a JSON schema. Code::too_large: it does not fit.
foundation::Result<prompts::Prompt> plan_prompt(const PlanChoices& choices, const prompts::Traits& traits);
// Intent::unknown: the model says that the message asks for nothing of these. None: it is no answer to the prompt.
std::optional<reader::Reading> plan_of(const prompts::Reply& reply, const PlanChoices& choices);

}  // namespace ai_ops::agents
