// Proposals that wait for a person, as rows. What is shown is stored, so that everybody who looks sees the same bytes.
// Runs inside the caller's transaction.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "api/change/operation_store.h"
#include "api/tenancy/tenancy.h"

namespace api::change {

inline constexpr foundation::Milliseconds kApprovalTime{900'000};
inline constexpr std::int64_t kMaxOpenProposalsPerTurn = 5;
inline constexpr std::int64_t kMaxOpenProposalsPerUser = 20;  // in one workspace: each undo is a turn of its own
inline constexpr std::size_t kMaxListedApprovals = 1'000;

struct ApprovalRow {
  std::string id;
  std::string operation_id;
  std::string turn;
  std::string workspace;
  std::string project;
  std::string proposer;
  tenancy::Ceiling ceiling;  // of the credential that proposed
  std::string op_hash;
  json::Object rendering{};    // what is shown: of the public API's Approval, all that does not change
  std::string state = "open";  // open, approved, rejected, void; expired is open and late
  WallTime expires_at{};
  std::string decided_by{};
  std::optional<WallTime> decided_at{};

  bool waits(WallTime now) const { return state == "open" && now < expires_at; }
};

// Code::denied over kMaxOpenProposalsPerTurn or kMaxOpenProposalsPerUser.
Done add_approval(Session& session, const ApprovalRow& row);
// Code::not_found: there is none in this workspace.
Result<ApprovalRow> find_approval(Session& session, const std::string& workspace, const std::string& id);
// Those that wait, oldest first.
Result<std::vector<ApprovalRow>> open_approvals(Session& session, const std::string& workspace);
// By compare-and-set: Code::conflict when it does not wait any more. `by`: empty for void.
Done decide_approval(Session& session, const std::string& id, const std::string& state, const std::string& by);

}  // namespace api::change
