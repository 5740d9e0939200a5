// What a command works with once it is signed in: in one workspace, or in one organization.
#pragma once
#include <functional>
#include <string>

#include "cli/commands/shell.h"
#include "foundation/json/view.h"

namespace cli::commands {

// Borrows all.
struct Visit {
  Shell& shell;
  Loop& loop;
  client::Api& api;
  std::string place;  // the workspace or the organization

  client::Item item(std::string id) const { return {place, std::move(id)}; }
  // Of a task that failed: says why.
  Exit complain(const foundation::Error& error) const { return commands::complain(shell, error); }
};

// In the chosen workspace, by default the user's only one. Says why when that fails.
Exit in_workspace(Shell& shell, const std::function<Exit(Visit&)>& work);
// In `chosen`; empty: the user's only organization.
Exit in_organization(Shell& shell, const std::string& chosen, const std::function<Exit(Visit&)>& work);

// What a request brings, told as below with its text for a person; or why it failed.
Exit tell_reply(Visit& visit, async::Task<json::Value> asked,
                const std::function<std::string(foundation::json::View)>& text);

// A document for a program on one line, or its text for a person.
Exit tell(Shell& shell, const json::Value& document, const std::string& text);

foundation::WallTime now();

}  // namespace cli::commands
