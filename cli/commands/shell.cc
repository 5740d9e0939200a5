#include "cli/commands/shell.h"

#include <fmt/format.h>

#include "cli/client/origin.h"
#include "foundation/base/unicode.h"

namespace cli::commands {
namespace {

using foundation::Code;
using foundation::Error;
using foundation::fail;
using foundation::Result;

constexpr std::string_view kIndent = "\n     ";  // under the text behind "hks: "

std::string indented(std::string_view text) {
  std::string out;
  for (char c : foundation::visible_text(text)) c == '\n' ? out += kIndent : out += c;
  return out;
}

}  // namespace

std::unique_ptr<terminal::Lines> Shell::lines(terminal::Editing editing) const {
  if (edited_lines && prompts())
    if (auto edited = edited_lines(std::move(editing))) return edited;
  return terminal::plain_lines(in, out, prompts());
}

Exit complain(Shell& shell, const Error& error) {
  Exit exit = exit_of(error);
  if (exit == Exit::interrupted) {
    shell.err << "\nhks: stopped. A change that had begun may still be carried out; the audit tells.\n";
    return exit;
  }
  shell.err << "hks: cannot " << indented(error.text()) << '\n';
  if (exit == Exit::not_signed_in) shell.err << "     sign in: hks login --user NAME\n";
  return exit;
}

std::string chosen_server(const Settings& settings, const std::optional<client::SavedSession>& saved) {
  if (!settings.server.empty()) return client::normal_server(settings.server);
  return saved ? saved->server : kDefaultServer;
}

Result<std::unique_ptr<client::Api>> signed_in(const Shell& shell, Loop& loop) {
  auto saved = client::load_session(shell.settings.session_file);
  if (!saved) return std::unexpected(saved.error());
  std::string server = chosen_server(shell.settings, *saved);
  if (!*saved || (*saved)->server != server)
    return fail(Code::unauthenticated, "use " + server, "you are not signed in there");
  return client::Api::create(loop.executor(), server, (*saved)->token);
}

async::Task<std::string> find_workspace(client::Api& api, std::string chosen) {
  if (!chosen.empty()) co_return chosen;
  auto names = co_await api.workspace_names();
  if (!names) co_return std::unexpected(names.error());
  if (names->size() == 1) co_return names->front();
  if (names->empty()) co_return fail(Code::not_found, "choose a workspace", "you are a member of none; ask an admin");
  co_return fail(Code::invalid, "choose a workspace",
                 fmt::format("you have {}: {}\nname one: --workspace NAME, or HKS_WORKSPACE", names->size(),
                             fmt::join(*names, ", ")));
}

Exit complain_of_choice(Shell& shell, const Error& error) {
  Exit exit = complain(shell, error);
  return error.code == Code::invalid ? Exit::usage : exit;
}

}  // namespace cli::commands
