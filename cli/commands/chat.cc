#include <CLI/CLI.hpp>

#include "cli/commands/command_table.h"
#include "cli/commands/conversation.h"
#include "foundation/base/uuid.h"

namespace cli::commands {
namespace {

struct Options {
  std::optional<std::string> once;
  std::optional<std::string> conversation;
};

Exit chat(Shell& shell, const Options& options) {
  Loop loop;
  auto api = signed_in(shell, loop);
  if (!api) return complain(shell, api.error());
  auto workspace = loop.run(find_workspace(**api, shell.settings.workspace));
  if (!workspace) return complain_of_workspace(shell, workspace.error());
  Talk talk{**api, std::move(*workspace), options.conversation};
  return options.once ? ask(shell, loop, talk, *options.once) : converse(shell, loop, talk);
}

std::string no_uuid(const std::string& text) { return foundation::is_uuid(text) ? "" : "it is no conversation id"; }
std::string nothing(const std::string& text) { return text.empty() ? "there is no message" : ""; }

}  // namespace

Declared declare_chat(CLI::App& own) {
  auto options = std::make_shared<Options>();  // shared: the parser writes it and the command reads it
  own.add_option("--once", options->once, "ask this, print the answer, end")->type_name("MESSAGE")->check(nothing);
  own.add_option("--conversation", options->conversation, "go on with this one")->type_name("ID")->check(no_uuid);
  return {&own, [options](Shell& shell) { return chat(shell, *options); }};
}

}  // namespace cli::commands
