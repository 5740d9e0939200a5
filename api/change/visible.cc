#include "api/change/visible.h"

namespace api::change {
namespace {

tenancy::ProjectName project_of(const ApprovalRow& row) { return tenancy::ProjectName(row.project); }
tenancy::ProjectName project_of(const OperationRow& row) {
  return tenancy::ProjectName(row.plan.target.namespace_name);
}

template <class Row>
bool may_see(const caller::Member& member, const Row& row) {
  return caller::may(member, tenancy::Permission::objects_read, project_of(row));
}

// Who is no member is told that first, whatever became of the rows.
template <class Row>
Result<Seen<Row>> seen_by(Result<caller::Member> member, Result<Row> row) {
  if (!member) return std::unexpected(member.error());
  if (!row) return std::unexpected(row.error());
  if (!may_see(*member, *row)) return foundation::fail(foundation::Code::not_found, "find change", "not visible");
  return Seen<Row>{std::move(*member), std::move(*row)};
}

template <class Row>
Result<std::vector<Row>> seen_by(Result<caller::Member> member, Result<std::vector<Row>> rows, std::size_t limit) {
  if (!member) return std::unexpected(member.error());
  if (!rows) return std::unexpected(rows.error());
  std::vector<Row> seen;
  for (auto& row : *rows)
    if (seen.size() < limit && may_see(*member, row)) seen.push_back(std::move(row));
  return seen;
}

Result<caller::Member> member_of(Session& session, const Viewer& viewer) {
  return caller::load_member(session, viewer.user, viewer.workspace);
}

}  // namespace

Result<Seen<ApprovalRow>> visible_approval(Session& session, const Viewer& viewer, const std::string& id) {
  return seen_by(member_of(session, viewer), find_approval(session, viewer.workspace.str(), id));
}

Result<Seen<OperationRow>> visible_operation(Session& session, const Viewer& viewer, const std::string& id) {
  return seen_by(member_of(session, viewer), load_operation(session, viewer.workspace.str(), id));
}

Result<std::vector<ApprovalRow>> visible_approvals(Session& session, const Viewer& viewer) {
  return seen_by(member_of(session, viewer), open_approvals(session, viewer.workspace.str()), kMaxListedApprovals);
}

Result<std::vector<OperationRow>> visible_operations(Session& session, const Viewer& viewer, std::size_t limit) {
  return seen_by(member_of(session, viewer), list_operations(session, viewer.workspace.str(), kMaxListedOperations),
                 limit);
}

}  // namespace api::change
