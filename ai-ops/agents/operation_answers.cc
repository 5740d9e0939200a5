#include "ai-ops/agents/operation_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ai-ops/agents/sentences.h"
#include "ai-ops/diagnosis/quote.h"
#include "foundation/json/view.h"

namespace ai_ops::agents {
namespace {

using foundation::json::Value;
using foundation::json::View;

constexpr std::string_view kUnchanged = "Nothing was changed.";
constexpr std::string_view kUnknown = "It is not known whether it took effect: look before trying again.";

struct Outcome {
  int status;
  std::string_view reason;  // when the answer gives none
  std::string_view after;   // what is known of the state then
};
// 0 stands for no answer; a status that is not here says nothing of what was done.
constexpr std::array kOutcomes{
    Outcome{0, "the control plane did not answer", kUnknown},
    Outcome{400, "the request was not understood", kUnchanged},
    Outcome{401, "your request is no longer open", kUnchanged},
    Outcome{403, "you may not do this", kUnchanged},
    Outcome{404, "there is no such object", kUnchanged},
    Outcome{409, "the object has changed in the meantime", kUnchanged},
    Outcome{422, "a guard stands in the way", kUnchanged},
    Outcome{429, "too many requests at the moment", kUnchanged},
    Outcome{502, "the cluster refused it", kUnchanged},
    Outcome{503, "the cluster cannot be reached now", ""},
    Outcome{504, "the cluster did not answer in time", kUnknown},
};
constexpr Outcome kOther{-1, "the control plane failed", kUnknown};

std::string text_of(const reader::OperationWanted& wanted, std::string_view argument) {
  const Value* value = wanted.arguments.if_contains(argument);
  return diagnosis::quote(View(value).text());
}

std::string replicas_of(const reader::OperationWanted& wanted) {
  return counted(View(wanted.arguments.if_contains("replicas")).integer_or(0), "replica");
}

std::string revision_of(const reader::OperationWanted& wanted) {
  auto revision = View(wanted.arguments.if_contains("revision")).integer();
  return revision ? fmt::format("revision {}", *revision) : "the revision before";
}

// "cpu request of report to 500m and the memory limit to 1Gi"; without `of`: "cpu request of 500m and a memory limit of
// 1Gi".
std::string resources_of(const reader::OperationWanted& wanted, std::string_view of) {
  std::string out;
  for (std::string_view slot : {"cpu_request", "cpu_limit", "memory_request", "memory_limit"}) {
    if (!wanted.arguments.contains(slot)) continue;
    std::string words(slot);
    std::ranges::replace(words, '_', ' ');
    bool is_first = out.empty();
    if (!is_first) out += of.empty() ? " and a " : " and the ";
    out += words;
    if (is_first && !of.empty()) out += fmt::format(" of {}", of);
    out += fmt::format(" {} {}", of.empty() ? "of" : "to", text_of(wanted, slot));
  }
  return out;
}

std::string with_end(std::string said, std::string_view end) {
  bool is_said = end.empty() || said.find(end) != std::string::npos;
  return is_said ? said : fmt::format("{} {}", said, end);
}

std::string done_answer(const reader::OperationWanted& wanted, bool already) {
  std::string name = text_of(wanted, "name");
  if (wanted.operation == "scale")
    return fmt::format("{} {} {}.", name, already ? "already has" : "is set to", replicas_of(wanted));
  if (already) return fmt::format("{} is as asked already.", name);
  if (wanted.operation == "restart") return fmt::format("{} is restarting.", name);
  if (wanted.operation == "rollback") return fmt::format("{} is rolled back to {}.", name, revision_of(wanted));
  if (wanted.operation == "set-resources") return fmt::format("{} now has a {}.", name, resources_of(wanted, ""));
  return fmt::format("Done: {}.", operation_words(wanted));
}

std::string approval_answer(const reader::OperationWanted& wanted, View body) {
  std::string out = fmt::format("This waits for an approval: {}.", operation_words(wanted));
  std::string reason = diagnosis::quote(body["reason"]["text"].text(), 500);
  if (!reason.empty()) out += " " + sentence(reason);
  return with_end(std::move(out), "Nothing has been changed yet.");
}

}  // namespace

std::string operation_words(const reader::OperationWanted& wanted) {
  std::string name = text_of(wanted, "name");
  if (wanted.operation == "scale") return fmt::format("scale {} to {}", name, replicas_of(wanted));
  if (wanted.operation == "rollback") return fmt::format("roll back {} to {}", name, revision_of(wanted));
  if (wanted.operation == "set-resources") return fmt::format("set the {}", resources_of(wanted, name));
  return fmt::format("{} {}", diagnosis::quote(wanted.operation), name);
}

std::string operation_answer(const reader::OperationWanted& wanted, int status, const Value& body_value) {
  View body(body_value);
  if (status == 200) return done_answer(wanted, body["state"].text() == "already_so");
  if (status == 202) return approval_answer(wanted, body);
  auto row = std::ranges::find(kOutcomes, status, &Outcome::status);
  const Outcome& outcome = row == kOutcomes.end() ? kOther : *row;
  std::string reason = diagnosis::quote(body["detail"].text(body["title"].text()), 500);
  if (reason.empty()) reason = outcome.reason;
  if (status == 403) return with_end(sentence(reason), outcome.after);
  return with_end(sentence(fmt::format("I could not {}: {}", operation_words(wanted), reason)), outcome.after);
}

std::string skipped_answer(const reader::OperationWanted& wanted) {
  return fmt::format("I have not asked to {}, since the step before it did not go through.", operation_words(wanted));
}

std::string operation_target(const reader::OperationWanted& wanted) {
  return fmt::format("{}/{}/{}", text_of(wanted, "project"), text_of(wanted, "kind"), text_of(wanted, "name"));
}

}  // namespace ai_ops::agents
