#include <CLI/CLI.hpp>

#include "cli/commands/command_table.h"
#include "cli/commands/conversation.h"
#include "foundation/base/uuid.h"

namespace cli::commands {
namespace {

struct Options {
  std::optional<std::string> once;
  std::optional<std::string> conversation;
  std::string approve;
};

Exit chat(Shell& shell, const Options& options) {
  auto preapproval = parse_preapproval(options.approve);
  if (preapproval && !options.once && shell.prompts()) {
    shell.err << "hks: --approve is for --once and for pipes; at a prompt you are asked\n";
    return Exit::usage;
  }
  return in_workspace(shell, [&](Visit& visit) {
    Talk talk{.conversation = options.conversation};
    return options.once ? ask_unattended(visit, talk, preapproval, *options.once)
                        : converse(visit, std::move(talk), std::move(preapproval));
  });
}

std::string no_uuid(const std::string& text) { return foundation::is_uuid(text) ? "" : "it is no conversation id"; }
std::string nothing(const std::string& text) { return text.empty() ? "there is no message" : ""; }
std::string no_preapproval(const std::string& text) {
  return parse_preapproval(text) ? "" : "it is not of the form scale:Deployment/web";
}

}  // namespace

Declared declare_chat(CLI::App& own) {
  auto options = std::make_shared<Options>();  // shared: the parser writes it and the command reads it
  own.add_option("--once", options->once, "ask this, print the answer, end")->type_name("MESSAGE")->check(nothing);
  own.add_option("--conversation", options->conversation, "go on with this one")->type_name("ID")->check(no_uuid);
  own.add_option("--approve", options->approve,
                 "approve one proposal that is exactly this and not of high risk, unattended")
      ->type_name("OPERATION:KIND/NAME")
      ->check(no_preapproval);
  return {&own, [options](Shell& shell) { return chat(shell, *options); }};
}

}  // namespace cli::commands
