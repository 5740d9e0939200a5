// Signing in and out.
#include <fmt/format.h>

#include "api/app/handlers.h"
#include "api/audit/audit.h"
#include "foundation/json/fields.h"

namespace api::app {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::Secret;
using foundation::database::Durability;
using foundation::database::Session;

namespace {

std::string session_cookie(const std::string& token, std::int64_t seconds) {
  return fmt::format("hks_session={}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={}", token, seconds);
}

// A failed one belongs to no organization: who claims to be whom is not yet known.
async::Task<void> audit_login(Services& services, const identity::Credentials& said, const identity::User* user) {
  audit::AuditEntry entry;
  entry.kind = user ? audit::Kind::login_succeeded : audit::Kind::login_failed;
  entry.organization = user ? user->organization.str() : std::string(audit::kInstallation);
  if (tenancy::is_name(said.user)) entry.subject = said.user;  // else it may be a password in the wrong field
  entry.origin = said.address;
  co_return co_await services.database.write(Durability::durable, [entry](Session& session) -> Done {
    auto record = audit::append(session, entry, session.now());
    return record ? Done{} : Done(std::unexpected(record.error()));
  });
}

}  // namespace

async::Task<http::Reply> sign_in(Services& services, async::Context& ctx, http::Exchange& exchange) {
  // A form of another site can neither name this type nor hide its origin: nobody is signed in as somebody else by a
  // link.
  const auto& headers = exchange.request().headers;
  if (!headers.find("Content-Type").value_or("").starts_with("application/json"))
    co_return fail(Code::invalid, "sign in", "Content-Type must be application/json");
  if (headers.find("Origin") && !same_origin(headers)) co_return fail(Code::denied, "sign in", "from another origin");
  auto body = json::parse_strict(exchange.request().body);
  if (!body) co_return std::unexpected(body.error());
  json::Fields fields(*body);
  identity::Credentials credentials{.user = fields.text("user", 63),
                                    .password = Secret(fields.text("password", identity::kMaxPasswordBytes)),
                                    .address = exchange.peer().address};
  if (auto done = fields.finish(); !done) co_return std::unexpected(done.error());
  auto in = co_await services.authenticator.login(ctx, credentials);
  if (in || in.error().code == Code::unauthenticated)
    if (auto noted = co_await audit_login(services, credentials, in ? &in->user : nullptr); !noted)
      co_return std::unexpected(noted.error());
  if (!in && in.error().code == Code::unauthenticated)
    co_return http::problem_reply({401, "invalid_credentials", "User or password is wrong."}, ctx.request_id);
  if (!in) co_return std::unexpected(in.error());
  auto reply = http::json_reply(201, json::Object{{"token", in->session.token.reveal()},
                                                  {"user", in->user.name.str()},
                                                  {"expires_at", foundation::to_rfc3339(in->session.expires_at)}});
  auto left = std::chrono::duration_cast<std::chrono::seconds>(in->session.expires_at - services.clock.wall());
  reply.headers.set("Set-Cookie", session_cookie(in->session.token.reveal(), left.count()));
  co_return reply;
}

async::Task<http::Reply> sign_out(Services& services, async::Context& ctx, http::Exchange& exchange,
                                  identity::SessionUser) {
  auto token = session_token(exchange.request());
  if (!token) co_return std::unexpected(token.error());
  if (auto out = co_await services.authenticator.logout(ctx, std::move(*token)); !out)
    co_return std::unexpected(out.error());
  http::Reply reply{.status = 204};
  reply.headers.set("Set-Cookie", session_cookie("", 0));
  co_return reply;
}

}  // namespace api::app
