// Putting back what an operation changed.
#pragma once
#include <optional>
#include <string>

#include "cli/commands/visit.h"

namespace cli::commands {

struct Undone {
  std::string original;                       // the operation that was to be undone
  json::Value reply;                          // the control plane's
  std::optional<json::Value> operation = {};  // what became of the undo, named
  std::optional<json::Value> approval = {};   // of an undo that waits for another person instead
};

// By its id, or by a beginning of it that fits one of the newest operations only.
foundation::Result<Undone> undo_operation(Visit& visit, std::string typed);
// The id of the operation that begins so.
async::Task<std::string> find_operation(client::Api& api, client::Item typed);

}  // namespace cli::commands
