#include "cli/commands/unattended.h"

#include <fmt/format.h>

#include <utility>

#include "cli/commands/decision.h"
#include "cli/render/approvals.h"
#include "cli/render/operations.h"
#include "foundation/json/view.h"

namespace cli::commands {
namespace {

using foundation::Code;
using foundation::json::View;

bool matches(const Preapproval& wanted, View approval) {
  View target = approval["target"];
  return approval["operation"].text() == wanted.operation && target["kind"].text() == wanted.kind &&
         target["name"].text() == wanted.name;
}

// For programs an event of their stream, as the others of it are.
void show(Shell& shell, std::string name, const json::Value& value, const std::string& text) {
  shell.out << (shell.settings.output == Output::json
                    ? render::for_programs()->event({std::move(name), value.as_object()})
                    : text)
            << std::flush;
}

Exit approve_one(Visit& visit, const Heard& heard, std::optional<Preapproval>& preapproval, Exit answered) {
  Shell& shell = visit.shell;
  std::vector<json::Value> approvals;
  for (const auto& id : heard.proposals) {
    auto approval = visit.loop.run(visit.api.approval(visit.item(id)));
    if (!approval) return visit.complain(approval.error());
    if (!approval->is_object()) return visit.complain({Code::corrupt, "read approval " + id, "it is no object"});
    show(shell, "approval", *approval, render::approval_text(shell.terminal.look, View(*approval), now()));
    approvals.push_back(std::move(*approval));
  }
  if (approvals.empty()) return answered;
  auto chosen = choose(*preapproval, approvals);
  if (!chosen) {
    (void)visit.complain(chosen.error());
    return answered;
  }
  preapproval.reset();
  auto decided = approve(visit, **chosen, true);
  if (!decided.operation) return decided.exit;
  show(shell, "operation", *decided.operation, render::operation_text(shell.terminal.look, View(*decided.operation)));
  return approvals.size() == 1 && answered == Exit::waiting ? Exit::done : answered;
}

}  // namespace

std::optional<Preapproval> parse_preapproval(std::string_view text) {
  auto colon = text.find(':'), slash = text.find('/');
  if (colon == text.npos || slash == text.npos || slash < colon) return std::nullopt;
  Preapproval parsed{std::string(text.substr(0, colon)), std::string(text.substr(colon + 1, slash - colon - 1)),
                     std::string(text.substr(slash + 1))};
  if (parsed.operation.empty() || parsed.kind.empty() || parsed.name.empty()) return std::nullopt;
  return parsed;
}

foundation::Result<const json::Value*> choose(const Preapproval& wanted, std::span<const json::Value> approvals) {
  auto text = fmt::format("approve {}:{}/{}", wanted.operation, wanted.kind, wanted.name);
  const json::Value* chosen = nullptr;
  for (const json::Value& approval : approvals) {
    if (!matches(wanted, View(approval))) continue;
    if (chosen) return foundation::fail(Code::conflict, text, "several proposals match; none was approved");
    chosen = &approval;
  }
  if (!chosen) return foundation::fail(Code::not_found, text, "no proposal of this answer matches");
  auto risk = View(*chosen)["risk"].text();
  if (risk != "low" && risk != "medium")
    return foundation::fail(Code::denied, text, fmt::format("its risk is {}; a person has to look at it", risk));
  if (View(*chosen)["state"].text() != "open")
    return foundation::fail(Code::conflict, text, fmt::format("it is {}", View(*chosen)["state"].text()));
  return chosen;
}

Exit ask_unattended(Visit& visit, Talk& talk, std::optional<Preapproval>& preapproval, std::string message) {
  talk.proposals = preapproval ? render::Proposals::left_out : render::Proposals::told;
  Exit exit = ask(visit, talk, std::move(message));
  bool may_go_on = exit == Exit::waiting || exit == Exit::done;
  return preapproval && may_go_on ? approve_one(visit, talk.heard, preapproval, exit) : exit;
}

}  // namespace cli::commands
