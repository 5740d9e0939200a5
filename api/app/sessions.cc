// Signing in and out.
#include <fmt/format.h>

#include "api/app/body.h"
#include "api/app/handlers.h"
#include "api/app/sign_in.h"

namespace api::app {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::Secret;
using foundation::database::Durability;
using foundation::database::Session;

namespace {

std::string session_cookie(const std::string& token, std::int64_t seconds) {
  return fmt::format("{}={}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={}", kSessionCookie, token, seconds);
}

identity::Credentials read_credentials(json::Fields& fields) {
  identity::Credentials said{.user = fields.text("user", kMaxNameBytes),
                             .password = Secret(fields.text("password", identity::kMaxPasswordBytes)),
                             .address = {}};
  if (fields.has("permissions")) said.ceiling.at_most = read_permissions(fields);
  return said;
}

async::Task<void> audit_login(Services& services, const identity::Credentials& said, const identity::User* user) {
  auto entry = login_entry(user, said.address);
  if (said.ceiling != tenancy::Ceiling{})
    entry.arguments = json::Object{{"permissions", tenancy::names_of(said.ceiling.at_most)}};
  if (tenancy::is_name(said.user)) entry.subject = said.user;  // else it may be a password in the wrong field
  co_return co_await services.database.write(Durability::durable,
                                             [entry](Session& session) { return store_entry(session, entry); });
}

// With its open turns, which then end within the renewal of their lease.
Done end_session(Session& session, const Secret& token, const identity::SessionUser& user) {
  if (auto closed = identity::close_session(session, token); !closed) return closed;
  if (auto closed = turns::close_turns_opened_by(session, user.session_id); !closed) return closed;
  audit::AuditEntry entry;
  entry.kind = audit::Kind::session_closed;
  entry.organization = user.user.organization.str();
  entry.subject = user.user.name.str();
  return store_entry(session, entry);
}

}  // namespace

Done check_sign_in_page(const http::Request& request) {
  const auto& headers = request.headers;
  if (!headers.find("Content-Type").value_or("").starts_with("application/json"))
    return fail(Code::invalid, "sign in", "Content-Type must be application/json");
  if (headers.find("Origin") && !same_origin(headers))
    return fail(Code::denied, "sign in", "The request comes from the page of another site.");
  return {};
}

audit::AuditEntry login_entry(const identity::User* user, const std::string& address) {
  audit::AuditEntry entry;
  entry.kind = user ? audit::Kind::login_succeeded : audit::Kind::login_failed;
  entry.organization = user ? user->organization.str() : std::string(audit::kInstallation);
  if (user) entry.subject = user->name.str();
  entry.origin = address;
  return entry;
}

Done store_entry(Session& session, const audit::AuditEntry& entry) {
  auto record = audit::append(session, entry, session.now());
  return record ? Done{} : Done(std::unexpected(record.error()));
}

http::Reply signed_in_reply(const identity::LoggedIn& in, foundation::WallTime now) {
  auto reply = http::json_reply(201, json::Object{{"token", in.session.token.reveal()},
                                                  {"user", in.user.name.str()},
                                                  {"expires_at", foundation::to_rfc3339(in.session.expires_at)}});
  auto left = std::chrono::duration_cast<std::chrono::seconds>(in.session.expires_at - now);
  reply.headers.set("Set-Cookie", session_cookie(in.session.token.reveal(), left.count()));
  return reply;
}

async::Task<http::Reply> sign_in(Services& services, async::Context& ctx, http::Exchange& exchange) {
  if (auto page = check_sign_in_page(exchange.request()); !page)
    co_return refusal_of(page.error(), ctx, kForeignOrigin);
  auto said = read_body(exchange, read_credentials);
  if (!said) co_return std::unexpected(said.error());
  said->address = services.trusted_proxies.client_of(exchange);
  auto in = co_await services.authenticator.login(ctx, *said);
  if (in || in.error().code == Code::unauthenticated)
    if (auto noted = co_await audit_login(services, *said, in ? &in->user : nullptr); !noted)
      co_return std::unexpected(noted.error());
  if (!in && in.error().code == Code::unauthenticated)
    co_return http::problem_reply({401, "invalid_credentials", "User or password is wrong."}, ctx.request_id);
  if (!in) co_return std::unexpected(in.error());
  co_return signed_in_reply(*in, services.clock.wall());
}

async::Task<http::Reply> sign_out(Services& services, async::Context&, http::Exchange& exchange,
                                  identity::SessionUser user) {
  auto token = session_token(exchange.request());
  if (!token) co_return std::unexpected(token.error());
  auto out = co_await services.database.write(
      Durability::durable, [token = *token, user](Session& session) { return end_session(session, token, user); });
  if (!out) co_return std::unexpected(out.error());
  http::Reply reply{.status = 204};
  reply.headers.set("Set-Cookie", session_cookie("", 0));
  co_return reply;
}

}  // namespace api::app
