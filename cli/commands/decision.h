// Deciding on a proposal. What a person sees and signs off comes from the approvals route, never from a stream.
#pragma once
#include <optional>
#include <string>

#include "cli/commands/visit.h"

namespace cli::commands {

// By its id, or by a beginning of it that fits one open approval only.
async::Task<json::Value> find_approval(client::Api& api, client::Item typed);

struct Decided {
  Exit exit = Exit::failed;
  std::optional<json::Value> operation = {};  // what became of it, named, when it was approved
};

// Approves exactly what `approval` shows. Says why when that fails; nothing of success.
Decided approve(Visit& visit, const json::Value& approval, bool unattended);
// Shows it and asks a person: y, n, or d for its details. Nobody there, or no answer, leaves it.
Decided deliberate(Visit& visit, terminal::Lines& lines, const json::Value& approval);
// Rejects it and says so.
Exit reject(Visit& visit, const json::Value& approval);

}  // namespace cli::commands
