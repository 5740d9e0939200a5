#include "cli/commands/conversation.h"

#include "cli/commands/decision.h"
#include "cli/commands/live_names.h"
#include "cli/commands/rollout.h"
#include "cli/commands/slash_commands.h"
#include "foundation/json/view.h"

namespace cli::commands {
namespace {

using foundation::json::View;

std::string prompt_text(const Shell& shell, const std::string& workspace) {
  std::string name = render::one_line(workspace);
  return shell.terminal.look.color ? "\x1b[1m" + name + " ❯\x1b[0m " : name + "> ";
}

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t") == std::string_view::npos; }

std::filesystem::path history_file(const Settings& settings) {
  auto file = settings.session_file;
  return file.empty() ? file : file.replace_extension(".history");
}

// What the answer left to do, with a person there.
void attend(Conversation& conversation) {
  Heard heard = conversation.talk.heard;
  for (const auto& change : heard.changes) take_up(conversation, change);
  for (const auto& id : heard.proposals) {
    Visit& visit = conversation.visit;
    auto approval = visit.loop.run(visit.api.approval(visit.item(id)));
    if (!approval) {
      (void)visit.complain(approval.error());
      continue;
    }
    decide_on(conversation, *approval);
  }
}

Exit say(Conversation& conversation, std::string message) {
  auto& [visit, lines, talk, preapproval, undoable, over] = conversation;
  if (!visit.shell.prompts()) return ask_unattended(visit, talk, preapproval, std::move(message));
  talk.proposals = render::Proposals::left_out;
  Exit exit = ask(visit, talk, std::move(message));
  attend(conversation);
  return exit;
}

Exit go_on(Conversation& conversation) {
  Shell& shell = conversation.visit.shell;
  bool prompted = shell.prompts();
  Exit last = Exit::done;
  while (!conversation.over) {
    shell.out << std::flush;
    auto line = conversation.lines.message(prompt_text(shell, conversation.visit.place));
    if (!line) break;
    if (is_blank(*line)) continue;
    if (line->starts_with('/')) {
      run_slash_command(conversation, *line);
      continue;
    }
    last = say(conversation, std::move(*line));
    if (last == Exit::not_signed_in || !shell.out) return last;
    if (last == Exit::interrupted && !prompted) return last;
  }
  return prompted ? Exit::done : last;
}

}  // namespace

void take_up(Conversation& conversation, const Heard::Change& change) {
  if (change.undoable) conversation.undoable.push_back(change.operation_id);
  follow_rollout(conversation.visit, change);
}

void decide_on(Conversation& conversation, const json::Value& approval) {
  auto decided = deliberate(conversation.visit, conversation.lines, approval);
  if (decided.operation) take_up(conversation, change_of(View(*decided.operation)));
}

Exit converse(Visit& visit, Talk talk, std::optional<Preapproval> preapproval) {
  LiveNames names(visit);
  auto lines = visit.shell.lines(
      {.history_file = history_file(visit.shell.settings),
       .complete = [&names](std::string_view before, std::string_view word) { return names.complete(before, word); }});
  Conversation conversation{visit, *lines, std::move(talk), std::move(preapproval)};
  return go_on(conversation);
}

}  // namespace cli::commands
