#include "ai-ops/app/access.h"

namespace ai_ops::app {

namespace {

async::Task<http::Reply> with_token(Services& services, async::Context& ctx, http::Exchange& exchange,
                                    TokenHandler handler) {
  if (!services.upstream || !services.upstream->keys.loaded())
    co_return http::problem_reply({503, "unavailable", "Not ready yet.", {}}, ctx.request_id);
  auto verify = [&](std::string_view token) { return services.upstream->keys.verify(token, services.clock.wall()); };
  auto bearer =
      foundation::access::internal_bearer(services.metrics, ctx, exchange, services.upstream->thumbprint, verify);
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

control_plane::Caller caller_of(Bearer bearer) {
  return {std::move(bearer.token), bearer.claims.subject, bearer.claims.workspace, bearer.claims.turn};
}

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
