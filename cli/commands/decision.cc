#include "cli/commands/decision.h"

#include <fmt/format.h>

#include <utility>

#include "cli/commands/ids.h"
#include "cli/render/approvals.h"
#include "cli/render/operations.h"
#include "foundation/base/uuid.h"

namespace cli::commands {
namespace {

using foundation::json::View;

constexpr std::string_view kQuestion = "   [y] run  [n] leave  [d] details";

client::Decision decision_on(const Visit& visit, View approval) {
  return {.approval = visit.item(std::string(approval["approval_id"].text())),
          .op_hash = std::string(approval["op_hash"].text())};
}

std::string question_text(const Shell& shell) {
  return fmt::format("{} {} ", kQuestion, shell.terminal.look.columns > 0 ? "❯" : ">");
}

}  // namespace

async::Task<json::Value> find_approval(client::Api& api, client::Item typed) {
  if (!foundation::is_uuid(typed.id)) {
    auto open = co_await api.approvals(typed.parent);
    if (!open) co_return std::unexpected(open.error());
    auto id = unique_id("approval", typed.id, View(*open)["approvals"], "approval_id");
    if (!id) co_return std::unexpected(id.error());
    typed.id = std::move(*id);
  }
  co_return co_await api.approval(std::move(typed));
}

Decided approve(Visit& visit, const json::Value& approval, bool unattended) {
  auto decision = decision_on(visit, View(approval));
  decision.approve = true;
  decision.unattended = unattended;
  auto reply = visit.loop.run(visit.api.decide(std::move(decision)));
  if (!reply) return {visit.complain(reply.error())};
  json::Object operation{{"operation", std::string(View(approval)["operation"].text())}};
  if (const auto* arguments = View(approval)["arguments"].value()) operation["arguments"] = *arguments;
  for (const auto& [name, value] : View(*reply).object()) operation[name] = value;
  return {Exit::done, json::Value(std::move(operation))};
}

Decided deliberate(Visit& visit, terminal::Lines& lines, const json::Value& approval) {
  Shell& shell = visit.shell;
  const render::Look& look = shell.terminal.look;
  View shown(approval);
  shell.out << render::approval_text(look, shown, now());
  if (shown["state"].text() != "open") return {Exit::failed};
  if (!shown["may_decide"].boolean_or(false)) {
    shell.out << "   It is not for you to approve; it waits for somebody else.\n";
    return {Exit::waiting};
  }
  for (;;) {
    shell.out << std::flush;
    auto answer = lines.answer(question_text(shell));
    if (answer == "d") {
      shell.out << render::approval_details_text(look, shown, now());
    } else if (answer == "y") {
      auto decided = approve(visit, approval, false);
      if (decided.operation) shell.out << render::operation_text(look, View(*decided.operation));
      return decided;
    } else if (!answer || answer == "n" || answer->empty()) {
      shell.out << "   Left as it is; it waits.\n";
      return {Exit::waiting};
    }
  }
}

Exit reject(Visit& visit, const json::Value& approval) {
  auto reply = visit.loop.run(visit.api.decide(decision_on(visit, View(approval))));
  if (!reply) return visit.complain(reply.error());
  View target = View(approval)["target"];
  return tell(
      visit.shell, *reply,
      render::one_line(fmt::format(" Rejected: {} {}/{}. Nothing was changed.", View(approval)["operation"].text(),
                                   target["kind"].text(), target["name"].text())) +
          "\n");
}

}  // namespace cli::commands
