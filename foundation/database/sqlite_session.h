// The Session that a job sees: one connection inside one transaction, and the time the job began.
// Lives on the stack of the thread that runs the job.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/database/database.h"
#include "foundation/database/sqlite_connection.h"

namespace foundation::database {

class SqliteSession final : public Session {
 public:
  SqliteSession(SqliteConnection& connection, const Clock& clock) : connection_(connection), now_(clock.wall()) {}
  Result<std::vector<Row>> query(std::string_view sql, std::vector<Cell> parameters) override {
    if (auto open = still_open(); !open) return std::unexpected(open.error());
    return connection_.query(sql, parameters);
  }
  Result<std::int64_t> execute(std::string_view sql, std::vector<Cell> parameters) override {
    if (auto open = still_open(); !open) return std::unexpected(open.error());
    return connection_.execute(sql, parameters);
  }
  WallTime now() const override { return now_; }

 private:
  // Without this, a statement after a lost transaction would commit on its own.
  Done still_open() const {
    if (connection_.in_transaction()) return {};
    return fail(Code::unavailable, "run statement", "the transaction was lost to an earlier error");
  }
  SqliteConnection& connection_;
  WallTime now_;
};

}  // namespace foundation::database
