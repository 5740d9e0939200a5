#include "foundation/database/migrations.h"

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace foundation::database {
namespace {

constexpr std::string_view kTable =
    "CREATE TABLE IF NOT EXISTS hks_migrations (room TEXT NOT NULL, number INTEGER NOT NULL, digest TEXT NOT NULL, "
    "PRIMARY KEY (room, number)) STRICT, WITHOUT ROWID";

using Applied = std::map<std::string, std::map<int, std::string>, std::less<>>;  // room -> number -> digest

// FNV-1a: against an edit by accident, not against an attacker.
std::string digest_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (unsigned char c : text) hash = (hash ^ c) * 0x100000001b3;
  return fmt::format("fnv1a:{:016x}", hash);
}

std::string name_of(const Migration& migration) { return fmt::format("{}/{:04}", migration.room, migration.number); }

Done check_numbers(std::span<const Migration> migrations) {
  std::map<std::string_view, int> last;
  for (const auto& migration : migrations)
    if (migration.number != ++last[migration.room])
      return fail(Code::invalid, "order migrations", name_of(migration) + " is out of order");
  return {};
}

Result<Applied> applied(SqliteConnection& connection) {
  auto rows = connection.query("SELECT room, number, digest FROM hks_migrations", {});
  if (!rows) return std::unexpected(rows.error());
  Applied found;
  for (const auto& row : *rows) found[row.text(0)][int(row.integer(1))] = row.text(2);
  return found;
}

Done check_history(std::span<const Migration> migrations, const Applied& done) {
  std::map<std::string_view, int> known;
  for (const auto& migration : migrations) {
    known[migration.room] = migration.number;
    auto room = done.find(migration.room);
    if (room == done.end()) continue;
    auto entry = room->second.find(migration.number);
    if (entry != room->second.end() && entry->second != digest_of(migration.sql))
      return fail(Code::conflict, "compare migrations", name_of(migration) + " was applied with another text");
    if (entry == room->second.end() && room->second.rbegin()->first > migration.number)
      return fail(Code::conflict, "compare migrations", name_of(migration) + " is missing before later ones");
  }
  for (const auto& [room, number] : known) {
    auto there = done.find(room);
    if (there != done.end() && there->second.rbegin()->first > number)
      return fail(Code::conflict, "compare migrations", fmt::format("the file is ahead of this program in {}", room));
  }
  return {};
}

Done apply(SqliteConnection& connection, const Migration& migration) {
  if (auto begun = connection.script("BEGIN IMMEDIATE"); !begun) return begun;
  auto done = connection.script(migration.sql);
  if (done) {
    auto noted =
        connection.execute("INSERT INTO hks_migrations VALUES ($1, $2, $3)",
                           {std::string(migration.room), std::int64_t(migration.number), digest_of(migration.sql)});
    if (!noted) done = std::unexpected(noted.error());
  }
  if (done) done = connection.script("COMMIT");
  if (!done && connection.in_transaction()) (void)connection.script("ROLLBACK");
  return done;
}

}  // namespace

Done apply_migrations(SqliteConnection& connection, std::span<const Migration> migrations) {
  if (auto ordered = check_numbers(migrations); !ordered) return ordered;
  if (auto made = connection.script(kTable); !made) return made;
  auto found = applied(connection);
  if (!found) return std::unexpected(found.error());
  if (auto fits = check_history(migrations, *found); !fits) return fits;
  for (const auto& migration : migrations) {
    auto room = found->find(migration.room);
    if (room != found->end() && room->second.contains(migration.number)) continue;
    if (auto done = apply(connection, migration); !done)
      return fail_with("apply migration " + name_of(migration), done.error());
  }
  return {};
}

}  // namespace foundation::database
