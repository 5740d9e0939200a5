// The commands of a conversation that are not for the assistant: a table.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands/conversation.h"

namespace cli::commands {

// `line` begins with a slash. One that nobody knows is told so, with the help.
void run_slash_command(Conversation& conversation, std::string_view line);
std::vector<std::string> slash_names();  // "/help", ...

}  // namespace cli::commands
