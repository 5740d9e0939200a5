// Who the user is and what they belong to.
#include <map>

#include "api/app/handlers.h"
#include "api/caller/caller.h"

namespace api::app {

using foundation::Result;
using foundation::database::Session;

namespace {

json::Array roles_json(const std::vector<tenancy::RoleBinding>& bindings) {
  json::Array roles;
  for (const auto& binding : bindings) {
    json::Value project;
    if (binding.scope.project) project = binding.scope.project->str();
    roles.push_back(json::Object{
        {"role", binding.role.name.str()}, {"project", project}, {"effect", tenancy::to_string(binding.effect)}});
  }
  return roles;
}

Result<json::Array> workspaces_json(Session& session, const identity::SessionUser& user) {
  auto names = tenancy::store::workspaces_of(session, user.user.name);
  if (!names) return std::unexpected(names.error());
  json::Array out;
  for (const auto& name : *names) {
    auto member = caller::load_member(session, user, name);
    if (!member) return std::unexpected(member.error());
    out.push_back(json::Object{{"name", name.str()},
                               {"organization", member->workspace.organization.str()},
                               {"roles", roles_json(member->bindings)}});
  }
  return out;
}

}  // namespace

async::Task<http::Reply> list_workspaces(Services& services, async::Context&, http::Exchange&,
                                         identity::SessionUser user) {
  auto workspaces = co_await services.database.read([user](Session& s) { return workspaces_json(s, user); });
  if (!workspaces) co_return std::unexpected(workspaces.error());
  co_return http::json_reply(200, json::Object{{"workspaces", std::move(*workspaces)}});
}

async::Task<http::Reply> who_am_i(Services& services, async::Context&, http::Exchange&, identity::SessionUser user) {
  auto workspaces = co_await services.database.read([user](Session& s) { return workspaces_json(s, user); });
  if (!workspaces) co_return std::unexpected(workspaces.error());
  std::map<std::string, json::Array> by_organization{{user.user.organization.str(), {}}};
  for (auto& workspace : *workspaces)
    by_organization[std::string(workspace.at("organization").as_string())].push_back(std::move(workspace));
  json::Array organizations;
  for (auto& [name, rows] : by_organization)
    organizations.push_back(json::Object{{"name", name}, {"workspaces", std::move(rows)}});
  co_return http::json_reply(200, json::Object{{"user", user.user.name.str()},
                                               {"expires_at", foundation::to_rfc3339(user.expires_at)},
                                               {"permissions", tenancy::names_of(user.ceiling.at_most)},
                                               {"organizations", std::move(organizations)}});
}

}  // namespace api::app
