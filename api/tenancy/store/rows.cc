#include "api/tenancy/store/rows.h"

namespace api::tenancy::store {
namespace {

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
  std::vector<Cell> cells = {std::int64_t(policy.allow_external_model), std::int64_t(policy.allow_unattended_approval)};
  for (ApprovalRule rule : {policy.low, policy.medium, policy.high}) cells.emplace_back(std::string(to_string(rule)));
  return cells;
}

Result<WorkspacePolicy> policy_from(const Row& row, std::size_t first_column) {
  WorkspacePolicy policy{.allow_external_model = row.integer(first_column) != 0,
                         .allow_unattended_approval = row.integer(first_column + 1) != 0};
  std::size_t column = first_column + 2;
  for (ApprovalRule* rule : {&policy.low, &policy.medium, &policy.high}) {
    auto stored = parse_approval_rule(row.text(column++));
    if (!stored) return foundation::fail(foundation::Code::corrupt, "read workspace", "unknown approval rule");
    *rule = *stored;
  }
  return policy;
}

}  // namespace api::tenancy::store
