// How this room's values stand in its rows. Private to tenancy/store.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "api/tenancy/store/store.h"

namespace api::tenancy::store {

using foundation::database::Cell;
using foundation::database::Row;

template <class Name>
Done check_name(const Name& name, std::string_view what) {
  if (is_name(name.str())) return {};
  return foundation::fail(foundation::Code::invalid, "check " + std::string(what), "not a name by RFC 1123");
}

inline std::string project_cell(const std::optional<ProjectName>& project) { return project ? project->str() : ""; }

template <class Name>
std::vector<Name> names_of(const std::vector<Row>& rows) {
  std::vector<Name> names;
  for (const auto& row : rows) names.emplace_back(row.text(0));
  return names;
}

// A role's name, and its permissions where it is none of the built-in ones (else null).
Result<Role> role_from(const Row& row, std::size_t first_column);
Cell cluster_kind_cell(const ClusterReference& cluster);
Cell cluster_cell(const ClusterReference& cluster);
Result<ClusterReference> cluster_from(const std::string& kind, const std::string& bytes);
// In the order of kPolicyColumns.
inline constexpr std::string_view kPolicyColumns =
    "allow_external_model, allow_unattended_approval, low_rule, medium_rule, high_rule";
std::vector<Cell> policy_cells(const WorkspacePolicy& policy);
Result<WorkspacePolicy> policy_from(const Row& row, std::size_t first_column);

}  // namespace api::tenancy::store
