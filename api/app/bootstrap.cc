#include "api/app/bootstrap.h"

#include "api/audit/audit.h"
#include "api/tenancy/store/store.h"

namespace api::app {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::Result;
using foundation::async::Task;
using foundation::database::Durability;
using foundation::database::Session;

namespace {

Done ensure_organization(Session& session, const tenancy::OrganizationName& name) {
  auto added = tenancy::store::add_organization(session, {name, name.str()});
  if (added || added.error().code == Code::conflict) return {};
  return added;
}

// True when the user is new.
Result<bool> ensure_manager(Session& session, const FirstUser& first) {
  auto added = identity::ensure_user(session, {first.user, first.organization, first.user.str()}, {});
  if (!added) return added;
  auto user = identity::find_user(session, first.user);
  if (!user) return std::unexpected(user.error());
  if (user->organization != first.organization)
    return fail(Code::conflict, "make manager",
                "user " + first.user.str() + " belongs to organization " + user->organization.str());
  if (auto done = identity::set_manager(session, first.user, true); !done) return std::unexpected(done.error());
  if (auto done = identity::set_disabled(session, first.user, false); !done) return std::unexpected(done.error());
  return added;
}

Result<identity::Invitation> make(Session& session, const FirstUser& first) {
  if (auto done = ensure_organization(session, first.organization); !done) return std::unexpected(done.error());
  auto added = ensure_manager(session, first);
  if (!added) return std::unexpected(added.error());
  auto invitation = identity::invite(session, first.user);
  if (!invitation) return invitation;
  audit::AuditEntry entry;
  entry.kind = *added ? audit::Kind::user_added : audit::Kind::user_changed;
  entry.organization = first.organization.str();
  entry.arguments = foundation::json::Object{{"user", first.user.str()}, {"manager", true}, {"invited", true}};
  entry.origin = "bootstrap-admin";
  auto record = audit::append(session, entry, session.now());
  if (!record) return std::unexpected(record.error());
  return invitation;
}

}  // namespace

Task<identity::Invitation> bootstrap_admin(foundation::database::Database& database, FirstUser first) {
  co_return co_await database.write(Durability::durable, [first](Session& session) { return make(session, first); });
}

}  // namespace api::app
