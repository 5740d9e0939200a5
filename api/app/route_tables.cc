#include "api/app/route_tables.h"

#include "api/app/handlers.h"

namespace api::app {
namespace {

using http::Method;
using namespace std::chrono_literals;

constexpr std::size_t kNoBody = 0, kSmallBody = 4 << 10, kLargeBody = 16 << 10;
constexpr std::size_t kKubeconfigBody =
    foundation::kubernetes_api::kMaxKubeconfigBytes + (64 << 10);  // with what JSON adds to it

const RouteRow kPublic[] = {
    {Method::post, "/api/v1/sessions", kSmallBody, 10s, &sign_in},
    {Method::delete_, "/api/v1/sessions/current", kNoBody, 10s, &sign_out},
    {Method::get, "/api/v1/me", kNoBody, 10s, &who_am_i},
    {Method::get, "/api/v1/workspaces", kNoBody, 10s, &list_workspaces},
    {Method::post, "/api/v1/workspaces/{workspace}/ai/chat", kLargeBody, 290s, &chat},
    {Method::get, "/api/v1/workspaces/{workspace}/findings", kNoBody, 75s, &list_findings},
    {Method::get, "/api/v1/workspaces/{workspace}/conversations", kNoBody, 20s, &list_conversations},
    {Method::get, "/api/v1/workspaces/{workspace}/conversations/{conversation}", kNoBody, 20s, &read_conversation},
    {Method::delete_, "/api/v1/workspaces/{workspace}/conversations/{conversation}", kNoBody, 20s,
     &delete_conversation},
    {Method::get, "/api/v1/workspaces/{workspace}/audit", kNoBody, 10s, &list_audit},
    {Method::get, "/api/v1/workspaces/{workspace}/audit/verification", kNoBody, 60s, &verify_audit},
    {Method::get, "/api/v1/workspaces/{workspace}/names", kNoBody, 10s, &list_names},
    {Method::get, "/api/v1/workspaces/{workspace}/approvals", kNoBody, 10s, &list_approvals},
    {Method::get, "/api/v1/workspaces/{workspace}/approvals/{approval}", kNoBody, 10s, &read_approval},
    {Method::post, "/api/v1/workspaces/{workspace}/approvals/{approval}/decision", kSmallBody, 60s, &decide_approval},
    {Method::get, "/api/v1/workspaces/{workspace}/operations", kNoBody, 10s, &list_done_operations},
    {Method::get, "/api/v1/workspaces/{workspace}/operations/{operation}", kNoBody, 10s, &read_done_operation},
    {Method::post, "/api/v1/workspaces/{workspace}/operations/{operation}/undo", kNoBody, 60s, &undo_operation},
    {Method::post, "/api/v1/invitations", kSmallBody, 10s, &accept_invitation},
    {Method::get, "/api/v1/workspaces/{workspace}/members", kNoBody, 10s, &list_members},
    {Method::post, "/api/v1/workspaces/{workspace}/members", kSmallBody, 10s, &add_member},
    {Method::delete_, "/api/v1/workspaces/{workspace}/members/{member}", kNoBody, 10s, &remove_member},
    {Method::get, "/api/v1/organizations/{organization}/roles", kNoBody, 10s, &list_roles},
    {Method::post, "/api/v1/organizations/{organization}/roles", kSmallBody, 10s, &add_role},
    {Method::patch, "/api/v1/organizations/{organization}/roles/{role}", kSmallBody, 10s, &change_role},
    {Method::delete_, "/api/v1/organizations/{organization}/roles/{role}", kNoBody, 10s, &remove_role},
    {Method::get, "/api/v1/organizations/{organization}/users", kNoBody, 10s, &list_users},
    {Method::post, "/api/v1/organizations/{organization}/users", kSmallBody, 10s, &add_user},
    {Method::patch, "/api/v1/organizations/{organization}/users/{user}", kSmallBody, 10s, &change_user},
    {Method::get, "/api/v1/organizations/{organization}/workspaces", kNoBody, 10s, &list_organization_workspaces},
    {Method::post, "/api/v1/organizations/{organization}/workspaces", kKubeconfigBody, 30s, &add_workspace},
    {Method::patch, "/api/v1/organizations/{organization}/workspaces/{workspace}", kKubeconfigBody, 30s,
     &change_workspace},
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
