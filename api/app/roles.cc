// The roles of an organization: the built-in ones, and those that its managers define beside them.
#include "api/app/body.h"
#include "api/app/handlers.h"
#include "api/app/tenant_rights.h"

namespace api::app {

using foundation::Done;
using foundation::Result;
using foundation::database::Session;
using tenancy::Role;
namespace store = tenancy::store;

namespace {

json::Object role_json(const Role& role) {
  return {{"name", role.name.str()},
          {"permissions", tenancy::names_of(role.permissions)},
          {"built_in", tenancy::built_in_role(role.name.str()).has_value()}};
}

Result<json::Array> roles_json(Session& session, const identity::User& user) {
  auto own = store::roles(session, user.organization);
  if (!own) return std::unexpected(own.error());
  json::Array rows;
  for (const Role* role : {&Role::viewer, &Role::editor, &Role::admin}) rows.push_back(role_json(*role));
  for (const Role& role : *own) rows.push_back(role_json(role));
  return rows;
}

Role read_role(json::Fields& fields) { return {tenancy::RoleName(read_name(fields)), read_permissions(fields)}; }

Done note(Session& session, const identity::User& manager, const char* deed, const Role& role) {
  return audit_change(session, audit::Kind::role_changed, manager, {},
                      {{"role", role.name.str()}, {deed, true}, {"permissions", names_of(role.permissions)}});
}

tenancy::RoleName role_in(const http::Exchange& exchange) {
  return tenancy::RoleName(std::string(exchange.path_value("role")));
}

struct Definition {
  Done (*store)(Session&, const tenancy::OrganizationName&, const Role&);
  const char* deed;
  int status;
};
constexpr Definition kAdding{&store::add_role, "added", 201};
constexpr Definition kChanging{&store::change_role, "changed", 200};

async::Task<http::Reply> define(Services& services, OrganizationRight claimed, Role role, Definition as) {
  auto done = co_await write_as(services.database, std::move(claimed),
                                [role, as](Session& session, const identity::User& manager) -> Done {
                                  if (auto stored = as.store(session, manager.organization, role); !stored)
                                    return stored;
                                  return note(session, manager, as.deed, role);
                                });
  if (!done) co_return std::unexpected(done.error());
  co_return http::json_reply(as.status, role_json(role));
}

}  // namespace

async::Task<http::Reply> list_roles(Services& services, async::Context&, http::Exchange& exchange,
                                    identity::SessionUser user) {
  auto rows = co_await read_as(services.database, claim_view(exchange, std::move(user)), roles_json);
  if (!rows) co_return std::unexpected(rows.error());
  co_return http::json_reply(200, json::Object{{"roles", std::move(*rows)}});
}

async::Task<http::Reply> add_role(Services& services, async::Context&, http::Exchange& exchange,
                                  identity::SessionUser user) {
  OrganizationRight claimed = claim_organization(exchange, std::move(user));
  if (auto may = co_await ask(services.database, claimed); !may) co_return std::unexpected(may.error());
  auto role = read_body(exchange, read_role);
  if (!role) co_return std::unexpected(role.error());
  co_return co_await define(services, std::move(claimed), std::move(*role), kAdding);
}

async::Task<http::Reply> change_role(Services& services, async::Context&, http::Exchange& exchange,
                                     identity::SessionUser user) {
  OrganizationRight claimed = claim_organization(exchange, std::move(user));
  if (auto may = co_await ask(services.database, claimed); !may) co_return std::unexpected(may.error());
  auto permissions = read_body(exchange, read_permissions);
  if (!permissions) co_return std::unexpected(permissions.error());
  co_return co_await define(services, std::move(claimed), {role_in(exchange), *permissions}, kChanging);
}

async::Task<http::Reply> remove_role(Services& services, async::Context&, http::Exchange& exchange,
                                     identity::SessionUser user) {
  auto removed = co_await write_as(services.database, claim_organization(exchange, std::move(user)),
                                   [name = role_in(exchange)](Session& session, const identity::User& manager) -> Done {
                                     auto role = store::remove_role(session, manager.organization, name);
                                     if (!role) return std::unexpected(role.error());
                                     return note(session, manager, "removed", *role);
                                   });
  if (!removed) co_return std::unexpected(removed.error());
  co_return http::Reply{.status = 204};
}

}  // namespace api::app
