#include "cli/commands/conversation.h"

#include <optional>

#include "cli/commands/prompt.h"

namespace cli::commands {
namespace {

constexpr std::string_view kHelp =
    " Ask anything: what is wrong?  why is checkout failing?  Or command: scale web to 5\n"
    " /help   this text\n"
    " /quit   end (Ctrl-D too); Ctrl-C stops an answer\n";

// A prompt is for a person, who reads and writes on one terminal.
bool prompts(const Shell& shell) {
  return shell.terminal.reads && shell.terminal.writes && shell.settings.output == Output::text;
}

std::string prompt_text(const Shell& shell, const std::string& workspace) {
  std::string name = render::one_line(workspace);
  return shell.terminal.look.color ? "\x1b[1m" + name + " ❯\x1b[0m " : name + "> ";
}

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t") == std::string_view::npos; }

}  // namespace

Exit converse(Shell& shell, Loop& loop, Talk& talk) {
  bool prompted = prompts(shell);
  Exit last = Exit::done;
  for (;;) {
    if (prompted) shell.out << prompt_text(shell, talk.workspace) << std::flush;
    auto line = read_line(shell.in);
    if (!line) {
      if (prompted) shell.out << '\n';
      return prompted ? Exit::done : last;
    }
    if (is_blank(*line)) continue;
    if (*line == "/quit") return prompted ? Exit::done : last;
    if (line->starts_with('/')) {
      if (*line != "/help") shell.err << "hks: there is no " << render::one_line(*line) << "\n";
      shell.out << kHelp;
      continue;
    }
    last = ask(shell, loop, talk, std::move(*line));
    if (last == Exit::not_signed_in || !shell.out) return last;
    if (last == Exit::interrupted && !prompted) return last;
  }
}

}  // namespace cli::commands
