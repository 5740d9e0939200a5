#include "cli/render/conversations.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "cli/commands/command_table.h"
#include "cli/commands/ids.h"
#include "cli/commands/visit.h"
#include "foundation/base/uuid.h"
#include "foundation/json/view.h"

namespace cli::commands {
namespace {

using foundation::json::View;

async::Task<std::string> find_conversation(client::Api& api, client::Item typed) {
  if (foundation::is_uuid(typed.id)) co_return typed.id;
  auto page = co_await api.conversations(typed.parent);
  if (!page) co_return std::unexpected(page.error());
  co_return unique_id("conversation", typed.id, View(*page)["conversations"], "id");
}

Exit list(Visit& visit) {
  return tell_reply(visit, visit.api.conversations(visit.place),
                    [&](View page) { return render::conversations_text(visit.shell.terminal.look, page, now()); });
}

Exit show(Visit& visit, const std::string& typed) {
  auto id = visit.loop.run(find_conversation(visit.api, visit.item(typed)));
  if (!id) return visit.complain(id.error());
  return tell_reply(visit, visit.api.conversation(visit.item(*id)),
                    [&](View one) { return render::conversation_text(visit.shell.terminal.look, one, now()); });
}

Exit remove(Visit& visit, const std::string& typed) {
  auto id = visit.loop.run(find_conversation(visit.api, visit.item(typed)));
  if (!id) return visit.complain(id.error());
  auto gone = visit.loop.run(visit.api.delete_conversation(visit.item(*id)));
  if (!gone) return visit.complain(gone.error());
  return tell(visit.shell, json::Object{{"deleted", *id}}, " Deleted.\n");
}

}  // namespace

Declared declare_conversations(CLI::App& own) {
  auto id = std::make_shared<std::string>();  // shared: the parser writes it and the command reads it
  auto with_id = [&](const char* name, const char* summary, Exit (*work)(Visit&, const std::string&)) {
    auto* part = own.add_subcommand(name, summary);
    part->add_option("ID", *id, "of a conversation, or its beginning")->required();
    return Declared{
        part, [id, work](Shell& shell) { return in_workspace(shell, [&](Visit& visit) { return work(visit, *id); }); }};
  };
  auto list_all = [](Shell& shell) { return in_workspace(shell, &list); };
  std::vector<Declared> parts;
  parts.push_back({own.add_subcommand("list", "the last used first"), list_all});
  parts.push_back(with_id("show", "what was said in one of them", &show));
  parts.push_back(with_id("delete", "delete one of them", &remove));
  return one_of(own, std::move(parts), list_all);
}

}  // namespace cli::commands
