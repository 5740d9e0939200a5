// Members of a workspace; roles, users and workspaces of an organization.
#include <fmt/format.h>

#include <utility>

#include "cli/client/api.h"

namespace cli::client {
namespace {

using http::Method;

// "/api/v1/organizations/demo/users/erin"
std::string path_of(std::string_view parents, std::string_view parent, std::string_view collection,
                    std::string_view id = {}) {
  auto path = fmt::format("/api/v1/{}/{}/{}", parents, http::percent_encode(parent), collection);
  return id.empty() ? path : fmt::format("{}/{}", path, http::percent_encode(id));
}

}  // namespace

async::Task<json::Value> Api::members(std::string workspace) {
  co_return co_await fetch("list the members of workspace " + workspace, Method::get,
                           path_of("workspaces", workspace, "members"));
}

async::Task<json::Value> Api::add_member(std::string workspace, json::Object member) {
  co_return co_await fetch("add a member to workspace " + workspace, Method::post,
                           path_of("workspaces", workspace, "members"), std::move(member));
}

async::Task<json::Value> Api::remove_member(Item member) {
  co_return co_await fetch("remove a member from workspace " + member.parent, Method::delete_,
                           path_of("workspaces", member.parent, "members", member.id));
}

async::Task<json::Value> Api::roles(std::string organization) {
  co_return co_await fetch("list the roles of organization " + organization, Method::get,
                           path_of("organizations", organization, "roles"));
}

async::Task<json::Value> Api::add_role(std::string organization, json::Object role) {
  co_return co_await fetch("add a role to organization " + organization, Method::post,
                           path_of("organizations", organization, "roles"), std::move(role));
}

async::Task<json::Value> Api::change_role(Item role, json::Object changes) {
  co_return co_await fetch("change role " + role.id, Method::patch,
                           path_of("organizations", role.parent, "roles", role.id), std::move(changes));
}

async::Task<json::Value> Api::remove_role(Item role) {
  co_return co_await fetch("remove role " + role.id, Method::delete_,
                           path_of("organizations", role.parent, "roles", role.id));
}

async::Task<json::Value> Api::users(std::string organization) {
  co_return co_await fetch("list the users of organization " + organization, Method::get,
                           path_of("organizations", organization, "users"));
}

async::Task<json::Value> Api::add_user(std::string organization, json::Object user) {
  co_return co_await fetch("add a user to organization " + organization, Method::post,
                           path_of("organizations", organization, "users"), std::move(user));
}

async::Task<json::Value> Api::change_user(Item user, json::Object changes) {
  co_return co_await fetch("change user " + user.id, Method::patch,
                           path_of("organizations", user.parent, "users", user.id), std::move(changes));
}

async::Task<json::Value> Api::workspaces_of(std::string organization) {
  co_return co_await fetch("list the workspaces of organization " + organization, Method::get,
                           path_of("organizations", organization, "workspaces"));
}

async::Task<json::Value> Api::add_workspace(std::string organization, json::Object workspace) {
  co_return co_await fetch("add a workspace to organization " + organization, Method::post,
                           path_of("organizations", organization, "workspaces"), std::move(workspace));
}

async::Task<json::Value> Api::change_workspace(Item workspace, json::Object changes) {
  co_return co_await fetch("change workspace " + workspace.id, Method::patch,
                           path_of("organizations", workspace.parent, "workspaces", workspace.id), std::move(changes));
}

}  // namespace cli::client
