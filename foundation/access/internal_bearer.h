// The Internal JWT of a request, checked the same way on both sides of the house. All refusals answer alike; which one
// it was is for the metric hks_internal_tokens_refused_total and the log. Threads: one executor.
#pragma once
#include <functional>
#include <string_view>

#include "foundation/http/server.h"
#include "foundation/jwt/internal_token.h"
#include "foundation/telemetry/metrics.h"

namespace foundation::access {

struct Bearer {
  jwt::InternalClaims claims;
  Secret token;  // as received: callbacks carry it on
};

// By the keys of whoever asks.
using Verify = std::function<std::expected<jwt::InternalClaims, jwt::TokenRefusal>(std::string_view token)>;

// The one bearer token of the request, from a peer that has shown a certificate. `bound_to` is the thumbprint of the
// certificate that it must be bound to: the peer's for who minted it, our own for whom it was minted for.
// Code::unauthenticated for everything else.
Result<Bearer> internal_bearer(telemetry::Metrics& metrics, const async::Context& ctx, const http::Exchange& exchange,
                               std::string_view bound_to, const Verify& verify);

}  // namespace foundation::access
