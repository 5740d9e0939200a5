// What Tab offers in a conversation: the names of the workspace as they are now, its slash commands, the workspaces.
#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands/visit.h"

namespace cli::commands {

// Owner: a conversation, whose visit it borrows.
class LiveNames {
 public:
  explicit LiveNames(Visit& visit) : visit_(visit) {}
  std::vector<std::string> complete(std::string_view before, std::string_view word);

 private:
  const std::vector<std::string>& names();

  Visit& visit_;
  std::vector<std::string> names_;
  std::string place_;  // that they are of
  foundation::SteadyTime fresh_until_{};
};

}  // namespace cli::commands
