#include "foundation/database/readers.h"

#include "foundation/database/sqlite_session.h"

namespace foundation::database {
namespace {

Done read(Job& job, SqliteConnection& connection, const Clock& clock) {
  if (auto begun = connection.execute("BEGIN", {}); !begun) return std::unexpected(begun.error());
  SqliteSession session(connection, clock);
  job.run(session);
  if (connection.in_transaction()) (void)connection.execute("ROLLBACK", {});  // nothing to keep
  return {};
}

}  // namespace

Readers::Readers(std::vector<std::unique_ptr<SqliteConnection>> connections, const Clock& clock)
    : connections_(std::move(connections)), clock_(clock) {
  for (auto& connection : connections_) threads_.emplace_back([this, &connection] { run(*connection); });
}

Readers::~Readers() {
  queue_.close();
  threads_.clear();  // joins
}

void Readers::run(SqliteConnection& connection) {
  while (true) {
    auto taken = queue_.take(1);
    if (taken.empty()) return;
    auto done = read(*taken.front(), connection, clock_);
    finish(std::move(taken.front()), std::move(done));
  }
}

}  // namespace foundation::database
