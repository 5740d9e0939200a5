#include "ai-ops/conversations/conversations.h"

#include <algorithm>

#include "ai-ops/conversations/about.h"
#include "ai-ops/conversations/names_in_text.h"

extern const char k_ai_ops_conversations_0001_conversations_sql[];

namespace ai_ops::conversations {
namespace {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::Milliseconds;
using foundation::WallTime;
using foundation::database::Durability;
using foundation::database::Session;

std::int64_t ms(WallTime at) { return at.time_since_epoch().count(); }
WallTime time_of(std::int64_t ms) { return WallTime(Milliseconds(ms)); }

// Within the bounds. A turn that names more objects than can be withheld again keeps no prose.
Entry bounded(Entry entry) {
  entry.message = first_words(std::move(entry.message), kMaxMessageBytes);
  entry.answer = first_words(std::move(entry.answer), kMaxAnswerBytes);
  if (entry.mentioned.size() <= kMaxMentioned) return entry;
  entry.mentioned.resize(kMaxMentioned);
  entry.message = entry.answer = "";
  return entry;
}

// The position of the owner's next turn in the conversation, which is made when it is not there.
Result<std::int64_t> next_position(Session& session, const Owner& owner, const std::string& id, const Entry& entry) {
  auto rows = session.query(
      "INSERT INTO conversations (workspace, user_name, id, title, title_mentions, began_at, last_at, last_position)"
      " VALUES ($1, $2, $3, $4, $5, $6, $6, 1) ON CONFLICT (workspace, user_name, id)"
      " DO UPDATE SET last_at = excluded.last_at, last_position = conversations.last_position + 1"
      " RETURNING last_position",
      {owner.workspace, owner.user, id, first_words(entry.message, kMaxTitleBytes), refs_text(entry.mentioned),
       ms(entry.at)});
  if (!rows) return std::unexpected(rows.error());
  return rows->front().integer(0);
}

Done add_turn(Session& session, const Owner& owner, const std::string& id, const Entry& entry, std::int64_t position) {
  auto added = session.execute(
      "INSERT INTO conversation_turns (workspace, user_name, conversation, position, turn, message, answer, about, at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      {owner.workspace, owner.user, id, position, entry.turn, entry.message, entry.answer, about_text(entry),
       ms(entry.at)});
  if (!added) return std::unexpected(added.error());
  auto gone = session.execute(
      "DELETE FROM conversation_turns WHERE workspace = $1 AND user_name = $2 AND conversation = $3"
      " AND position <= $4",
      {owner.workspace, owner.user, id, position - std::int64_t(kMaxTurnsKept)});
  if (!gone) return std::unexpected(gone.error());
  return Done{};
}

Done forget_longest_unused(Session& session, const Owner& owner) {
  auto gone = session.execute(
      "DELETE FROM conversations WHERE workspace = $1 AND user_name = $2 AND id NOT IN"
      " (SELECT id FROM conversations WHERE workspace = $1 AND user_name = $2"
      "  ORDER BY last_at DESC, id DESC LIMIT $3)",
      {owner.workspace, owner.user, std::int64_t(kMaxConversations)});
  if (!gone) return std::unexpected(gone.error());
  return Done{};
}

Done append_entry(Session& session, const Owner& owner, const std::string& id, const Entry& entry) {
  auto position = next_position(session, owner, id, entry);
  if (!position) return std::unexpected(position.error());
  if (auto added = add_turn(session, owner, id, entry, *position); !added) return added;
  if (*position > 1) return Done{};
  return forget_longest_unused(session, owner);
}

Result<std::vector<Summary>> all_of(Session& session, const Owner& owner) {
  auto rows = session.query(
      "SELECT id, title, title_mentions, began_at, last_at, last_position FROM conversations"
      " WHERE workspace = $1 AND user_name = $2 ORDER BY last_at DESC, id DESC",
      {owner.workspace, owner.user});
  if (!rows) return std::unexpected(rows.error());
  std::vector<Summary> out;
  for (const auto& row : *rows)
    out.push_back({.id = row.text(0),
                   .title = row.text(1),
                   .began = time_of(row.integer(3)),
                   .last = time_of(row.integer(4)),
                   .turns = std::min(row.integer(5), std::int64_t(kMaxTurnsKept)),
                   .mentioned = refs_of(row.text(2))});
  return out;
}

Result<std::vector<Entry>> last_of(Session& session, const Owner& owner, const std::string& id, std::size_t most) {
  auto rows = session.query(
      "SELECT turn, message, answer, about, at FROM conversation_turns"
      " WHERE workspace = $1 AND user_name = $2 AND conversation = $3 ORDER BY position DESC LIMIT $4",
      {owner.workspace, owner.user, id, std::int64_t(most)});
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return fail(Code::not_found, "read conversation", "there is none");
  std::vector<Entry> out;
  for (const auto& row : *rows) {
    Entry entry{.turn = row.text(0), .message = row.text(1), .answer = row.text(2), .at = time_of(row.integer(4))};
    read_about(row.text(3), entry);
    out.push_back(std::move(entry));
  }
  std::ranges::reverse(out);
  return out;
}

Done remove_one(Session& session, const Owner& owner, const std::string& id) {
  auto gone = session.execute("DELETE FROM conversations WHERE workspace = $1 AND user_name = $2 AND id = $3",
                              {owner.workspace, owner.user, id});
  if (!gone) return std::unexpected(gone.error());
  if (*gone == 0) return fail(Code::not_found, "delete conversation", "there is none");
  return Done{};
}

}  // namespace

std::vector<foundation::database::Migration> migrations() {
  return {{"ai-ops/conversations", 1, k_ai_ops_conversations_0001_conversations_sql}};
}

Result<std::int64_t> delete_old_conversations(Session& session) {
  return session.execute(
      "DELETE FROM conversations WHERE (workspace, user_name, id) IN"
      " (SELECT workspace, user_name, id FROM conversations WHERE last_at < $1 ORDER BY last_at LIMIT $2)",
      {ms(session.now() - kRetention), foundation::database::kRetentionBatch});
}

async::Task<std::vector<Summary>> Conversations::list(async::Context&, Owner owner) {
  co_return co_await database_.read([owner](Session& session) { return all_of(session, owner); });
}

async::Task<std::vector<Entry>> Conversations::read(async::Context&, Owner owner, std::string id, std::size_t most) {
  co_return co_await database_.read([=](Session& session) { return last_of(session, owner, id, most); });
}

async::Task<void> Conversations::append(async::Context&, Owner owner, std::string id, Entry entry) {
  co_return co_await database_.write(Durability::normal,
                                     [owner, id, entry = bounded(std::move(entry))](Session& session) {
                                       return append_entry(session, owner, id, entry);
                                     });
}

async::Task<void> Conversations::remove(async::Context&, Owner owner, std::string id) {
  co_return co_await database_.write(Durability::normal,
                                     [=](Session& session) { return remove_one(session, owner, id); });
}

async::Task<void> Conversations::forget_old(async::Context& ctx) {
  co_return co_await foundation::database::apply_retention(database_, {&kConversationRetention, 1}, ctx.log);
}

}  // namespace ai_ops::conversations
