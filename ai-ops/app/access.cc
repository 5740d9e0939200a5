#include "ai-ops/app/access.h"

namespace ai_ops::app {

using foundation::Code;
using foundation::fail;
using foundation::Result;
using foundation::Secret;

namespace {

// One answer for all refusals; what was wrong is for the metrics and the log.
Result<Bearer> verified(Services& services, async::Context& ctx, const http::Exchange& exchange) {
  auto refused = [&](std::string_view reason) {
    services.metrics
        .counter("hks_internal_tokens_refused_total", "Internal JWTs refused", {{"reason", std::string(reason)}})
        .add();
    ctx.log.info("internal_token_refused", {{"reason", reason}});
    return fail(Code::unauthenticated, "verify token", "refused");
  };
  auto authorizations = exchange.request().headers.all("Authorization");
  if (authorizations.size() != 1) return refused("header");
  auto token = foundation::jwt::bearer_token(authorizations.front());
  if (!token) return refused("header");
  auto claims = services.upstream->keys.verify(*token, services.clock.wall());
  if (!claims) return refused(claims.error().reason);
  if (exchange.peer().thumbprint.empty() || claims->peer_thumbprint != services.upstream->thumbprint)
    return refused("peer");
  return Bearer{std::move(*claims), Secret(std::string(*token))};
}

async::Task<http::Reply> with_token(Services& services, async::Context& ctx, http::Exchange& exchange,
                                    TokenHandler handler) {
  if (!services.upstream || !services.upstream->keys.loaded())
    co_return http::problem_reply({503, "unavailable", "Not ready yet.", {}}, ctx.request_id);
  auto bearer = verified(services, ctx, exchange);
  if (!bearer) co_return std::unexpected(bearer.error());
  co_return co_await handler(services, ctx, exchange, std::move(*bearer));
}

http::Handler checked(Services& services, OpenHandler handler) {
  return
      [&services, handler](async::Context& ctx, http::Exchange& exchange) { return handler(services, ctx, exchange); };
}
http::Handler checked(Services& services, TokenHandler handler) {
  return [&services, handler](async::Context& ctx, http::Exchange& exchange) {
    return with_token(services, ctx, exchange, handler);
  };
}

}  // namespace

const char* access_name(const RouteRow& row) {
  static constexpr const char* kNames[] = {"open", "internal_token"};
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

}  // namespace ai_ops::app
