// Who may call a route. A row's handler is of exactly one of two types, and each type is wrapped by its own check;
// `access` is its name in the table, from which the unauthorized test is derived.
#pragma once
#include <span>
#include <variant>
#include <vector>

#include "ai-ops/app/services.h"
#include "foundation/access/internal_bearer.h"
#include "foundation/http/server.h"

namespace ai_ops::app {

using foundation::access::Bearer;

// Who asks, by a token that has been verified.
control_plane::Caller caller_of(Bearer bearer);

// Anybody who can reach the listener.
using OpenHandler = async::Task<http::Reply> (*)(Services&, async::Context&, http::Exchange&);
// An Internal JWT that was minted for this very workload, on a connection with a certificate of our authority.
using TokenHandler = async::Task<http::Reply> (*)(Services&, async::Context&, http::Exchange&, Bearer);

struct RouteRow {
  http::Method method;
  const char* pattern;
  std::size_t body_limit;  // bytes
  foundation::Milliseconds deadline;
  std::variant<OpenHandler, TokenHandler> handler;
};

const char* access_name(const RouteRow& row);  // "open", "internal_token"
std::vector<http::Route> routes_of(Services& services, std::span<const RouteRow> rows);

}  // namespace ai_ops::app
