// What every command is given: the global options, where it reads and writes, what the terminal can show.
#pragma once
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <string>

#include "cli/client/api.h"
#include "cli/commands/exit.h"
#include "cli/commands/loop.h"
#include "cli/render/renderer.h"
#include "cli/terminal/lines.h"
#include "foundation/json/value.h"

namespace cli::commands {

namespace json = foundation::json;

enum class Output { text, json };

struct Settings {
  std::string server;     // empty: that of the session, else kDefaultServer
  std::string workspace;  // empty: the only one of the user
  Output output = Output::text;
  std::filesystem::path session_file;
};

struct Terminal {
  bool reads = false;   // the input is one
  bool writes = false;  // the output is one
  render::Look look = {};
};

struct Shell {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  Terminal terminal;
  Settings settings = {};
  // Lines with editing where the terminal can; none gives plain ones.
  std::function<std::unique_ptr<terminal::Lines>(terminal::Editing)> edited_lines = {};

  // A person reads and writes on one terminal.
  bool prompts() const { return terminal.reads && terminal.writes && settings.output == Output::text; }
  std::unique_ptr<terminal::Lines> lines(terminal::Editing editing = {}) const;
};

inline constexpr const char* kDefaultServer = "http://127.0.0.1:8080";

// Says what was tried, what stood in the way and what would help, on the error stream.
Exit complain(Shell& shell, const foundation::Error& error);

// An Api with the saved session. Code::unauthenticated without one for this server: a token goes where it came from.
foundation::Result<std::unique_ptr<client::Api>> signed_in(const Shell& shell, Loop& loop);
// The server to sign in at.
std::string chosen_server(const Settings& settings, const std::optional<client::SavedSession>& saved);
// The chosen workspace, or the user's only one; else Code::invalid with their names.
async::Task<std::string> find_workspace(client::Api& api, std::string chosen);
// Of what find_workspace says: not to choose among several is wrong usage.
Exit complain_of_choice(Shell& shell, const foundation::Error& error);

}  // namespace cli::commands
