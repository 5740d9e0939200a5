// The program from its arguments to its exit code.
#pragma once
#include <string>
#include <vector>

#include "cli/commands/shell.h"

namespace cli::commands {

// `arguments` without the program's name. Options over environment over defaults.
int run_program(std::vector<std::string> arguments, Shell& shell);

}  // namespace cli::commands
