#include <algorithm>
#include <utility>

#include "api/audit/audit.h"

extern const char k_api_audit_0001_audit_sql[];

namespace api::audit {
namespace {

using foundation::Code;
using foundation::fail;
using foundation::database::Row;

constexpr std::int64_t kPage = 1'000;

Done insert(Session& session, const AuditEntry& entry, const AuditRecord& record, WallTime at) {
  auto added = session.execute(
      "INSERT INTO audit_entries (organization, seq, workspace, kind, at, leaf, hash)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {entry.organization, record.seq, entry.workspace.value_or(""), std::string(to_string(entry.kind)),
       std::int64_t(at.time_since_epoch().count()), record.leaf, record.hash});
  if (!added) return std::unexpected(added.error());
  auto advanced = session.execute(
      "INSERT INTO audit_heads (organization, seq, hash) VALUES ($1, $2, $3)"
      " ON CONFLICT (organization) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
      {entry.organization, record.seq, record.hash});
  if (!advanced) return std::unexpected(advanced.error());
  return {};
}

struct Page {
  std::vector<std::string> leaves;
  std::vector<std::string> hashes;
};

Result<Page> page_after(Session& session, const std::string& organization, std::int64_t seq) {
  auto rows =
      session.query("SELECT leaf, hash FROM audit_entries WHERE organization = $1 AND seq > $2 ORDER BY seq LIMIT $3",
                    {organization, seq, kPage});
  if (!rows) return std::unexpected(rows.error());
  Page page;
  for (const auto& row : *rows) {
    page.leaves.push_back(row.text(0));
    page.hashes.push_back(row.text(1));
  }
  return page;
}

// The first leaf of which the stored hash is not the hash.
std::optional<std::size_t> first_wrong_hash(const Page& page) {
  for (std::size_t i = 0; i < page.leaves.size(); ++i)
    if (leaf_hash(page.leaves[i]) != page.hashes[i]) return i;
  return std::nullopt;
}

// A page's verdict: the chain's own, unless a stored hash is wrong at an earlier entry. A changed leaf shows as the
// changed entry, not as the one after it.
std::expected<ChainHead, BadEntry> verify_page(const Page& page, const ChainHead& from) {
  auto wrong = first_wrong_hash(page);
  auto verdict = verify(page.leaves, from);
  if (wrong && (verdict || verdict.error().index >= *wrong))
    return std::unexpected(BadEntry{*wrong, "is not what its hash names"});
  return verdict;
}

}  // namespace

Result<ChainHead> head(Session& session, const std::string& organization) {
  auto rows = session.query("SELECT seq, hash FROM audit_heads WHERE organization = $1", {organization});
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return ChainHead{0, std::string(kGenesis)};
  return ChainHead{rows->front().integer(0), rows->front().text(1)};
}

Result<AuditRecord> append(Session& session, const AuditEntry& entry, WallTime at) {
  auto last = head(session, entry.organization);
  if (!last) return std::unexpected(last.error());
  auto leaf = leaf_of(entry, last->seq + 1, last->hash, at);
  if (!leaf) return std::unexpected(leaf.error());
  auto hash = leaf_hash(*leaf);
  AuditRecord record{last->seq + 1, std::move(hash), std::move(*leaf)};
  if (auto done = insert(session, entry, record, at); !done) return fail_with("append audit entry", done.error());
  return record;
}

Result<std::vector<AuditRecord>> list(Session& session, const std::string& organization,
                                      const std::optional<std::string>& workspace, std::int64_t before_seq,
                                      std::size_t limit) {
  std::string sql = "SELECT seq, hash, leaf FROM audit_entries WHERE organization = $1 AND ($2 = 0 OR seq < $2)";
  std::vector<foundation::database::Cell> parameters = {organization, before_seq,
                                                        std::int64_t(std::min(limit, kMaxListed))};
  if (workspace) {
    sql += " AND workspace = $4";
    parameters.emplace_back(*workspace);
  }
  auto rows = session.query(sql + " ORDER BY seq DESC LIMIT $3", std::move(parameters));
  if (!rows) return std::unexpected(rows.error());
  std::vector<AuditRecord> records;
  for (const auto& row : *rows) records.push_back({row.integer(0), row.text(1), row.text(2)});
  return records;
}

Result<std::expected<ChainHead, BadEntry>> verify_chain(Session& session, const std::string& organization) {
  using Verdict = std::expected<ChainHead, BadEntry>;
  auto until = head(session, organization);
  if (!until) return std::unexpected(until.error());
  ChainHead reached{0, std::string(kGenesis)};
  for (std::size_t before = 0;;) {
    auto page = page_after(session, organization, reached.seq);
    if (!page) return std::unexpected(page.error());
    if (page->leaves.empty()) break;
    auto verdict = verify_page(*page, reached);
    if (!verdict) return Verdict(std::unexpected(BadEntry{before + verdict.error().index, verdict.error().why}));
    reached = *verdict;
    before += page->leaves.size();
  }
  auto ends = verify({}, reached, *until);
  if (ends) return Verdict(reached);
  bool cut = reached.seq < until->seq;
  auto index = std::size_t(cut || reached.seq == 0 ? reached.seq : reached.seq - 1);
  return Verdict(std::unexpected(BadEntry{index, ends.error().why}));
}

std::span<const foundation::database::Migration> migrations() {
  static const foundation::database::Migration kMigrations[] = {{"api/audit", 1, k_api_audit_0001_audit_sql}};
  return kMigrations;
}

}  // namespace api::audit
