// How a daemon is told what to do: flags over environment over a TOML file (--config); an unknown key or flag is an
// error. Exit codes of refusals: 0 after --help, 2 for a usage error.
#pragma once
#include <CLI/CLI.hpp>
#include <optional>

namespace foundation::configuration {

// Reads into the options that `app` declares; an option's envname() is its environment variable. None: go on. Else the
// exit code; what there was to say has been printed.
std::optional<int> read_options(CLI::App& app, int argc, const char* const* argv);

}  // namespace foundation::configuration
