#include <CLI/CLI.hpp>

#include "cli/client/session_file.h"
#include "cli/commands/command_table.h"

namespace cli::commands {
namespace {

Exit logout(Shell& shell) {
  Loop loop;
  auto api = signed_in(shell, loop);
  if (!api) return complain(shell, api.error());
  auto out = loop.run((*api)->sign_out());
  // A session that has ended already is what was wanted.
  if (!out && out.error().code != foundation::Code::unauthenticated) return complain(shell, out.error());
  if (auto forgotten = client::forget_session(shell.settings.session_file); !forgotten)
    return complain(shell, forgotten.error());
  if (shell.settings.output == Output::text) shell.out << "Signed out.\n";
  return Exit::done;
}

}  // namespace

Declared declare_logout(CLI::App& own) { return {&own, logout}; }

}  // namespace cli::commands
