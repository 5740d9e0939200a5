// Approvals, operations, the audit, findings and conversations: routes of one workspace.
#include <fmt/format.h>

#include <utility>

#include "cli/client/api.h"

namespace cli::client {
namespace {

using http::Method;

std::string in_workspace(std::string_view workspace, std::string_view below) {
  return fmt::format("/api/v1/workspaces/{}/{}", http::percent_encode(workspace), below);
}
std::string item_path(const Item& item, std::string_view collection, std::string_view below = {}) {
  return in_workspace(item.parent, fmt::format("{}/{}{}", collection, http::percent_encode(item.id), below));
}

}  // namespace

async::Task<json::Value> Api::names(std::string workspace) {
  co_return co_await fetch("list names", Method::get, in_workspace(workspace, "names"));
}

async::Task<json::Value> Api::approvals(std::string workspace) {
  co_return co_await fetch("list the approvals of workspace " + workspace, Method::get,
                           in_workspace(workspace, "approvals"));
}

async::Task<json::Value> Api::approval(Item approval) {
  co_return co_await fetch("read approval " + approval.id, Method::get, item_path(approval, "approvals"));
}

async::Task<json::Value> Api::decide(Decision decision) {
  json::Object body{{"decision", decision.approve ? "approve" : "reject"}, {"op_hash", decision.op_hash}};
  if (decision.unattended) body["unattended"] = true;
  co_return co_await fetch((decision.approve ? "approve " : "reject ") + decision.approval.id, Method::post,
                           item_path(decision.approval, "approvals", "/decision"), std::move(body));
}

async::Task<json::Value> Api::operations(std::string workspace, int limit) {
  co_return co_await fetch("list the operations of workspace " + workspace, Method::get,
                           in_workspace(workspace, fmt::format("operations?limit={}", limit)));
}

async::Task<json::Value> Api::operation(Item operation) {
  co_return co_await fetch("read operation " + operation.id, Method::get, item_path(operation, "operations"));
}

async::Task<json::Value> Api::undo(Item operation) {
  co_return co_await fetch("undo operation " + operation.id, Method::post, item_path(operation, "operations", "/undo"));
}

async::Task<json::Value> Api::audit(AuditPage page) {
  std::string query;
  if (page.limit) query += fmt::format("&limit={}", *page.limit);
  if (page.before) query += fmt::format("&before={}", *page.before);
  if (!query.empty()) query.front() = '?';
  co_return co_await fetch("list the audit of workspace " + page.workspace, Method::get,
                           in_workspace(page.workspace, "audit" + query));
}

async::Task<json::Value> Api::findings(FindingsQuery query) {
  std::string text;
  auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) text += fmt::format("{}{}={}", text.empty() ? '?' : '&', name, http::percent_encode(value));
  };
  add("project", query.project);
  add("object", query.object);
  add("severity", query.severity);
  co_return co_await fetch("find what is wrong in workspace " + query.workspace, Method::get,
                           in_workspace(query.workspace, "findings" + text));
}

async::Task<json::Value> Api::conversations(std::string workspace) {
  co_return co_await fetch("list your conversations in workspace " + workspace, Method::get,
                           in_workspace(workspace, "conversations"));
}

async::Task<json::Value> Api::conversation(Item conversation) {
  co_return co_await fetch("read conversation " + conversation.id, Method::get,
                           item_path(conversation, "conversations"));
}

async::Task<json::Value> Api::delete_conversation(Item conversation) {
  co_return co_await fetch("delete conversation " + conversation.id, Method::delete_,
                           item_path(conversation, "conversations"));
}

async::Task<json::Value> Api::verify_audit(std::string workspace) {
  co_return co_await fetch("verify the audit of workspace " + workspace, Method::get,
                           in_workspace(workspace, "audit/verification"));
}

}  // namespace cli::client
