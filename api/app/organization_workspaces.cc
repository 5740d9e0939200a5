// The workspaces of an organization, as its managers see, add and change them.
#include <fmt/format.h>

#include <algorithm>

#include "api/app/body.h"
#include "api/app/cluster_opener.h"
#include "api/app/handlers.h"
#include "api/app/tenant_rights.h"
#include "api/app/too_many.h"
#include "api/app/workspace_policy.h"

namespace api::app {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::Result;
using foundation::Secret;
using foundation::database::Session;
using tenancy::store::Workspace;
namespace store = tenancy::store;

namespace {

constexpr std::size_t kMaxWorkspaces = 20;  // of one organization
constexpr std::size_t kMaxProjects = 32;    // of one workspace: each is watched kind by kind

using Projects = std::vector<tenancy::ProjectName>;

struct NewWorkspace {
  tenancy::WorkspaceName name;
  std::string display;
  Projects projects;
  Secret kubeconfig;
};

struct WorkspaceChange {
  std::optional<Projects> projects;
  std::optional<Secret> kubeconfig;
  PolicyChange policy;
  bool reopens() const { return projects || kubeconfig; }
  bool empty() const { return !reopens() && policy.empty(); }
};

Projects read_projects(json::Fields& fields) {
  Projects projects;
  for (auto& name : fields.texts("projects", kMaxProjects, kMaxNameBytes)) projects.emplace_back(std::move(name));
  std::ranges::sort(projects);
  bool are_names = std::ranges::all_of(projects, [](const auto& name) { return tenancy::is_name(name.str()); });
  if (!are_names || std::ranges::adjacent_find(projects) != projects.end())
    fields.refuse("projects", "must be namespaces' names, each once");
  return projects;
}

NewWorkspace read_workspace(json::Fields& fields) {
  std::string name = read_name(fields);
  auto display = read_display(fields).value_or(name);
  return {tenancy::WorkspaceName(name), display, read_projects(fields),
          Secret(fields.text("kubeconfig", foundation::kubernetes_api::kMaxKubeconfigBytes))};
}

WorkspaceChange read_change(json::Fields& fields) {
  WorkspaceChange change;
  if (fields.has("projects")) change.projects = read_projects(fields);
  if (auto text = fields.optional_text("kubeconfig", foundation::kubernetes_api::kMaxKubeconfigBytes))
    change.kubeconfig = Secret(std::move(*text));
  if (auto policy = fields.optional_object("policy")) change.policy = read_policy_change(*policy);
  return change;
}

json::Array projects_json(const Projects& projects) {
  json::Array names;
  for (const auto& project : projects) names.push_back(json::Value(project.str()));
  return names;
}

// Of the cluster only whose it is and whether it has been read: not where, and nothing of its credential.
json::Object workspace_json(Services& services, const Workspace& workspace) {
  auto* cluster = services.clusters.find(workspace.name.str());
  bool own = std::holds_alternative<store::SealedKubeconfig>(workspace.cluster);
  return {{"name", workspace.name.str()},
          {"display", workspace.display},
          {"organization", workspace.organization.str()},
          {"projects", projects_json(workspace.projects)},
          {"policy", policy_json(workspace.policy)},
          {"cluster", json::Object{{"from", own ? "organization" : "operator"},
                                   {"read", cluster && cluster->cache && cluster->cache->warm()}}}};
}

Result<std::vector<Workspace>> workspaces_of(Session& session, const identity::User& manager) {
  return store::workspaces_in(session, manager.organization);
}

Result<Workspace> find_of(Session& session, const identity::User& manager, const tenancy::WorkspaceName& name) {
  auto found = store::find_workspace(session, name);
  if (!found && found.error().code != Code::not_found) return found;
  if (!found || found->organization != manager.organization)
    return fail(Code::not_found, "find workspace", "no such workspace");
  return found;
}

Result<Workspace> add(Session& session, const identity::User& manager, const Workspace& wanted,
                      const std::string& server) {
  auto known = workspaces_of(session, manager);
  if (!known) return std::unexpected(known.error());
  if (known->size() >= kMaxWorkspaces)
    return fail(Code::conflict, "add workspace",
                fmt::format("the organization has {} workspaces, the most there may be", kMaxWorkspaces));
  auto added = store::add_workspace(session, wanted);
  if (!added && added.error().code == Code::conflict) return fail(Code::conflict, "add workspace", "the name is taken");
  if (!added) return std::unexpected(added.error());
  auto noted = audit_change(session, audit::Kind::workspace_changed, manager, wanted.name,
                            {{"added", true}, {"projects", projects_json(wanted.projects)}, {"server", server}});
  if (!noted) return std::unexpected(noted.error());
  return store::find_workspace(session, wanted.name);
}

// The operator's credential may reach other tenants' namespaces: which of them are this workspace's is not for the
// tenant to say.
Done check_projects(const Workspace& workspace, const WorkspaceChange& change) {
  bool own = change.kubeconfig || std::holds_alternative<store::SealedKubeconfig>(workspace.cluster);
  if (!change.projects || own) return {};
  return fail(Code::denied, "change projects",
              "The operator gave workspace " + workspace.name.str() +
                  " its cluster and sets its projects; with a kubeconfig of your own you may.");
}

// What is to be stored of a change, and said of it.
struct Prepared {
  WorkspaceChange change;
  std::optional<store::SealedKubeconfig> sealed;
  std::string server;
};

Done apply(Session& session, const tenancy::WorkspaceName& name, const Prepared& prepared, Workspace& workspace) {
  Done done;
  if (prepared.sealed) done = store::set_cluster(session, name, *prepared.sealed);
  if (done && prepared.change.projects) done = store::set_projects(session, name, *prepared.change.projects);
  prepared.change.policy.apply_to(workspace.policy);
  if (done && !prepared.change.policy.empty()) done = store::set_policy(session, name, workspace.policy);
  return done;
}

Result<Workspace> change_one(Session& session, const identity::User& manager, const tenancy::WorkspaceName& name,
                             const Prepared& prepared) {
  auto workspace = find_of(session, manager, name);
  if (!workspace) return workspace;
  if (auto may = check_projects(*workspace, prepared.change); !may) return std::unexpected(may.error());
  if (auto done = apply(session, name, prepared, *workspace); !done) return std::unexpected(done.error());
  json::Object what;
  if (prepared.sealed) what["server"] = prepared.server;
  if (prepared.change.projects) what["projects"] = projects_json(*prepared.change.projects);
  if (!prepared.change.policy.empty()) what["policy"] = policy_json(workspace->policy);
  auto noted = audit_change(session, audit::Kind::workspace_changed, manager, name, std::move(what));
  if (!noted) return std::unexpected(noted.error());
  return store::find_workspace(session, name);
}

// Every reopened cluster leaves its predecessor behind (cluster_set.h): so often a minute an organization may.
std::optional<http::Reply> too_many_clusters(Services& services, const tenancy::OrganizationName& organization,
                                             const async::Context& ctx) {
  return held_back(services.cluster_limit, organization.str(), services, ctx,
                   "Too many changes of clusters; wait a moment.");
}

// The change is stored; if its cluster cannot be opened now, the next start or change tries again.
async::Task<void> open_stored(Services& services, async::Context& ctx, tenancy::WorkspaceName name) {
  auto opened = co_await services.cluster_opener.open(name);
  if (!opened) ctx.log.error("cluster_not_opened", {{"workspace", name.str()}, {"cause", opened.error().text()}});
  co_return Done{};
}

}  // namespace

async::Task<http::Reply> list_organization_workspaces(Services& services, async::Context&, http::Exchange& exchange,
                                                      identity::SessionUser user) {
  auto found = co_await read_as(services.database, claim_organization(exchange, std::move(user)), workspaces_of);
  if (!found) co_return std::unexpected(found.error());
  json::Array rows;
  for (const auto& workspace : *found) rows.push_back(workspace_json(services, workspace));
  co_return http::json_reply(200, json::Object{{"workspaces", std::move(rows)}});
}

async::Task<http::Reply> add_workspace(Services& services, async::Context& ctx, http::Exchange& exchange,
                                       identity::SessionUser user) {
  OrganizationRight claimed = claim_organization(exchange, std::move(user));
  if (auto may = co_await ask(services.database, claimed); !may) co_return std::unexpected(may.error());
  auto wanted = read_body(exchange, read_workspace);
  if (!wanted) co_return std::unexpected(wanted.error());
  auto server = services.cluster_opener.check(wanted->kubeconfig);
  if (!server) co_return std::unexpected(server.error());
  if (auto wait = too_many_clusters(services, claimed.organization, ctx)) co_return std::move(*wait);
  Workspace workspace{.name = wanted->name,
                      .organization = claimed.organization,
                      .display = wanted->display,
                      .cluster = services.cluster_opener.seal(wanted->name, wanted->kubeconfig),
                      .policy = {},
                      .projects = wanted->projects};
  co_await async::shield_from_cancellation();  // what is stored is opened too
  auto added = co_await write_as(services.database, claimed,
                                 [workspace, server = *server](Session& session, const identity::User& manager) {
                                   return add(session, manager, workspace, server);
                                 });
  if (!added) co_return std::unexpected(added.error());
  co_await open_stored(services, ctx, workspace.name);
  co_return http::json_reply(201, workspace_json(services, *added));
}

async::Task<http::Reply> change_workspace(Services& services, async::Context& ctx, http::Exchange& exchange,
                                          identity::SessionUser user) {
  OrganizationRight claimed = claim_organization(exchange, std::move(user));
  tenancy::WorkspaceName name{std::string(exchange.path_value("workspace"))};
  auto found = co_await read_as(services.database, claimed, [name](Session& session, const identity::User& manager) {
    return find_of(session, manager, name);
  });
  if (!found) co_return std::unexpected(found.error());
  auto change = read_body(exchange, read_change);
  if (!change) co_return std::unexpected(change.error());
  if (change->empty()) co_return fail(Code::invalid, "$", "must change something");
  Prepared prepared{.change = std::move(*change), .sealed = {}, .server = {}};
  if (const auto& kubeconfig = prepared.change.kubeconfig) {
    auto server = services.cluster_opener.check(*kubeconfig);
    if (!server) co_return std::unexpected(server.error());
    prepared.server = std::move(*server);
    prepared.sealed = services.cluster_opener.seal(name, *kubeconfig);
  }
  bool reopens = prepared.change.reopens();
  if (reopens)
    if (auto wait = too_many_clusters(services, claimed.organization, ctx)) co_return std::move(*wait);
  co_await async::shield_from_cancellation();  // what is stored is opened too
  auto changed =
      co_await write_as(services.database, claimed, [name, prepared](Session& session, const identity::User& manager) {
        return change_one(session, manager, name, prepared);
      });
  if (!changed) co_return std::unexpected(changed.error());
  if (reopens) co_await open_stored(services, ctx, name);
  co_return http::json_reply(200, workspace_json(services, *changed));
}

}  // namespace api::app
