#include "api/app/route_tables.h"

#include "api/app/handlers.h"

namespace api::app {
namespace {

using http::Method;
using namespace std::chrono_literals;

constexpr std::size_t kNoBody = 0, kSmallBody = 4 << 10, kLargeBody = 16 << 10;

const RouteRow kPublic[] = {
    {Method::post, "/api/v1/sessions", kSmallBody, 10s, &sign_in},
    {Method::delete_, "/api/v1/sessions/current", kNoBody, 10s, &sign_out},
    {Method::get, "/api/v1/me", kNoBody, 10s, &who_am_i},
    {Method::get, "/api/v1/workspaces", kNoBody, 10s, &list_workspaces},
    {Method::post, "/api/v1/workspaces/{workspace}/ai/chat", kLargeBody, 290s, &chat},
    {Method::get, "/api/v1/workspaces/{workspace}/audit", kNoBody, 10s, &list_audit},
};

const RouteRow kInternal[] = {
    {Method::get, "/.well-known/jwks.json", kNoBody, 5s, &read_key_set},
    {Method::get, "/internal/v1/workspaces/{workspace}/snapshot", kNoBody, 30s, &read_snapshot},
    {Method::get, "/internal/v1/workspaces/{workspace}/objects/{kind}/{project}/{name}", kNoBody, 10s, &read_object},
    {Method::get, "/internal/v1/workspaces/{workspace}/events", kNoBody, 10s, &read_events},
    {Method::get, "/internal/v1/workspaces/{workspace}/logs", kNoBody, 20s, &read_logs},
    {Method::get, "/internal/v1/operations", kNoBody, 10s, &list_operations},
    {Method::post, "/internal/v1/operations/{operation}", kLargeBody, 60s, &request_operation},
};

const RouteRow kOps[] = {
    {Method::get, "/health/live", kNoBody, 2s, &live},
    {Method::get, "/health/ready", kNoBody, 2s, &ready},
    {Method::get, "/metrics", kNoBody, 5s, &metrics},
};

}  // namespace

std::span<const RouteRow> public_routes() { return kPublic; }
std::span<const RouteRow> internal_routes() { return kInternal; }
std::span<const RouteRow> ops_routes() { return kOps; }

std::string route_tables_text() {
  json::Array out;
  const std::pair<const char*, std::span<const RouteRow>> tables[] = {
      {"public", kPublic}, {"internal", kInternal}, {"ops", kOps}};
  for (auto [listener, rows] : tables)
    for (const RouteRow& row : rows)
      out.push_back(json::Object{{"listener", listener},
                                 {"method", to_string(row.method)},
                                 {"pattern", row.pattern},
                                 {"access", access_name(row)}});
  return json::to_pretty(out);
}

}  // namespace api::app
