#include "api/app/cluster_opener.h"

#include <cstdlib>

#include "foundation/kubernetes_api/api_server.h"

namespace api::app {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::fail_with;
using foundation::Result;
using foundation::Secret;
using foundation::async::Task;
using foundation::database::Session;
using tenancy::store::Workspace;
namespace store = tenancy::store;

namespace {

// The name that a kubeconfig is sealed under: it opens for no other workspace and as nothing else.
std::string name_of_sealed(const tenancy::WorkspaceName& workspace) {
  return "kubeconfig of workspace " + workspace.str();
}

bool is_tenants_own(const Workspace& workspace) {
  return std::holds_alternative<store::SealedKubeconfig>(workspace.cluster);
}

Result<foundation::kubernetes_api::Kubeconfig> in_cluster(const std::filesystem::path& service_account) {
  const char* host = std::getenv("KUBERNETES_SERVICE_HOST");
  const char* port = std::getenv("KUBERNETES_SERVICE_PORT");
  if (host && port) return foundation::kubernetes_api::in_cluster_kubeconfig(host, port, service_account);
  return fail(Code::invalid, "open cluster", "this process does not run in a cluster");
}

Result<foundation::kubernetes_api::Kubeconfig> parse_tenants(const Secret& kubeconfig) {
  auto parsed = foundation::kubernetes_api::parse_kubeconfig(kubeconfig.reveal(), {});
  if (parsed && !parsed->server.starts_with("https://"))
    return fail(Code::invalid, "read kubeconfig", "server: must begin with https://");
  return parsed;
}

Result<std::vector<Workspace>> all_workspaces(Session& session) {
  auto names = store::workspaces(session);
  if (!names) return std::unexpected(names.error());
  std::vector<Workspace> all;
  for (const auto& name : *names) {
    auto workspace = store::find_workspace(session, name);
    if (!workspace) return std::unexpected(workspace.error());
    all.push_back(std::move(*workspace));
  }
  return all;
}

}  // namespace

Result<std::string> ClusterOpener::check(const Secret& kubeconfig) const {
  auto parsed = parse_tenants(kubeconfig);
  if (!parsed) return std::unexpected(parsed.error());
  // Its certificates are read when it is made; it connects to nothing yet.
  auto api = foundation::kubernetes_api::ApiServer::create(parts_.tasks.executor(), *parsed);
  if (!api) return fail(Code::invalid, "read kubeconfig", api.error().text());
  return parsed->server;
}

store::SealedKubeconfig ClusterOpener::seal(const tenancy::WorkspaceName& workspace, const Secret& kubeconfig) const {
  return {parts_.sealing.seal(name_of_sealed(workspace), kubeconfig)};
}

Result<foundation::kubernetes_api::Kubeconfig> ClusterOpener::kubeconfig_of(const Workspace& workspace) const {
  if (const auto* file = std::get_if<store::KubeconfigFile>(&workspace.cluster))
    return foundation::kubernetes_api::read_kubeconfig(file->path);
  const auto* sealed = std::get_if<store::SealedKubeconfig>(&workspace.cluster);
  if (!sealed) return in_cluster(parts_.service_account);
  auto text = parts_.sealing.unseal(name_of_sealed(workspace.name), sealed->bytes);
  if (!text) return std::unexpected(text.error());
  return parse_tenants(*text);
}

Done ClusterOpener::add(const Workspace& workspace) {
  auto kubeconfig = kubeconfig_of(workspace);
  if (!kubeconfig) return fail_with("open cluster of " + workspace.name.str(), kubeconfig.error());
  cluster::ClusterOptions options{.kubeconfig = std::move(*kubeconfig), .namespaces = {}};
  for (const auto& project : workspace.projects) options.namespaces.push_back(project.str());
  auto opened = cluster::open_cluster(parts_.tasks, std::move(options), parts_.metrics,
                                      parts_.log.with({{"workspace", workspace.name.str()}}));
  if (!opened) return fail_with("open cluster of " + workspace.name.str(), opened.error());
  opened->counts_for_ready = !is_tenants_own(workspace);
  parts_.clusters.add(workspace.name.str(), std::move(*opened));
  return Done{};
}

Task<void> ClusterOpener::open_all() {
  auto workspaces = co_await parts_.database.read(all_workspaces);
  if (!workspaces) co_return std::unexpected(workspaces.error());
  for (const auto& workspace : *workspaces) {
    auto added = add(workspace);
    if (!added && !is_tenants_own(workspace)) co_return added;
    if (!added)
      parts_.log.error("cluster_not_opened", {{"workspace", workspace.name.str()}, {"cause", added.error().text()}});
  }
  co_return Done{};
}

Task<void> ClusterOpener::open(tenancy::WorkspaceName workspace) {
  co_await foundation::async::shield_from_cancellation();
  auto call = ++calls_[workspace.str()];
  auto found = co_await parts_.database.read(
      [workspace](Session& session) { return store::find_workspace(session, workspace); });
  if (!found) co_return std::unexpected(found.error());
  if (call != calls_[workspace.str()]) co_return Done{};  // the later call reads what this one would have read, or more
  if (auto added = add(*found); !added) co_return added;
  co_await parts_.clusters.end_replaced_caches();
  co_return Done{};
}

}  // namespace api::app
