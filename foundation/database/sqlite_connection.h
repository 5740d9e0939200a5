// One SQLite connection and its prepared statements. Owned and used by one thread at a time.
#pragma once
#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/base/error.h"
#include "foundation/database/database.h"

namespace foundation::database {

inline constexpr int kBusyTimeoutMs = 250;  // another process holds the write lock: wait this long, then unavailable
inline constexpr std::size_t kMaxCachedStatements = 256;

Error error_from_sqlite(int extended_code, std::string doing, std::string cause);

enum class Access { read, write };

class SqliteConnection {
 public:
  // Makes the file with mode 0600 when it is missing, and takes the rights of others from one that is there.
  static Result<std::unique_ptr<SqliteConnection>> open(const std::filesystem::path& file, Access access,
                                                        Milliseconds statement_time);

  Result<std::vector<Row>> query(std::string_view sql, const std::vector<Cell>& parameters);
  Result<std::int64_t> execute(std::string_view sql, const std::vector<Cell>& parameters);  // rows changed
  Done script(std::string_view sql);  // any number of statements, no parameters
  bool in_transaction() const;        // SQLite ends a transaction by itself after some errors

 private:
  struct CloseConnection {
    void operator()(sqlite3* raw) const { sqlite3_close(raw); }
  };
  struct CloseStatement {
    void operator()(sqlite3_stmt* raw) const { sqlite3_finalize(raw); }
  };
  struct Statement {
    std::unique_ptr<sqlite3_stmt, CloseStatement> raw;
    std::vector<int> places;  // SQLite's numbers of $1, $2 ...; 0: it stands nowhere
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  // Resets a statement when its use ends; it does not own it.
  struct Use {
    explicit Use(sqlite3_stmt* s) : statement(s) {}
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    sqlite3_stmt* statement;
  };

  SqliteConnection(sqlite3* raw, Milliseconds statement_time);
  Result<const Statement*> prepare(std::string_view sql);
  Done bind(const Statement& statement, const std::vector<Cell>& parameters);
  std::unexpected<Error> failed(int code, std::string doing) const;

  std::unique_ptr<sqlite3, CloseConnection> raw_;  // before the statements: they end first
  std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> statements_;
  Milliseconds statement_time_;
  SteadyTime statement_end_ = SteadyTime::max();
};

}  // namespace foundation::database
