#include "demo-cluster/app/api.h"

#include <fmt/format.h>

#include "demo-cluster/app/request_reading.h"
#include "demo-cluster/world/discovery.h"
#include "demo-cluster/world/reviews.h"
#include "foundation/crypto/digest.h"

namespace demo_cluster::app {
namespace {

using foundation::Milliseconds;

constexpr std::size_t kBodyBytes = 3 << 20;             // the real server's
constexpr Milliseconds kDeadline{2 * 3600 * 1'000};     // watches end by themselves long before
constexpr Milliseconds kLongestAdvance{24 * 3600'000};  // one jump

std::string_view reason_of(int status) {
  switch (status) {
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "NotFound";
    case 409: return "Conflict";
    case 429: return "TooManyRequests";
    case 503: return "ServiceUnavailable";
    case 504: return "Timeout";
    default: return status < 500 ? "BadRequest" : "InternalError";
  }
}

http::Reply no_such_path() {
  return status_reply(world::refuse(404, "NotFound", "the server could not find the requested resource").error());
}

}  // namespace

std::vector<http::Route> Api::routes() {
  using http::Method;
  auto serving = [this](async::Context& ctx, http::Exchange& exchange) { return serve(ctx, exchange); };
  auto controlling = [this](async::Context& ctx, http::Exchange& exchange) { return control(ctx, exchange); };
  auto informing = [this](async::Context& ctx, http::Exchange& exchange) { return public_information(ctx, exchange); };
  std::vector<http::Route> rows;
  for (auto method : {Method::get, Method::post, Method::put, Method::patch, Method::delete_})
    rows.push_back({method, "/{rest...}", "admin", kBodyBytes, kDeadline, serving});
  rows.push_back({Method::post, "/demo/v1/{action}", "admin", kBodyBytes, kDeadline, controlling});
  for (auto path : {"/version", "/healthz", "/readyz", "/livez"})
    rows.push_back({Method::get, path, "anonymous", 0, kDeadline, informing});
  return rows;
}

async::Task<http::Reply> Api::public_information(async::Context&, http::Exchange& exchange) {
  if (exchange.target().path == "/version") co_return http::json_reply(200, world::version_object());
  co_return http::text_reply(200, "ok");
}

// On a listener that asks for certificates the handshake has proven one; elsewhere the thumbprint is empty.
bool Api::is_authenticated(const http::Exchange& exchange) const {
  constexpr std::string_view kBearer = "Bearer ";
  if (!exchange.peer().thumbprint.empty()) return true;
  auto authorization = exchange.request().headers.find("Authorization").value_or("");
  return authorization.starts_with(kBearer) &&
         foundation::crypto::constant_time_equal(authorization.substr(kBearer.size()), token_.reveal());
}

async::Task<http::Reply> Api::serve(async::Context&, http::Exchange& exchange) {
  if (!is_authenticated(exchange)) co_return status_reply(world::refuse(401, "Unauthorized", "Unauthorized").error());
  if (auto failure = script_.take(http::to_string(exchange.request().method), exchange.target().path)) {
    if (auto slept = co_await async::sleep_for(failure->delay); !slept) co_return std::unexpected(slept.error());
    if (failure->status != 0) {
      world::Refusal refusal{.code = failure->status,
                             .reason = std::string(reason_of(failure->status)),
                             .message = "scripted failure",
                             .retry_after_seconds = failure->status == 429 ? 1 : 0};
      co_return status_reply(refusal);
    }
  }
  if (!accepts_json(exchange))
    co_return status_reply(
        world::refuse(406, "NotAcceptable", "only the following media types are accepted: application/json").error());
  if (auto known = discovery(exchange)) co_return std::move(*known);
  if (auto reviewed = review(exchange)) {
    if (!*reviewed) co_return status_reply(reviewed->error());
    co_return std::move(**reviewed);
  }
  auto path = parse_api_path(exchange.target().path);
  if (!path) co_return no_such_path();
  if (exchange.request().method == http::Method::get && is_set(exchange, "watch")) {
    auto scope = scope_of(exchange, *path);
    if (!scope) co_return status_reply(scope.error());
    co_return co_await watch(exchange, std::move(*scope));
  }
  if (exchange.request().method == http::Method::get && path->subresource == "log" && path->kind->kind.name == "Pod")
    co_return co_await log(exchange, std::move(*path));
  auto answer = object(exchange, *path);
  if (!answer) co_return status_reply(answer.error());
  co_return std::move(*answer);
}

std::optional<http::Reply> Api::discovery(const http::Exchange& exchange) const {
  if (exchange.request().method != http::Method::get) return std::nullopt;
  std::string_view path = exchange.target().path;
  auto answer = [](const json::Value& value) {
    return value.is_null() ? no_such_path() : http::json_reply(200, value);
  };
  if (path == "/api") return answer(world::api_versions());
  if (path == "/apis") return answer(world::api_groups());
  if (path == "/api/v1") return answer(world::api_resources("", "v1"));
  if (path == "/openapi/v3") return answer(world::openapi_index());
  if (path == "/openapi/v3/api/v1") return answer(world::openapi_document("", "v1"));
  bool openapi = path.starts_with("/openapi/v3/apis/");
  if (!openapi && !path.starts_with("/apis/")) return std::nullopt;
  path.remove_prefix(openapi ? sizeof("/openapi/v3/apis/") - 1 : sizeof("/apis/") - 1);
  auto slash = path.find('/');
  auto group = path.substr(0, slash);
  if (slash == std::string_view::npos) return answer(world::api_group(group));
  auto version = path.substr(slash + 1);
  if (version.find('/') != std::string_view::npos) return std::nullopt;
  return answer(openapi ? world::openapi_document(group, version) : world::api_resources(group, version));
}

std::optional<Api::Answer> Api::review(const http::Exchange& exchange) const {
  constexpr std::string_view kGroups = "/apis/";
  std::string_view path = exchange.target().path;
  if (exchange.request().method != http::Method::post || !path.starts_with(kGroups)) return std::nullopt;
  path.remove_prefix(kGroups.size());
  auto slash = path.find('/'), last = path.rfind('/');
  if (slash == last) return std::nullopt;
  const auto* kind =
      world::review_kind(path.substr(0, slash), path.substr(slash + 1, last - slash - 1), path.substr(last + 1));
  if (kind == nullptr) return std::nullopt;
  auto body = body_of(exchange);
  if (!body) return std::unexpected(body.error());
  auto answered = world::answer(*kind, std::move(*body));
  if (!answered) return std::unexpected(answered.error());
  return http::json_reply(201, *answered);
}

// For tests: POST /demo/v1/advance?ms=N lets time pass at once; POST /demo/v1/fail?path-prefix=P&status=N&times=N
// [&method=M][&delay-ms=N] scripts failures, without path-prefix it forgets them.
async::Task<http::Reply> Api::control(async::Context&, http::Exchange& exchange) {
  if (!is_authenticated(exchange)) co_return status_reply(world::refuse(401, "Unauthorized", "Unauthorized").error());
  if (exchange.path_value("action") == "advance") {
    auto ms = number(exchange, "ms");
    if (!ms) co_return status_reply(ms.error());
    if (Milliseconds(ms->value_or(0)) > kLongestAdvance)
      co_return status_reply(world::bad_request("ms: at most a day").error());
    cluster_.advance(Milliseconds(ms->value_or(0)));
    co_return http::json_reply(200, json::Object{{"now", foundation::to_rfc3339(cluster_.now())},
                                                 {"revision", cluster_.world().store().revision()}});
  }
  if (exchange.path_value("action") != "fail") co_return no_such_path();
  auto status = number(exchange, "status");
  auto times = number(exchange, "times");
  auto delay = number(exchange, "delay-ms");
  for (const auto* value : {&status, &times, &delay})
    if (!*value) co_return status_reply(value->error());
  auto code = status->value_or(0);
  if (code != 0 && (code < 400 || code > 599)) co_return status_reply(world::bad_request("status: 400 to 599").error());
  auto prefix = query(exchange, "path-prefix");
  if (prefix.empty())
    script_.clear();
  else
    script_.add({prefix, query(exchange, "method"), int(code),
                 int(std::min<std::int64_t>(times->value_or(1), 1'000'000)),
                 Milliseconds(std::min<std::int64_t>(delay->value_or(0), 600'000))});
  co_return http::json_reply(200, json::Object{});
}

}  // namespace demo_cluster::app
