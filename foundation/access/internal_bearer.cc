#include "foundation/access/internal_bearer.h"

#include "foundation/crypto/digest.h"

namespace foundation::access {
namespace {

using Checked = std::expected<Bearer, std::string>;  // or the reason of the refusal

Checked check(const http::Exchange& exchange, std::string_view bound_to, const Verify& verify) {
  auto refused = [](std::string reason) { return std::unexpected(std::move(reason)); };
  auto authorizations = exchange.request().headers.all("Authorization");
  if (authorizations.size() != 1) return refused("header");
  auto token = jwt::bearer_token(authorizations.front());
  if (!token) return refused("header");
  auto claims = verify(*token);
  if (!claims) return refused(claims.error().reason);
  if (exchange.peer().thumbprint.empty() || !crypto::constant_time_equal(claims->peer_thumbprint, bound_to))
    return refused("peer");
  return Bearer{std::move(*claims), Secret(std::string(*token))};
}

}  // namespace

Result<Bearer> internal_bearer(telemetry::Metrics& metrics, const async::Context& ctx, const http::Exchange& exchange,
                               std::string_view bound_to, const Verify& verify) {
  auto checked = check(exchange, bound_to, verify);
  if (checked) return std::move(*checked);
  const std::string& reason = checked.error();
  metrics.counter("hks_internal_tokens_refused_total", "Internal JWTs refused", {{"reason", reason}}).add();
  ctx.log.info("internal_token_refused", {{"reason", reason}});
  return fail(Code::unauthenticated, "verify token", "refused");
}

}  // namespace foundation::access
