// The advisor's memory: the conversations of each user in each workspace, in its own database. Messages, answers and
// references to objects are kept; names that the user may no longer see are withheld when they are read back. Nobody
// but the user can list, read or delete them. Threads: one executor; the database has its own.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ai-ops/reader/recent.h"
#include "foundation/async/context.h"
#include "foundation/async/task.h"
#include "foundation/base/clock.h"
#include "foundation/database/database.h"
#include "foundation/database/retention.h"

namespace ai_ops::conversations {

namespace async = foundation::async;
namespace json = foundation::json;
using foundation::Result;
using foundation::kubernetes::ObjectRef;

// Whose it is. Every statement carries both.
struct Owner {
  std::string workspace;
  std::string user;
};

struct Entry {  // one turn
  std::string turn;
  std::string message;  // as the control plane forwarded it: redacted
  std::string answer;
  std::vector<ObjectRef> subjects = {};   // what it was about
  std::vector<ObjectRef> mentioned = {};  // every object that message or answer name
  reader::Intent intent = reader::Intent::unknown;
  std::vector<reader::Done> done = {};  // operations that it asked for, in order
  foundation::WallTime at{};
};

struct Summary {
  std::string id;
  std::string title;  // the first message, shortened
  foundation::WallTime began{}, last{};
  std::int64_t turns = 0;                 // that are kept
  std::vector<ObjectRef> mentioned = {};  // every object that the title may name
};

inline constexpr std::size_t kMaxTurnsKept = 200;         // of one conversation; the oldest go
inline constexpr std::size_t kMaxConversations = 200;     // of one owner; the longest unused go
inline constexpr std::chrono::days kRetention{30};        // after the last turn
inline constexpr std::size_t kMaxTitleBytes = 80;         // a longer text is cut between words
inline constexpr std::size_t kMaxMessageBytes = 8 << 10;  // the same
inline constexpr std::size_t kMaxAnswerBytes = 16 << 10;  // the same
inline constexpr std::size_t kMaxMentioned = 500;         // an answer that names more is not kept
inline constexpr std::string_view kWithheld = "<withheld>";

std::vector<foundation::database::Migration> migrations();

// Conversations whose last turn is older than kRetention, with their turns.
Result<std::int64_t> delete_old_conversations(foundation::database::Session& session);
inline constexpr foundation::database::Retention kConversationRetention{"ai-ops/conversations",
                                                                        &delete_old_conversations};

class Conversations {
 public:
  explicit Conversations(foundation::database::Database& database) : database_(database) {}
  async::Task<std::vector<Summary>> list(async::Context& ctx, Owner owner);  // the last used first
  // The last `most` turns, oldest first. not_found: there is none of this owner.
  async::Task<std::vector<Entry>> read(async::Context& ctx, Owner owner, std::string id, std::size_t most);
  async::Task<void> append(async::Context& ctx, Owner owner, std::string id, Entry entry);
  async::Task<void> remove(async::Context& ctx, Owner owner, std::string id);  // not_found, as above
  async::Task<void> forget_old(async::Context& ctx);

 private:
  foundation::database::Database& database_;
};

// Every object of the snapshot that a word of the text is the name of, in the order of the words.
std::vector<ObjectRef> mentioned_in(std::string_view text, const foundation::kubernetes::Snapshot& snapshot);

// As their user may read them now: an object that `snapshot` does not show is no longer named ("<withheld>" stands for
// the word, and for every word that contains a name of kMinHiddenInside bytes or more), nor is a project that it shows
// nothing of; a turn that was about nothing else is withheld whole, and so is one of operations with any such target.
inline constexpr std::size_t kMinHiddenInside = 4;
Entry withheld(Entry entry, const foundation::kubernetes::Snapshot& snapshot);
std::vector<Entry> withheld(std::vector<Entry> entries, const foundation::kubernetes::Snapshot& snapshot);
std::vector<Summary> withheld(std::vector<Summary> summaries, const foundation::kubernetes::Snapshot& snapshot);

// What a follow-up may refer to. Entries oldest first, withheld before.
reader::Recent recent_of(std::span<const Entry> entries);

// The conversation for a prompt, in at most `max_bytes`. What was spoken of and what was asked for stand first and stay
// longest; of the prose the oldest goes first, a turn at a time. Entries oldest first, withheld before.
std::string history_text(std::span<const Entry> entries, std::size_t max_bytes);

}  // namespace ai_ops::conversations
