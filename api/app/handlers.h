// The handlers of the route tables, one file per resource.
#pragma once
#include "api/app/access.h"

namespace api::app {

// sessions.cc
async::Task<http::Reply> sign_in(Services&, async::Context&, http::Exchange&);
async::Task<http::Reply> sign_out(Services&, async::Context&, http::Exchange&, identity::SessionUser);
// workspaces.cc
async::Task<http::Reply> who_am_i(Services&, async::Context&, http::Exchange&, identity::SessionUser);
async::Task<http::Reply> list_workspaces(Services&, async::Context&, http::Exchange&, identity::SessionUser);
// chat.cc
async::Task<http::Reply> chat(Services&, async::Context&, http::Exchange&, identity::SessionUser);
// findings.cc
async::Task<http::Reply> list_findings(Services&, async::Context&, http::Exchange&, identity::SessionUser);
// conversations.cc
async::Task<http::Reply> list_conversations(Services&, async::Context&, http::Exchange&, identity::SessionUser);
async::Task<http::Reply> read_conversation(Services&, async::Context&, http::Exchange&, identity::SessionUser);
async::Task<http::Reply> delete_conversation(Services&, async::Context&, http::Exchange&, identity::SessionUser);
// audit.cc
async::Task<http::Reply> list_audit(Services&, async::Context&, http::Exchange&, identity::SessionUser);
async::Task<http::Reply> verify_audit(Services&, async::Context&, http::Exchange&, identity::SessionUser);
// names.cc
async::Task<http::Reply> list_names(Services&, async::Context&, http::Exchange&, identity::SessionUser);
// approvals.cc
async::Task<http::Reply> list_approvals(Services&, async::Context&, http::Exchange&, identity::SessionUser);
async::Task<http::Reply> read_approval(Services&, async::Context&, http::Exchange&, identity::SessionUser);
async::Task<http::Reply> decide_approval(Services&, async::Context&, http::Exchange&, identity::SessionUser);
// operations.cc
async::Task<http::Reply> list_done_operations(Services&, async::Context&, http::Exchange&, identity::SessionUser);
async::Task<http::Reply> read_done_operation(Services&, async::Context&, http::Exchange&, identity::SessionUser);
async::Task<http::Reply> undo_operation(Services&, async::Context&, http::Exchange&, identity::SessionUser);
// invitations.cc
async::Task<http::Reply> accept_invitation(Services&, async::Context&, http::Exchange&);
// members.cc
async::Task<http::Reply> list_members(Services&, async::Context&, http::Exchange&, identity::SessionUser);
async::Task<http::Reply> add_member(Services&, async::Context&, http::Exchange&, identity::SessionUser);
async::Task<http::Reply> remove_member(Services&, async::Context&, http::Exchange&, identity::SessionUser);
// roles.cc
async::Task<http::Reply> list_roles(Services&, async::Context&, http::Exchange&, identity::SessionUser);
async::Task<http::Reply> add_role(Services&, async::Context&, http::Exchange&, identity::SessionUser);
async::Task<http::Reply> change_role(Services&, async::Context&, http::Exchange&, identity::SessionUser);
async::Task<http::Reply> remove_role(Services&, async::Context&, http::Exchange&, identity::SessionUser);
// users.cc
async::Task<http::Reply> list_users(Services&, async::Context&, http::Exchange&, identity::SessionUser);
async::Task<http::Reply> add_user(Services&, async::Context&, http::Exchange&, identity::SessionUser);
async::Task<http::Reply> change_user(Services&, async::Context&, http::Exchange&, identity::SessionUser);
// organization_workspaces.cc
async::Task<http::Reply> list_organization_workspaces(Services&, async::Context&, http::Exchange&,
                                                      identity::SessionUser);
async::Task<http::Reply> add_workspace(Services&, async::Context&, http::Exchange&, identity::SessionUser);
async::Task<http::Reply> change_workspace(Services&, async::Context&, http::Exchange&, identity::SessionUser);
// internal_reads.cc
async::Task<http::Reply> read_key_set(Services&, async::Context&, http::Exchange&);
async::Task<http::Reply> read_snapshot(Services&, async::Context&, http::Exchange&, foundation::jwt::InternalClaims);
async::Task<http::Reply> read_object(Services&, async::Context&, http::Exchange&, foundation::jwt::InternalClaims);
async::Task<http::Reply> read_events(Services&, async::Context&, http::Exchange&, foundation::jwt::InternalClaims);
async::Task<http::Reply> read_logs(Services&, async::Context&, http::Exchange&, foundation::jwt::InternalClaims);
// internal_operations.cc
async::Task<http::Reply> list_operations(Services&, async::Context&, http::Exchange&, foundation::jwt::InternalClaims);
async::Task<http::Reply> request_operation(Services&, async::Context&, http::Exchange&,
                                           foundation::jwt::InternalClaims);
// health.cc
async::Task<http::Reply> live(Services&, async::Context&, http::Exchange&);
async::Task<http::Reply> ready(Services&, async::Context&, http::Exchange&);
async::Task<http::Reply> metrics(Services&, async::Context&, http::Exchange&);

}  // namespace api::app
