// One user request as a state machine: resume(what happened) -> what to do next. Pure: no I/O, no clock; the shell
// (ai-ops/chat) performs each step and feeds the result back. Every step is bounded by Budget.
//
//   start -> FetchSnapshot -> (AskModel plan)? -> ShowAgent -> (FetchLogs)? -> (ShowFindings (AskModel narrate)*)?
//         -> (CallTool)* -> (RequestOperation Say)* -> Say ... -> Finish
//
// Commands that the control plane has read need no snapshot: start -> ShowAgent -> (RequestOperation Say)* -> Finish.
// Findings are shown before any model speaks, and a model is never needed: without its answer the findings' own words
// are. A failed step becomes a sentence, never a crash.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ai-ops/agents/specialist.h"
#include "ai-ops/diagnosis/diagnose.h"
#include "ai-ops/prompts/prompt.h"
#include "ai-ops/reader/recent.h"
#include "foundation/base/error.h"
#include "foundation/json/value.h"
#include "foundation/kubernetes/snapshot.h"

namespace ai_ops::agents {

namespace json = foundation::json;

struct Budget {
  int steps = 24;  // of all kinds; the last two are kept for a sentence and Finish
  int tool_calls = 8;
  int operations = 5;
  int model_calls = 3;  // one to plan, two to narrate

  foundation::Milliseconds diagnosis_time = diagnosis::kDaemonTime;
};

struct TurnInput {
  std::string message;
  std::vector<reader::OperationWanted> commands;  // as the control plane read them; may be empty
  Budget budget;
  std::optional<prompts::Traits> model = {};  // none: no model is asked
  reader::Recent recent = {};                 // of the conversation; what its user may not see any more is not in it
  // The same for a model that plans: lines, the most important first. One that narrates does not get it: what was said
  // before is no evidence, so nothing that it told from there would hold, and old answers would crowd out the facts.
  std::string history = {};
};

// What a turn is about, as far as it has come: what later turns may refer to.
struct About {
  reader::Intent intent = reader::Intent::unknown;
  std::vector<foundation::kubernetes::ObjectRef> subjects;
  std::shared_ptr<const foundation::kubernetes::Snapshot> snapshot;  // null: none was needed, or could be had
};

// ---- what the shell is asked to do
struct FetchSnapshot {};
struct FetchLogs {
  std::vector<diagnosis::LogWanted> wanted;
};
struct CallTool {
  std::string call_id;  // "t1"
  std::string tool;
  json::Object arguments;
};
struct RequestOperation {
  std::string call_id;  // "o1": with the turn, the idempotency key
  std::string operation;
  json::Object arguments;
};
struct ShowAgent {
  std::string name;
  std::string task;
};
struct ShowFindings {
  std::vector<diagnosis::Finding> findings;
};
enum class Purpose { plan, narrate };
struct AskModel {
  prompts::Prompt prompt;
  Purpose purpose = Purpose::narrate;
};
struct Say {
  std::string text;  // a delta of the answer
};
struct Finish {};
using Step =
    std::variant<FetchSnapshot, FetchLogs, CallTool, RequestOperation, ShowAgent, ShowFindings, AskModel, Say, Finish>;

// ---- what came of it
struct Started {};
struct Shown {};  // ShowAgent, ShowFindings and Say are done
struct SnapshotFetched {
  foundation::Result<std::shared_ptr<const foundation::kubernetes::Snapshot>>
      snapshot;  // shared with the shell's cache
  foundation::WallTime now{};
};
struct LogsFetched {
  std::vector<diagnosis::LogExcerpt> logs;  // those that could be had
};
// get_logs: {"lines": [...]}; list_events: {"items": [Event...]}; a bare array is taken for either.
struct ToolAnswered {
  foundation::Result<json::Value> result;
};
// The control plane's answer to an operation request, by status: 200, 202, 403...
struct OperationAnswered {
  int status = 0;  // 0: no answer came
  json::Value body;
};
struct ModelAnswered {
  foundation::Result<prompts::Reply> reply;
};
using Happened =
    std::variant<Started, Shown, SnapshotFetched, LogsFetched, ToolAnswered, OperationAnswered, ModelAnswered>;

class Turn {
 public:
  explicit Turn(TurnInput input);
  ~Turn();
  // The next step. After Finish the turn is over: calling it again is a broken invariant, and so is an answer to
  // another step than the last.
  Step resume(Happened happened);
  About about() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ai_ops::agents
