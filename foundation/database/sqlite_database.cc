#include "foundation/database/database.h"
#include "foundation/database/migrations.h"
#include "foundation/database/readers.h"
#include "foundation/database/sqlite_connection.h"
#include "foundation/database/writer.h"

namespace foundation::database {
namespace {

const SystemClock kSystemClock;

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(SqliteOptions options, std::unique_ptr<SqliteConnection> writer,
                 std::vector<std::unique_ptr<SqliteConnection>> readers, const Clock& clock)
      : options_(std::move(options)), writer_(std::move(writer), clock), readers_(std::move(readers), clock) {}

  // On a connection of its own, which ends with it: the writer's belongs to the writer's thread.
  Done migrate(std::span<const Migration> migrations) override {
    auto connection = SqliteConnection::open(options_.file, Access::write, options_.statement_time);
    if (!connection) return std::unexpected(connection.error());
    if (auto set = (*connection)->script("PRAGMA synchronous = FULL"); !set) return set;
    return apply_migrations(**connection, migrations);
  }

 private:
  void post_read(std::unique_ptr<Job> job) override { readers_.post(std::move(job)); }
  void post_write(std::unique_ptr<Job> job) override { writer_.post(std::move(job)); }

  SqliteOptions options_;
  Writer writer_;
  Readers readers_;
};

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(SqliteOptions options) {
  auto writer = SqliteConnection::open(options.file, Access::write, options.statement_time);
  if (!writer) return std::unexpected(writer.error());
  std::vector<std::unique_ptr<SqliteConnection>> readers;
  for (int i = 0; i < options.readers; ++i) {
    auto reader = SqliteConnection::open(options.file, Access::read, options.statement_time);
    if (!reader) return std::unexpected(reader.error());
    readers.push_back(std::move(*reader));
  }
  const Clock& clock = options.clock != nullptr ? *options.clock : kSystemClock;
  return std::make_unique<SqliteDatabase>(std::move(options), std::move(*writer), std::move(readers), clock);
}

}  // namespace foundation::database
