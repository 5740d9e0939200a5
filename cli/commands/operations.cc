#include "cli/render/operations.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "cli/commands/command_table.h"
#include "cli/commands/undo.h"
#include "cli/commands/visit.h"
#include "foundation/json/view.h"

namespace cli::commands {
namespace {

using foundation::json::View;

struct Options {
  int limit = 50;
  std::string id;
};

Exit list(Visit& visit, int limit) {
  return tell_reply(visit, visit.api.operations(visit.place, limit),
                    [&](View page) { return render::operations_text(visit.shell.terminal.look, page, now()); });
}

Exit show(Visit& visit, const std::string& typed) {
  auto id = visit.loop.run(find_operation(visit.api, visit.item(typed)));
  if (!id) return visit.complain(id.error());
  return tell_reply(visit, visit.api.operation(visit.item(*id)), [&](View record) {
    return render::operation_record_text(visit.shell.terminal.look, record, now());
  });
}

}  // namespace

Declared declare_operations(CLI::App& own) {
  auto options = std::make_shared<Options>();  // shared: the parser writes it and the command reads it
  auto list_some = [options](Shell& shell) {
    return in_workspace(shell, [&](Visit& visit) { return list(visit, options->limit); });
  };
  auto* listing = own.add_subcommand("list", "newest first");
  own.add_option("--limit", options->limit, "at most so many")->check(CLI::Range(1, 500));
  auto* showing = own.add_subcommand("show", "one of them, with its rollout");
  showing->add_option("ID", options->id, "of an operation, or its beginning")->required();
  std::vector<Declared> parts;
  parts.push_back({listing, list_some});
  parts.push_back({showing, [options](Shell& shell) {
                     return in_workspace(shell, [&](Visit& visit) { return show(visit, options->id); });
                   }});
  return one_of(own, std::move(parts), list_some);
}

}  // namespace cli::commands
