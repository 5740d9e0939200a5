// Setting a password by a one-time token, and being signed in with it.
#include "api/identity/invitations.h"

#include "api/app/body.h"
#include "api/app/handlers.h"
#include "api/app/sign_in.h"
#include "api/app/tenant_rights.h"

namespace api::app {

using foundation::Code;
using foundation::Result;
using foundation::Secret;
using foundation::database::Durability;
using foundation::database::Session;

namespace {

constexpr std::size_t kMaxTokenBytes = 256;

struct Acceptance {
  Secret token;
  Secret password;
  std::string address;
};

Acceptance read_acceptance(json::Fields& fields) {
  Acceptance accepted{.token = Secret(fields.text("token", kMaxTokenBytes)),
                      .password = Secret(fields.text("password", identity::kMaxPasswordBytes)),
                      .address = {}};
  if (accepted.password.reveal().size() < identity::kMinPasswordBytes)
    fields.refuse("password", "must be at least 12 bytes long");
  return accepted;
}

// Whether the token is good now; a bad one is kept as a failed login.
Result<bool> look_at(Session& session, const Acceptance& accepted) {
  auto good = identity::try_invitation(session, accepted.token, accepted.address);
  if (!good || *good) return good;
  auto entry = login_entry(nullptr, accepted.address);
  entry.reason = "invalid_invitation";
  if (auto noted = store_entry(session, entry); !noted) return std::unexpected(noted.error());
  return false;
}

// The sessions that the new password ends take their turns with them.
Result<identity::LoggedIn> accept(Session& session, const Acceptance& accepted, const std::string& password_hash) {
  auto in = identity::accept_invitation(session, accepted.token, password_hash, accepted.address);
  if (!in) return in;
  if (auto closed = turns::close_turns_of(session, in->user.name); !closed) return std::unexpected(closed.error());
  auto noted = audit_change(session, audit::Kind::user_changed, in->user, {},
                            {{"user", in->user.name.str()}, {"password", "set by invitation"}});
  if (noted) noted = store_entry(session, login_entry(&in->user, accepted.address));
  if (!noted) return std::unexpected(noted.error());
  return in;
}

http::Reply not_valid(const async::Context& ctx) {
  return http::problem_reply(
      {401, "invalid_credentials", "The invitation is not valid, or no longer; ask for a new one.", {}},
      ctx.request_id);
}

}  // namespace

async::Task<http::Reply> accept_invitation(Services& services, async::Context& ctx, http::Exchange& exchange) {
  if (auto page = check_sign_in_page(exchange.request()); !page)
    co_return refusal_of(page.error(), ctx, kForeignOrigin);
  auto accepted = read_body(exchange, read_acceptance);
  if (!accepted) co_return std::unexpected(accepted.error());
  accepted->address = services.trusted_proxies.client_of(exchange);
  auto good = co_await services.database.write(
      Durability::durable, [accepted = *accepted](Session& session) { return look_at(session, accepted); });
  if (!good) co_return std::unexpected(good.error());
  if (!*good) co_return not_valid(ctx);
  auto hash = co_await services.authenticator.hash_password(accepted->password);
  if (!hash) co_return std::unexpected(hash.error());
  auto in = co_await services.database.write(
      Durability::durable,
      [accepted = *accepted, hash = *hash](Session& session) { return accept(session, accepted, hash); });
  if (!in && in.error().code == Code::unauthenticated) co_return not_valid(ctx);
  if (!in) co_return std::unexpected(in.error());
  co_return signed_in_reply(*in, services.clock.wall());
}

}  // namespace api::app
