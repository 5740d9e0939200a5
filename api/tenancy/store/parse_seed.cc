#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "api/tenancy/store/seed.h"
#include "api/tenancy/store/seed_reader.h"

namespace api::tenancy::store {
namespace {

using foundation::Code;
using foundation::fail;

ClusterReference cluster_of(const std::string& kubeconfig, const std::filesystem::path& relative_to) {
  if (kubeconfig == "in-cluster") return InCluster{};
  return KubeconfigFile{(relative_to / kubeconfig).lexically_normal().string()};
}

template <class Known, class Name>
auto find_named(const std::vector<Known>& known, const Name& name) {
  return std::ranges::find(known, name, &Known::name);
}

class SeedParser {
 public:
  explicit SeedParser(std::filesystem::path relative_to) : relative_to_(std::move(relative_to)) {}

  Result<Seed> parse(const toml::table& root) {
    SeedReader reader(root, "", error_);
    for (auto& item : reader.tables("organizations")) read_organization(item);
    for (auto& item : reader.tables("workspaces")) read_workspace(item);
    for (auto& item : reader.tables("users")) read_user(item);
    reader.refuse_unknown();
    if (!error_) return std::unexpected(error_.error());
    return std::move(seed_);
  }

 private:
  void read_organization(SeedReader& item) {
    Organization organization{item.name<OrganizationName>("name"), item.text("display")};
    if (find_named(seed_.organizations, organization.name) != seed_.organizations.end()) item.refuse("name", "twice");
    item.refuse_unknown();
    seed_.organizations.push_back(std::move(organization));
  }

  OrganizationName known_organization(SeedReader& item) {
    auto name = item.name<OrganizationName>("organization");
    if (find_named(seed_.organizations, name) == seed_.organizations.end())
      item.refuse("organization", "no such organization");
    return name;
  }

  void read_workspace(SeedReader& item) {
    Workspace workspace;
    workspace.name = item.name<WorkspaceName>("name");
    workspace.organization = known_organization(item);
    workspace.display = item.text("display");
    workspace.cluster = cluster_of(item.text("kubeconfig"), relative_to_);
    for (auto& project : item.names("projects")) workspace.projects.emplace_back(std::move(project));
    std::ranges::sort(workspace.projects);
    if (std::ranges::adjacent_find(workspace.projects) != workspace.projects.end()) item.refuse("projects", "twice");
    if (find_named(seed_.workspaces, workspace.name) != seed_.workspaces.end()) item.refuse("name", "twice");
    item.refuse_unknown();
    seed_.workspaces.push_back(std::move(workspace));
  }

  void read_user(SeedReader& item) {
    SeedUser user{
        item.name<UserName>("name"), item.text("display"), known_organization(item), {}, item.flag("manager")};
    if (find_named(seed_.users, user.name) != seed_.users.end()) item.refuse("name", "twice");
    for (auto& binding : item.tables("bindings")) user.bindings.push_back(read_binding(binding, user));
    item.refuse_unknown();
    seed_.users.push_back(std::move(user));
  }

  RoleBinding read_binding(SeedReader& item, const SeedUser& user) {
    RoleBinding binding{"", user.name, {}, {user.organization, item.name<WorkspaceName>("workspace"), {}}};
    auto role = built_in_role(item.text("role"));
    if (!role) item.refuse("role", "no such role");
    binding.role = role.value_or(Role{});
    binding.scope.project = item.optional_name<ProjectName>("project");
    auto workspace = find_named(seed_.workspaces, binding.scope.workspace);
    if (workspace == seed_.workspaces.end() || workspace->organization != user.organization) {
      item.refuse("workspace", "no such workspace in the user's organization");
    } else if (binding.scope.project && !std::ranges::binary_search(workspace->projects, *binding.scope.project)) {
      item.refuse("project", "no such project in the workspace");
    }
    item.refuse_unknown();
    return binding;
  }

  std::filesystem::path relative_to_;
  foundation::Done error_;
  Seed seed_;
};

}  // namespace

Result<Seed> parse_seed(std::string_view toml, const std::filesystem::path& relative_to) {
  try {
    return SeedParser(relative_to).parse(toml::parse(toml));
  } catch (const toml::parse_error& e) {
    return fail(Code::invalid, "read seed", fmt::format("line {}: {}", e.source().begin.line, e.description()));
  }
}

}  // namespace api::tenancy::store
