#include "cli/commands/visit.h"

#include <fmt/format.h>

namespace cli::commands {
namespace {

using foundation::Code;
using foundation::fail;
using foundation::json::View;

using Finder = async::Task<std::string> (*)(client::Api& api, std::string chosen);

async::Task<std::string> find_organization(client::Api& api, std::string chosen) {
  if (!chosen.empty()) co_return chosen;
  auto me = co_await api.me();
  if (!me) co_return std::unexpected(me.error());
  std::vector<std::string> names;
  for (const auto& organization : View(*me)["organizations"].array())
    names.emplace_back(View(organization)["name"].text());
  if (names.size() == 1) co_return names.front();
  co_return fail(
      Code::invalid, "choose an organization",
      fmt::format("you belong to {}: {}\nname one: --organization NAME", names.size(), fmt::join(names, ", ")));
}

Exit visit(Shell& shell, const std::string& chosen, Finder find, const std::function<Exit(Visit&)>& work) {
  Loop loop;
  auto api = signed_in(shell, loop);
  if (!api) return complain(shell, api.error());
  auto place = loop.run(find(**api, chosen));
  if (!place) return complain_of_choice(shell, place.error());
  Visit visit{shell, loop, **api, std::move(*place)};
  return work(visit);
}

}  // namespace

Exit in_workspace(Shell& shell, const std::function<Exit(Visit&)>& work) {
  return visit(shell, shell.settings.workspace, find_workspace, work);
}

Exit in_organization(Shell& shell, const std::string& chosen, const std::function<Exit(Visit&)>& work) {
  return visit(shell, chosen, find_organization, work);
}

Exit tell_reply(Visit& visit, async::Task<json::Value> asked, const std::function<std::string(View)>& text) {
  auto reply = visit.loop.run(std::move(asked));
  if (!reply) return visit.complain(reply.error());
  return tell(visit.shell, *reply, text(View(*reply)));
}

Exit tell(Shell& shell, const json::Value& document, const std::string& text) {
  if (shell.settings.output == Output::json) {
    shell.out << json::to_text(render::visible_value(document)) << '\n';
  } else {
    shell.out << text;
  }
  return Exit::done;
}

foundation::WallTime now() { return foundation::SystemClock().wall(); }

}  // namespace cli::commands
