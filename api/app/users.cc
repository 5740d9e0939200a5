// The users of an organization, as its managers see and change them.
#include "api/app/handlers.h"
#include "api/app/tenant_rights.h"
#include "api/identity/invitations.h"
#include "foundation/base/unicode.h"
#include "foundation/json/fields.h"

namespace api::app {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::Result;
using foundation::Secret;
using foundation::database::Durability;
using foundation::database::Session;

namespace {

constexpr std::size_t kMaxNameBytes = 63;

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
};

struct Changed {
  identity::User user;
  std::optional<identity::Invitation> invitation;
};

std::optional<std::string> read_display(json::Fields& fields) {
  auto display = fields.optional_text("display", identity::kMaxDisplayBytes);
  if (display && foundation::visible_text(*display) != *display) fields.refuse("display", "must be visible text");
  return display;
}

Result<NewUser> read_user(const std::string& body) {
  auto value = json::parse_strict(body);
  if (!value) return std::unexpected(value.error());
  json::Fields fields(*value);
  std::string name = fields.text("name", kMaxNameBytes);
  if (!tenancy::is_name(name)) fields.refuse("name", "must be 1 to 63 of a-z, 0-9 and -, no dash at either end");
  NewUser user{tenancy::UserName(name), read_display(fields).value_or(name), {}};
  auto password = fields.optional_text("password", identity::kMaxPasswordBytes);
  if (password && password->size() < identity::kMinPasswordBytes)
    fields.refuse("password", "must be at least 12 bytes long");
  if (password) user.password = Secret(std::move(*password));
  if (auto done = fields.finish(); !done) return std::unexpected(done.error());
  return user;
}

Result<UserChange> read_change(const std::string& body) {
  auto value = json::parse_strict(body);
  if (!value) return std::unexpected(value.error());
  json::Fields fields(*value);
  UserChange change{.display = read_display(fields),
                    .disabled = fields.optional_boolean("disabled"),
                    .manager = fields.optional_boolean("manager"),
                    .new_invitation = fields.optional_boolean("new_invitation").value_or(false)};
  if (auto done = fields.finish(); !done) return std::unexpected(done.error());
  if (!change.display && !change.disabled && !change.manager && !change.new_invitation)
    return fail(Code::invalid, "$", "must change something");
  return change;
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

Result<std::vector<identity::User>> users_of(Session& session, const identity::SessionUser& caller,
                                             const tenancy::OrganizationName& organization) {
  auto may = check_manager(session, caller, organization);
  if (!may) return std::unexpected(may.error());
  return identity::users(session, organization);
}

// `password_hash` is empty for one who is to be invited.
Result<Changed> add(Session& session, const identity::SessionUser& caller,
                    const tenancy::OrganizationName& organization, const NewUser& wanted,
                    const std::string& password_hash) {
  auto may = check_manager(session, caller, organization);
  if (!may) return std::unexpected(may.error());
  Changed added{{wanted.name, organization, wanted.display}, {}};
  if (auto done = identity::add_user(session, added.user, password_hash); !done) return std::unexpected(done.error());
  json::Object what{{"user", wanted.name.str()}, {"display", wanted.display}};
  if (password_hash.empty()) {
    auto invitation = identity::invite(session, wanted.name);
    if (!invitation) return std::unexpected(invitation.error());
    added.invitation = std::move(*invitation);
    what["invited"] = true;
  }
  auto noted = audit_change(session, audit::Kind::user_added, caller, {}, std::move(what));
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

Result<Changed> change_one(Session& session, const identity::SessionUser& caller,
                           const tenancy::OrganizationName& organization, const tenancy::UserName& name,
                           const UserChange& change) {
  auto may = check_manager(session, caller, organization);
  if (!may) return std::unexpected(may.error());
  auto found = identity::find_user(session, name);
  if (!found && found.error().code != Code::not_found) return std::unexpected(found.error());
  if (!found || found->organization != organization) return fail(Code::not_found, "find user", "no such user");
  if (auto done = apply(session, name, change); !done) return std::unexpected(done.error());
  Changed changed;
  if (change.new_invitation) {
    auto invitation = identity::invite(session, name);
    if (!invitation) return std::unexpected(invitation.error());
    changed.invitation = std::move(*invitation);
  }
  auto noted = audit_change(session, audit::Kind::user_changed, caller, {}, what_changes(name, change));
  if (!noted) return std::unexpected(noted.error());
  auto now = identity::find_user(session, name);
  if (!now) return std::unexpected(now.error());
  changed.user = std::move(*now);
  return changed;
}

}  // namespace

async::Task<http::Reply> list_users(Services& services, async::Context& ctx, http::Exchange& exchange,
                                    identity::SessionUser user) {
  tenancy::OrganizationName organization{std::string(exchange.path_value("organization"))};
  auto found = co_await services.database.read(
      [user, organization](Session& session) { return users_of(session, user, organization); });
  if (!found) co_return refusal_of(found.error(), ctx);
  json::Array users;
  for (const auto& each : *found) users.push_back(user_json(each));
  co_return http::json_reply(200, json::Object{{"users", std::move(users)}});
}

async::Task<http::Reply> add_user(Services& services, async::Context& ctx, http::Exchange& exchange,
                                  identity::SessionUser user) {
  tenancy::OrganizationName organization{std::string(exchange.path_value("organization"))};
  auto may = co_await services.database.read(
      [user, organization](Session& session) { return check_manager(session, user, organization); });
  if (!may) co_return refusal_of(may.error(), ctx);
  auto wanted = read_user(exchange.request().body);
  if (!wanted) co_return std::unexpected(wanted.error());
  Result<std::string> hash;
  if (wanted->password) hash = co_await services.authenticator.hash_password(*wanted->password);
  if (!hash) co_return std::unexpected(hash.error());
  auto added = co_await services.database.write(Durability::durable,
                                                [user, organization, wanted = *wanted, hash = *hash](Session& session) {
                                                  return add(session, user, organization, wanted, hash);
                                                });
  if (!added) co_return refusal_of(added.error(), ctx);
  co_return http::json_reply(201, changed_json(*added));
}

async::Task<http::Reply> change_user(Services& services, async::Context& ctx, http::Exchange& exchange,
                                     identity::SessionUser user) {
  tenancy::OrganizationName organization{std::string(exchange.path_value("organization"))};
  tenancy::UserName name{std::string(exchange.path_value("user"))};
  auto may = co_await services.database.read(
      [user, organization](Session& session) { return check_manager(session, user, organization); });
  if (!may) co_return refusal_of(may.error(), ctx);
  auto change = read_change(exchange.request().body);
  if (!change) co_return std::unexpected(change.error());
  auto changed = co_await services.database.write(Durability::durable,
                                                  [user, organization, name, change = *change](Session& session) {
                                                    return change_one(session, user, organization, name, change);
                                                  });
  if (!changed) co_return refusal_of(changed.error(), ctx);
  co_return http::json_reply(200, changed_json(*changed));
}

}  // namespace api::app
