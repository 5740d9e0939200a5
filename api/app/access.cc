#include "api/app/access.h"

#include "foundation/access/internal_bearer.h"

namespace api::app {

using foundation::Code;
using foundation::Error;
using foundation::fail;
using foundation::Result;
using foundation::Secret;

namespace {

// The value of one cookie; the first of its name.
std::optional<std::string_view> cookie(const http::Headers& headers, std::string_view name) {
  for (std::string_view field : headers.all("Cookie")) {
    while (!field.empty()) {
      std::string_view pair = field.substr(0, field.find(';'));
      field.remove_prefix(std::min(pair.size() + 1, field.size()));
      while (pair.starts_with(' ')) pair.remove_prefix(1);
      if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) return pair.substr(name.size() + 1);
    }
  }
  return std::nullopt;
}

bool changes_something(http::Method method) {
  return method != http::Method::get && method != http::Method::head && method != http::Method::options;
}

async::Task<http::Reply> with_session(Services& services, async::Context& ctx, http::Exchange& exchange,
                                      SessionHandler handler) {
  auto token = session_token(exchange.request());
  if (!token) co_return refusal_of(token.error(), ctx, kForeignOrigin);
  auto user = co_await services.authenticator.authenticate(ctx, std::move(*token));
  if (!user) co_return std::unexpected(user.error());
  co_return co_await handler(services, ctx, exchange, std::move(*user));
}

async::Task<http::Reply> with_token(Services& services, async::Context& ctx, http::Exchange& exchange,
                                    TokenHandler handler) {
  auto verify = [&](std::string_view token) {
    return foundation::jwt::verify_internal(token, services.keys.published(), services.clock.wall());
  };
  auto bearer =
      foundation::access::internal_bearer(services.metrics, ctx, exchange, exchange.peer().thumbprint, verify);
  if (!bearer) co_return std::unexpected(bearer.error());
  if (services.callback_limit.take(bearer->claims.turn, services.clock.wall()))
    co_return fail(Code::rate_limited, "call back", "too many requests in this turn");
  co_return co_await handler(services, ctx, exchange, std::move(bearer->claims));
}

async::Task<http::Reply> with_reason(async::Task<http::Reply> handled, const async::Context& ctx) {
  auto reply = co_await std::move(handled);
  if (!reply) co_return refusal_of(reply.error(), ctx);
  co_return std::move(*reply);
}

http::Handler checked(Services& services, OpenHandler handler) {
  return [&services, handler](async::Context& ctx, http::Exchange& exchange) {
    return with_reason(handler(services, ctx, exchange), ctx);
  };
}
http::Handler checked(Services& services, SessionHandler handler) {
  return [&services, handler](async::Context& ctx, http::Exchange& exchange) {
    return with_reason(with_session(services, ctx, exchange, handler), ctx);
  };
}
http::Handler checked(Services& services, TokenHandler handler) {
  return [&services, handler](async::Context& ctx, http::Exchange& exchange) {
    return with_reason(with_token(services, ctx, exchange, handler), ctx);
  };
}

}  // namespace

bool same_origin(const http::Headers& headers) {
  auto origin = headers.find("Origin"), host = headers.find("Host");
  if (!origin || !host) return false;
  std::size_t scheme = origin->find("://");
  return scheme != std::string_view::npos && origin->substr(scheme + 3) == *host;
}

Result<http::Reply> refusal_of(const Error& error, const async::Context& ctx, std::string_view reason) {
  if (error.code != Code::denied) return std::unexpected(error);
  json::Object why{{"code", reason}, {"text", error.cause}};
  return http::problem_reply({403, "denied", error.cause, {{"reason", std::move(why)}}}, ctx.request_id);
}

Result<Secret> session_token(const http::Request& request) {
  auto refused = [] { return fail(Code::unauthenticated, "Sign in first"); };
  auto authorizations = request.headers.all("Authorization");
  if (authorizations.size() > 1) return refused();
  if (authorizations.size() == 1) {
    auto token = foundation::jwt::bearer_token(authorizations.front());
    if (!token) return refused();
    return Secret(std::string(*token));
  }
  auto token = cookie(request.headers, kSessionCookie);
  if (!token) return refused();
  if (changes_something(request.method) && !same_origin(request.headers))
    return fail(Code::denied, "sign in", "The request comes from the page of another site.");
  return Secret(std::string(*token));
}

const char* access_name(const RouteRow& row) {
  static constexpr const char* kNames[] = {"open", "session", "internal_token"};
  return kNames[row.handler.index()];
}

std::vector<http::Route> routes_of(Services& services, std::span<const RouteRow> rows) {
  std::vector<http::Route> routes;
  for (const RouteRow& row : rows) {
    auto handler = std::visit([&](auto kind) { return checked(services, kind); }, row.handler);
    routes.push_back({row.method, row.pattern, access_name(row), row.body_limit, row.deadline, std::move(handler)});
  }
  return routes;
}

}  // namespace api::app
