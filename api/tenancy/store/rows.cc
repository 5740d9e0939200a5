#include "api/tenancy/store/rows.h"

#include <array>

namespace api::tenancy::store {
namespace {

// Each flag of a policy, in the order of its columns.
template <class Policy>
auto flags_of(Policy& policy) {
  return std::array{&policy.allow_external_model,   &policy.allow_unattended_approval,
                    &policy.low.runs_on_command,    &policy.low.proposer_may_approve,
                    &policy.medium.runs_on_command, &policy.medium.proposer_may_approve,
                    &policy.high.runs_on_command,   &policy.high.proposer_may_approve};
}

struct KindOf {
  std::string operator()(const KubeconfigFile&) const { return "file"; }
  std::string operator()(const SealedKubeconfig&) const { return "sealed"; }
  std::string operator()(const InCluster&) const { return "in_cluster"; }
};

struct BytesOf {
  std::string operator()(const KubeconfigFile& file) const { return file.path; }
  std::string operator()(const SealedKubeconfig& sealed) const { return sealed.bytes; }
  std::string operator()(const InCluster&) const { return {}; }
};

}  // namespace

Cell cluster_kind_cell(const ClusterReference& cluster) { return std::visit(KindOf(), cluster); }
Cell cluster_cell(const ClusterReference& cluster) {
  return foundation::database::Blob{std::visit(BytesOf(), cluster)};
}

Result<ClusterReference> cluster_from(const std::string& kind, const std::string& bytes) {
  if (kind == "file") return KubeconfigFile{bytes};
  if (kind == "sealed") return SealedKubeconfig{bytes};
  if (kind == "in_cluster") return InCluster{};
  return foundation::fail(foundation::Code::corrupt, "read workspace", "unknown kind of cluster reference");
}

std::vector<Cell> policy_cells(const WorkspacePolicy& policy) {
  std::vector<Cell> cells;
  for (const bool* flag : flags_of(policy)) cells.emplace_back(std::int64_t(*flag));
  return cells;
}

WorkspacePolicy policy_from(const Row& row, std::size_t first_column) {
  WorkspacePolicy policy;
  for (bool* flag : flags_of(policy)) *flag = row.integer(first_column++) != 0;
  return policy;
}

}  // namespace api::tenancy::store
