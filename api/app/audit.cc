// The audit as its readers see it.
#include "api/audit/audit.h"
#include "api/app/handlers.h"
#include "api/caller/caller.h"

namespace api::app {

using foundation::Code;
using foundation::fail;
using foundation::Result;
using foundation::database::Session;

namespace {

constexpr std::int64_t kDefaultPage = 50;
constexpr std::int64_t kMaxSeq = (std::int64_t(1) << 53) - 1;  // of a JSON number that everybody reads alike

// The workspace, for those who hold audit.read on all of it.
Result<tenancy::store::Workspace> audited(Session& session, const identity::SessionUser& user,
                                          const tenancy::WorkspaceName& workspace) {
  auto member = caller::load_member(session, user, workspace);
  if (!member) return std::unexpected(member.error());
  if (!caller::may(*member, tenancy::Permission::audit_read, std::nullopt))
    return fail(Code::denied, "read audit",
                "You may not read the audit of workspace " + workspace.str() + " (needs audit.read on all of it).");
  return std::move(member->workspace);
}

Result<std::vector<audit::AuditRecord>> page(Session& session, const identity::SessionUser& user,
                                             const tenancy::WorkspaceName& workspace, std::int64_t before,
                                             std::size_t limit) {
  auto seen = audited(session, user, workspace);
  if (!seen) return std::unexpected(seen.error());
  return audit::list(session, seen->organization.str(), workspace.str(), before, limit);
}

using Verdict = std::expected<audit::ChainHead, audit::BadEntry>;

Result<Verdict> verdict(Session& session, const identity::SessionUser& user, const tenancy::WorkspaceName& workspace) {
  auto seen = audited(session, user, workspace);
  if (!seen) return std::unexpected(seen.error());
  return audit::verify_chain(session, seen->organization.str());
}

}  // namespace

async::Task<http::Reply> list_audit(Services& services, async::Context&, http::Exchange& exchange,
                                    identity::SessionUser user) {
  auto limit = http::query_number(exchange.target(), "limit", {kDefaultPage, 1, audit::kMaxListed});
  if (!limit) co_return std::unexpected(limit.error());
  auto before = http::query_number(exchange.target(), "before", {0, 1, kMaxSeq});
  if (!before) co_return std::unexpected(before.error());
  tenancy::WorkspaceName workspace{std::string(exchange.path_value("workspace"))};
  auto records = co_await services.database.read([user, workspace, before = *before, limit = *limit](Session& s) {
    return page(s, user, workspace, before, std::size_t(limit));
  });
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

async::Task<http::Reply> verify_audit(Services& services, async::Context&, http::Exchange& exchange,
                                      identity::SessionUser user) {
  tenancy::WorkspaceName workspace{std::string(exchange.path_value("workspace"))};
  auto found = co_await services.database.read(
      [user, workspace](Session& session) { return verdict(session, user, workspace); });
  if (!found) co_return std::unexpected(found.error());
  if (const Verdict& chain = *found; !chain) {
    const audit::BadEntry& bad = chain.error();
    co_return http::json_reply(200, json::Object{{"ok", false}, {"seq", bad.index + 1}, {"why", bad.why}});
  }
  co_return http::json_reply(200, json::Object{{"ok", true}, {"seq", (*found)->seq}, {"hash", (*found)->hash}});
}

}  // namespace api::app
