// The users of an organization, as its managers see and change them.
#include "api/app/body.h"
#include "api/app/handlers.h"
#include "api/app/tenant_rights.h"
#include "api/identity/invitations.h"

namespace api::app {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::Result;
using foundation::Secret;
using foundation::database::Session;

namespace {

struct NewUser {
  tenancy::UserName name;
  std::string display;
  std::optional<Secret> password;
};

struct UserChange {
  std::optional<std::string> display;
  std::optional<bool> disabled;
  std::optional<bool> manager;
  bool new_invitation = false;
  bool empty() const { return !display && !disabled && !manager && !new_invitation; }
};

struct Changed {
  identity::User user;
  std::optional<identity::Invitation> invitation;
};

NewUser read_user(json::Fields& fields) {
  std::string name = read_name(fields);
  NewUser user{tenancy::UserName(name), read_display(fields).value_or(name), {}};
  auto password = fields.optional_text("password", identity::kMaxPasswordBytes);
  if (password && password->size() < identity::kMinPasswordBytes)
    fields.refuse("password", "must be at least 12 bytes long");
  if (password) user.password = Secret(std::move(*password));
  return user;
}

UserChange read_change(json::Fields& fields) {
  return {.display = read_display(fields),
          .disabled = fields.optional_boolean("disabled"),
          .manager = fields.optional_boolean("manager"),
          .new_invitation = fields.optional_boolean("new_invitation").value_or(false)};
}

json::Object user_json(const identity::User& user) {
  return {{"name", user.name.str()}, {"display", user.display}, {"disabled", user.disabled}, {"manager", user.manager}};
}

json::Object changed_json(const Changed& changed) {
  json::Object body{{"user", user_json(changed.user)}};
  if (!changed.invitation) return body;
  body["invitation"] = changed.invitation->token.reveal();
  body["invitation_expires_at"] = foundation::to_rfc3339(changed.invitation->expires_at);
  return body;
}

Result<std::vector<identity::User>> users_of(Session& session, const identity::User& manager) {
  return identity::users(session, manager.organization);
}

// `password_hash` is empty for one who is to be invited.
Result<Changed> add(Session& session, const identity::User& manager, const NewUser& wanted,
                    const std::string& password_hash) {
  Changed added{{wanted.name, manager.organization, wanted.display}, {}};
  if (auto done = identity::add_user(session, added.user, password_hash); !done) return std::unexpected(done.error());
  json::Object what{{"user", wanted.name.str()}, {"display", wanted.display}};
  if (password_hash.empty()) {
    auto invitation = identity::invite(session, wanted.name);
    if (!invitation) return std::unexpected(invitation.error());
    added.invitation = std::move(*invitation);
    what["invited"] = true;
  }
  auto noted = audit_change(session, audit::Kind::user_added, manager, {}, std::move(what));
  if (!noted) return std::unexpected(noted.error());
  return added;
}

Done apply(Session& session, const tenancy::UserName& name, const UserChange& change) {
  Done done;
  if (change.display) done = identity::set_display(session, name, *change.display);
  if (done && change.manager) done = identity::set_manager(session, name, *change.manager);
  if (done && change.disabled) done = identity::set_disabled(session, name, *change.disabled);
  if (done && change.disabled.value_or(false)) done = turns::close_turns_of(session, name);
  return done;
}

json::Object what_changes(const tenancy::UserName& name, const UserChange& change) {
  json::Object what{{"user", name.str()}};
  if (change.display) what["display"] = *change.display;
  if (change.disabled) what["disabled"] = *change.disabled;
  if (change.manager) what["manager"] = *change.manager;
  if (change.new_invitation) what["invited"] = true;
  return what;
}

Result<Changed> change_one(Session& session, const identity::User& manager, const tenancy::UserName& name,
                           const UserChange& change) {
  auto found = identity::find_user(session, name);
  if (!found && found.error().code != Code::not_found) return std::unexpected(found.error());
  if (!found || found->organization != manager.organization) return fail(Code::not_found, "find user", "no such user");
  if (auto done = apply(session, name, change); !done) return std::unexpected(done.error());
  Changed changed;
  if (change.new_invitation) {
    auto invitation = identity::invite(session, name);
    if (!invitation) return std::unexpected(invitation.error());
    changed.invitation = std::move(*invitation);
  }
  auto noted = audit_change(session, audit::Kind::user_changed, manager, {}, what_changes(name, change));
  if (!noted) return std::unexpected(noted.error());
  auto now = identity::find_user(session, name);
  if (!now) return std::unexpected(now.error());
  changed.user = std::move(*now);
  return changed;
}

}  // namespace

async::Task<http::Reply> list_users(Services& services, async::Context&, http::Exchange& exchange,
                                    identity::SessionUser user) {
  auto found = co_await read_as(services.database, claim_organization(exchange, std::move(user)), users_of);
  if (!found) co_return std::unexpected(found.error());
  json::Array users;
  for (const auto& each : *found) users.push_back(user_json(each));
  co_return http::json_reply(200, json::Object{{"users", std::move(users)}});
}

async::Task<http::Reply> add_user(Services& services, async::Context&, http::Exchange& exchange,
                                  identity::SessionUser user) {
  OrganizationRight claimed = claim_organization(exchange, std::move(user));
  if (auto may = co_await ask(services.database, claimed); !may) co_return std::unexpected(may.error());
  auto wanted = read_body(exchange, read_user);
  if (!wanted) co_return std::unexpected(wanted.error());
  Result<std::string> hash;
  if (wanted->password) hash = co_await services.authenticator.hash_password(*wanted->password);
  if (!hash) co_return std::unexpected(hash.error());
  auto added = co_await write_as(services.database, claimed,
                                 [wanted = *wanted, hash = *hash](Session& session, const identity::User& manager) {
                                   return add(session, manager, wanted, hash);
                                 });
  if (!added) co_return std::unexpected(added.error());
  co_return http::json_reply(201, changed_json(*added));
}

async::Task<http::Reply> change_user(Services& services, async::Context&, http::Exchange& exchange,
                                     identity::SessionUser user) {
  OrganizationRight claimed = claim_organization(exchange, std::move(user));
  if (auto may = co_await ask(services.database, claimed); !may) co_return std::unexpected(may.error());
  auto change = read_body(exchange, read_change);
  if (!change) co_return std::unexpected(change.error());
  if (change->empty()) co_return fail(Code::invalid, "$", "must change something");
  tenancy::UserName name{std::string(exchange.path_value("user"))};
  auto changed = co_await write_as(services.database, claimed,
                                   [name, change = *change](Session& session, const identity::User& manager) {
                                     return change_one(session, manager, name, change);
                                   });
  if (!changed) co_return std::unexpected(changed.error());
  co_return http::json_reply(200, changed_json(*changed));
}

}  // namespace api::app
