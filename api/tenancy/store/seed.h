// seed.toml: the tenancy that an installation starts with. It carries no passwords and no credentials.
//
//   [[organizations]]            [[workspaces]]                      [[users]]
//   name = "demo"                name = "shop"                       name = "erin"
//   display = "Demo"             organization = "demo"               display = "Erin"
//                                display = "Shop"                    organization = "demo"
//                                projects = ["shop"]                 bindings = [{workspace = "shop", role = "editor"}]
//                                kubeconfig = "data/kubeconfig"      # a binding may name a project
//
// A path is taken relative to the folder of seed.toml; kubeconfig = "in-cluster" is the pod's service account.
// Unknown keys, malformed names and names that refer to nothing are Code::invalid with the key's place.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "api/tenancy/store/store.h"

namespace api::tenancy::store {

struct SeedUser {
  UserName name;
  std::string display;
  OrganizationName organization;
  std::vector<RoleBinding> bindings;  // without ids
  bool manager = false;
};

struct Seed {
  std::vector<Organization> organizations;
  std::vector<Workspace> workspaces;
  std::vector<SeedUser> users;  // identity makes the accounts; apply_seed only their bindings
};

Result<Seed> parse_seed(std::string_view toml, const std::filesystem::path& relative_to);
Result<Seed> read_seed(const std::filesystem::path& file);

// Adds what is missing and points workspaces at the seed's cluster, but for those to which their organization has given
// a kubeconfig of its own: these are no longer the seed's. A binding is granted once in an installation's
// life: one that was revoked later stays revoked when the seed is applied again.
Done apply_seed(Session& session, const Seed& seed);

}  // namespace api::tenancy::store
