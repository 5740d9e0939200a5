#include "api/tenancy/store/seed.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <utility>

#include "api/tenancy/store/rows.h"
#include "api/tenancy/store/seed_reader.h"

namespace api::tenancy::store {
namespace {

using foundation::Code;
using foundation::fail;

constexpr std::size_t kMaxSeedBytes = 1 << 20;

bool is_there(const Done& added) { return !added && added.error().code == Code::conflict; }

Done apply_workspace(Session& session, const Workspace& workspace) {
  auto found = find_workspace(session, workspace.name);
  if (!found && found.error().code == Code::not_found) return add_workspace(session, workspace);
  if (!found) return std::unexpected(found.error());
  if (found->organization != workspace.organization)
    return fail(Code::conflict, "apply seed", workspace.name.str() + " belongs to another organization");
  if (std::holds_alternative<SealedKubeconfig>(found->cluster)) return {};
  if (auto set = set_cluster(session, workspace.name, workspace.cluster); !set) return set;
  for (const auto& project : workspace.projects) {
    if (std::ranges::binary_search(found->projects, project)) continue;
    if (auto added = add_project(session, workspace.name, project); !added) return added;
  }
  return {};
}

Done apply_binding(Session& session, const RoleBinding& binding) {
  auto fresh = session.execute("INSERT OR IGNORE INTO seeded_bindings VALUES ($1, $2, $3, $4)",
                               {binding.scope.workspace.str(), project_cell(binding.scope.project),
                                binding.subject.str(), binding.role.name.str()});
  if (!fresh) return std::unexpected(fresh.error());
  if (*fresh == 0) return {};
  auto granted = grant(session, binding);
  if (granted || granted.error().code == Code::conflict) return {};
  if (granted.error().code == Code::not_found) return {};  // a project that the organization has taken out
  return std::unexpected(granted.error());
}

}  // namespace

Result<Seed> read_seed(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(Code::not_found, "read seed", "cannot open " + file.string());
  std::string text(kMaxSeedBytes + 1, '\0');
  in.read(text.data(), std::streamsize(text.size()));
  text.resize(std::size_t(in.gcount()));
  if (text.size() > kMaxSeedBytes) return fail(Code::too_large, "read seed", file.string() + " is over 1 MiB");
  return parse_seed(text, file.parent_path());
}

Done apply_seed(Session& session, const Seed& seed) {
  for (const auto& organization : seed.organizations)
    if (auto added = add_organization(session, organization); !added && !is_there(added)) return added;
  for (const auto& workspace : seed.workspaces)
    if (auto applied = apply_workspace(session, workspace); !applied) return applied;
  for (const auto& user : seed.users)
    for (const auto& binding : user.bindings)
      if (auto applied = apply_binding(session, binding); !applied) return applied;
  return {};
}

}  // namespace api::tenancy::store
