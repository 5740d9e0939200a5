// The audit as its readers see it.
#include <charconv>

#include "api/app/handlers.h"
#include "api/audit/audit.h"
#include "api/caller/caller.h"

namespace api::app {

using foundation::Code;
using foundation::fail;
using foundation::Result;
using foundation::database::Session;

namespace {

constexpr std::int64_t kDefaultPage = 50;

// A whole number in min..max from the query; `otherwise` when it is absent.
Result<std::int64_t> number(const http::Target& target, std::string_view name, std::int64_t otherwise, std::int64_t min,
                            std::int64_t max) {
  auto at = target.query.find(name);
  if (at == target.query.end()) return otherwise;
  std::int64_t value = 0;
  const char* end = at->second.data() + at->second.size();
  auto [stop, error] = std::from_chars(at->second.data(), end, value);
  if (error != std::errc() || stop != end || value < min || value > max)
    return fail(Code::invalid, "query " + std::string(name), "must be a whole number within its bounds");
  return value;
}

// Their own workspace's entries, for those who hold audit.read on all of it.
Result<std::vector<audit::AuditRecord>> page(Session& session, const tenancy::UserName& user,
                                             const tenancy::WorkspaceName& workspace, std::int64_t before,
                                             std::size_t limit) {
  auto member = caller::load_member(session, user, workspace);
  if (!member) return std::unexpected(member.error());
  auto held = tenancy::effective(member->bindings, {}, workspace, std::nullopt);
  if (!held.contains(tenancy::Permission::audit_read))
    return fail(Code::denied, "list audit", "needs audit.read on the workspace");
  return audit::list(session, member->workspace.organization.str(), workspace.str(), before, limit);
}

}  // namespace

async::Task<http::Reply> list_audit(Services& services, async::Context& ctx, http::Exchange& exchange,
                                    identity::SessionUser user) {
  auto limit = number(exchange.target(), "limit", kDefaultPage, 1, audit::kMaxListed);
  if (!limit) co_return std::unexpected(limit.error());
  auto before = number(exchange.target(), "before", 0, 1, std::int64_t(1) << 53);
  if (!before) co_return std::unexpected(before.error());
  tenancy::WorkspaceName workspace{std::string(exchange.path_value("workspace"))};
  auto records =
      co_await services.database.read([name = user.user.name, workspace, before = *before, limit = *limit](Session& s) {
        return page(s, name, workspace, before, std::size_t(limit));
      });
  if (!records && records.error().code == Code::denied) {
    std::string text =
        "You may not read the audit of workspace " + workspace.str() + " (needs audit.read on all of it).";
    co_return http::problem_reply(
        {403, "denied", text, {{"reason", json::Object{{"code", "missing_permission"}, {"text", text}}}}},
        ctx.request_id);
  }
  if (!records) co_return std::unexpected(records.error());
  json::Array entries;
  for (const auto& record : *records) {
    auto leaf = json::parse_strict(record.leaf);
    if (!leaf) co_return std::unexpected(leaf.error());
    leaf->as_object()["hash"] = record.hash;
    entries.push_back(std::move(*leaf));
  }
  json::Value next;
  if (records->size() == std::size_t(*limit)) next = records->back().seq;
  co_return http::json_reply(200, json::Object{{"entries", std::move(entries)}, {"next_before", next}});
}

}  // namespace api::app
