// Proposals that wait for a person: who may see them, and what a person decides.
#include "api/app/change_reply.h"
#include "api/app/handlers.h"
#include "api/app/too_many.h"
#include "api/caller/caller.h"
#include "api/change/approval_store.h"
#include "api/change/replies.h"
#include "foundation/json/fields.h"

namespace api::app {

using foundation::Code;
using foundation::fail;
using foundation::Result;
using foundation::database::Session;

namespace {

constexpr std::size_t kMaxWordBytes = 16;
constexpr std::size_t kHashBytes = 71;  // "sha256:" and 64 hex digits

bool may_see(const caller::Member& member, const change::ApprovalRow& row) {
  auto held = tenancy::effective(member.bindings, {}, member.workspace.name, tenancy::ProjectName(row.project));
  return held.contains(tenancy::Permission::objects_read);
}

json::Object shown(Session& session, const identity::SessionUser& user, const change::ApprovalRow& row) {
  bool may_decide = row.waits(session.now()) && change::may_approve(session, row, user);
  return change::approval_json(row, session.now(), may_decide);
}

Result<json::Array> visible_approvals(Session& session, const identity::SessionUser& user,
                                      const tenancy::WorkspaceName& workspace) {
  auto member = caller::load_member(session, user.user.name, workspace);
  if (!member) return std::unexpected(member.error());
  auto rows = change::open_approvals(session, workspace.str());
  if (!rows) return std::unexpected(rows.error());
  json::Array out;
  for (const auto& row : *rows)
    if (may_see(*member, row)) out.push_back(shown(session, user, row));
  return out;
}

Result<json::Object> visible_approval(Session& session, const identity::SessionUser& user,
                                      const tenancy::WorkspaceName& workspace, const std::string& id) {
  auto member = caller::load_member(session, user.user.name, workspace);
  if (!member) return std::unexpected(member.error());
  auto row = change::find_approval(session, workspace.str(), id);
  if (!row) return std::unexpected(row.error());
  if (!may_see(*member, *row)) return fail(Code::not_found, "find approval", "not visible");
  return shown(session, user, *row);
}

struct DecisionRequest {
  bool approves = false;
  std::string op_hash;
  bool unattended = false;
};

Result<DecisionRequest> read_decision(const std::string& body) {
  auto value = json::parse_strict(body);
  if (!value) return std::unexpected(value.error());
  json::Fields fields(*value);
  std::string decision = fields.text("decision", kMaxWordBytes);
  DecisionRequest request{.approves = decision == "approve",
                          .op_hash = fields.text("op_hash", kHashBytes),
                          .unattended = fields.optional_boolean("unattended").value_or(false)};
  if (decision != "approve" && decision != "reject") fields.refuse("decision", "must be approve or reject");
  if (auto done = fields.finish(); !done) return std::unexpected(done.error());
  return request;
}

}  // namespace

async::Task<http::Reply> list_approvals(Services& services, async::Context&, http::Exchange& exchange,
                                        identity::SessionUser user) {
  tenancy::WorkspaceName workspace{std::string(exchange.path_value("workspace"))};
  auto rows = co_await services.database.read(
      [user, workspace](Session& session) { return visible_approvals(session, user, workspace); });
  if (!rows) co_return std::unexpected(rows.error());
  co_return http::json_reply(200, json::Object{{"approvals", std::move(*rows)}});
}

async::Task<http::Reply> read_approval(Services& services, async::Context&, http::Exchange& exchange,
                                       identity::SessionUser user) {
  tenancy::WorkspaceName workspace{std::string(exchange.path_value("workspace"))};
  auto row =
      co_await services.database.read([user, workspace, id = std::string(exchange.path_value("approval"))](
                                          Session& session) { return visible_approval(session, user, workspace, id); });
  if (!row) co_return std::unexpected(row.error());
  co_return http::json_reply(200, std::move(*row));
}

async::Task<http::Reply> decide_approval(Services& services, async::Context& ctx, http::Exchange& exchange,
                                         identity::SessionUser user) {
  if (auto no = held_back(services.change_limit, user.user.name.str(), services, ctx, "Too many; wait a moment."))
    co_return std::move(*no);
  auto request = read_decision(exchange.request().body);
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
