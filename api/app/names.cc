// Names that the user may read, for completion while they type.
#include "api/app/handlers.h"
#include "api/caller/caller.h"

namespace api::app {

async::Task<http::Reply> list_names(Services& services, async::Context&, http::Exchange& exchange,
                                    identity::SessionUser user) {
  tenancy::WorkspaceName workspace{std::string(exchange.path_value("workspace"))};
  auto member = co_await services.database.read(
      [user, workspace](foundation::database::Session& s) { return caller::load_member(s, user, workspace); });
  if (!member) co_return std::unexpected(member.error());
  auto names = services.reads.names(member->workspace, member->bindings, member->ceiling);
  if (!names) co_return std::unexpected(names.error());
  json::Array rows;
  for (const auto& ref : *names)
    rows.push_back(json::Object{{"project", ref.namespace_name}, {"kind", ref.kind}, {"name", ref.name}});
  co_return http::json_reply(200, json::Object{{"names", std::move(rows)}});
}

}  // namespace api::app
