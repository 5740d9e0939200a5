// Who may call a route. A row's handler is of exactly one of three types, and each type is wrapped by its own check;
// `access` is its name in the table, from which the unauthorized test is derived.
#pragma once
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "api/app/services.h"
#include "foundation/http/server.h"

namespace api::app {

// Anybody who can reach the listener (on the internal one: who has a certificate).
using OpenHandler = async::Task<http::Reply> (*)(Services&, async::Context&, http::Exchange&);
// A session by bearer token or cookie. With a cookie, a request that changes something must come from this origin.
using SessionHandler = async::Task<http::Reply> (*)(Services&, async::Context&, http::Exchange&, identity::SessionUser);
// The original Internal JWT from the peer that it was minted for. Whether its turn is live is for the handler to read,
// in its own transaction.
using TokenHandler = async::Task<http::Reply> (*)(Services&, async::Context&, http::Exchange&,
                                                  foundation::jwt::InternalClaims);

struct RouteRow {
  http::Method method;
  const char* pattern;
  std::size_t body_limit;  // bytes
  foundation::Milliseconds deadline;
  std::variant<OpenHandler, SessionHandler, TokenHandler> handler;
};

const char* access_name(const RouteRow& row);  // "open", "session", "internal_token"
std::vector<http::Route> routes_of(Services& services, std::span<const RouteRow> rows);
// The prefix has browsers take it from this host alone, over TLS (or from localhost), for all of its paths: no other
// host of the domain can plant one.
inline constexpr std::string_view kSessionCookie = "__Host-hks_session";
// The request comes from a page of this origin: a browser sends Origin with all that changes something; another site's
// is not ours.
bool same_origin(const http::Headers& headers);
// A denied one as the contract has it: 403 with its reason, for which its cause is a sentence. Every other goes on as
// it is. What a handler returns passes here (routes_of).
foundation::Result<http::Reply> refusal_of(const foundation::Error& error, const async::Context& ctx,
                                           std::string_view reason = "missing_permission");
inline constexpr std::string_view kForeignOrigin =
    "foreign_origin";  // the reason of a request from another site's page
// The one session token that the request carries.
foundation::Result<foundation::Secret> session_token(const http::Request& request);

}  // namespace api::app
