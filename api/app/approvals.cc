// Proposals that wait for a person: who may see them, and what a person decides.
#include "api/app/body.h"
#include "api/app/change_reply.h"
#include "api/app/handlers.h"
#include "api/app/too_many.h"
#include "api/change/replies.h"
#include "api/change/visible.h"

namespace api::app {

using foundation::Result;
using foundation::database::Session;

namespace {

constexpr std::size_t kMaxWordBytes = 16;
constexpr std::size_t kHashBytes = 71;  // "sha256:" and 64 hex digits

json::Object shown(Session& session, const identity::SessionUser& user, const change::ApprovalRow& row) {
  bool may_decide = row.waits(session.now()) && change::may_approve(session, row, user);
  return change::approval_json(row, session.now(), may_decide);
}

Result<json::Array> approvals_json(Session& session, const identity::SessionUser& user, const change::Viewer& viewer) {
  auto rows = change::visible_approvals(session, viewer);
  if (!rows) return std::unexpected(rows.error());
  json::Array out;
  for (const auto& row : *rows) out.push_back(shown(session, user, row));
  return out;
}

struct DecisionRequest {
  bool approves = false;
  std::string op_hash;
  bool unattended = false;
};

DecisionRequest read_decision(json::Fields& fields) {
  std::string decision = fields.text("decision", kMaxWordBytes);
  DecisionRequest request{.approves = decision == "approve",
                          .op_hash = fields.text("op_hash", kHashBytes),
                          .unattended = fields.optional_boolean("unattended").value_or(false)};
  if (decision != "approve" && decision != "reject") fields.refuse("decision", "must be approve or reject");
  return request;
}

}  // namespace

async::Task<http::Reply> list_approvals(Services& services, async::Context&, http::Exchange& exchange,
                                        identity::SessionUser user) {
  auto rows = co_await services.database.read(
      [user, viewer = viewer_of(exchange, user)](Session& session) { return approvals_json(session, user, viewer); });
  if (!rows) co_return std::unexpected(rows.error());
  co_return http::json_reply(200, json::Object{{"approvals", std::move(*rows)}});
}

async::Task<http::Reply> read_approval(Services& services, async::Context&, http::Exchange& exchange,
                                       identity::SessionUser user) {
  std::string id(exchange.path_value("approval"));
  auto approval = co_await services.database.read(
      [user, viewer = viewer_of(exchange, user), id](Session& session) -> Result<json::Object> {
        auto seen = change::visible_approval(session, viewer, id);
        if (!seen) return std::unexpected(seen.error());
        return shown(session, user, seen->row);
      });
  if (!approval) co_return std::unexpected(approval.error());
  co_return http::json_reply(200, std::move(*approval));
}

async::Task<http::Reply> decide_approval(Services& services, async::Context& ctx, http::Exchange& exchange,
                                         identity::SessionUser user) {
  if (auto no = held_back(services.change_limit, user.user.name.str(), services, ctx, "Too many; wait a moment."))
    co_return std::move(*no);
  auto request = read_body(exchange, read_decision);
  if (!request) co_return std::unexpected(request.error());
  change::ApprovalGiven given{.workspace = std::string(exchange.path_value("workspace")),
                              .approval = std::string(exchange.path_value("approval")),
                              .op_hash = request->op_hash,
                              .unattended = request->unattended,
                              .by = std::move(user)};
  auto answer = request->approves ? co_await services.change.approve(ctx, std::move(given))
                                  : co_await services.change.reject(ctx, std::move(given));
  if (!answer) co_return std::unexpected(answer.error());
  co_return reply_of(*answer, ctx.request_id);
}

}  // namespace api::app
