#include "foundation/database/sqlite_connection.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace foundation::database {
namespace {

constexpr int kInstructionsBetweenClockReads = 10'000;  // about 0.1 ms

struct Mapping {
  int sqlite;
  Code code;
};
// Extended codes first, then primary ones.
constexpr Mapping kMappings[] = {
    {SQLITE_CONSTRAINT_UNIQUE, Code::conflict},
    {SQLITE_CONSTRAINT_PRIMARYKEY, Code::conflict},
    {SQLITE_CONSTRAINT_ROWID, Code::conflict},
    {SQLITE_CONSTRAINT_FOREIGNKEY, Code::conflict},
    {SQLITE_CONSTRAINT, Code::invalid},  // CHECK, NOT NULL, a trigger's RAISE
    {SQLITE_BUSY, Code::unavailable},
    {SQLITE_LOCKED, Code::unavailable},
    {SQLITE_FULL, Code::unavailable},
    {SQLITE_IOERR, Code::unavailable},
    {SQLITE_CANTOPEN, Code::unavailable},
    {SQLITE_READONLY, Code::unavailable},
    {SQLITE_PERM, Code::unavailable},
    {SQLITE_PROTOCOL, Code::unavailable},
    {SQLITE_NOMEM, Code::unavailable},
    {SQLITE_CORRUPT, Code::corrupt},
    {SQLITE_NOTADB, Code::corrupt},
    {SQLITE_INTERRUPT, Code::too_large},
    {SQLITE_TOOBIG, Code::too_large},
};

// An existing file is never opened here: closing it would drop the locks of this process's other connections.
// SQLite gives its -wal and -shm the file's mode.
Done make_private_file(const std::filesystem::path& file) {
  int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0) ::close(fd);
  struct stat status{};
  if (fd < 0 && errno != EEXIST) return fail(Code::unavailable, "make database file", std::strerror(errno));
  if (::stat(file.c_str(), &status) != 0) return fail(Code::unavailable, "find database file", std::strerror(errno));
  if ((status.st_mode & 077) != 0 && ::chmod(file.c_str(), status.st_mode & 0700) != 0)
    return fail(Code::unavailable, "restrict database file", std::strerror(errno));
  return {};
}

// SQLITE_STATIC: the parameters outlive the statement's use, and Use clears the bindings.
int bind_cell(sqlite3_stmt* statement, int index, const Cell& cell) {
  switch (cell.index()) {
    case 1: return sqlite3_bind_int64(statement, index, std::get<1>(cell));
    case 2: return sqlite3_bind_double(statement, index, std::get<2>(cell));
    case 3: {
      const auto& text = std::get<3>(cell);
      return sqlite3_bind_text64(statement, index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    case 4: {
      const auto& bytes = std::get<4>(cell).bytes;
      return sqlite3_bind_blob64(statement, index, bytes.data(), bytes.size(), SQLITE_STATIC);
    }
    default: return sqlite3_bind_null(statement, index);
  }
}

std::string column_bytes(const void* data, int size) {
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), std::size_t(size));
}

Cell column_cell(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: return sqlite3_column_int64(statement, column);
    case SQLITE_FLOAT: return sqlite3_column_double(statement, column);
    case SQLITE_TEXT: {
      const auto* text = sqlite3_column_text(statement, column);
      return column_bytes(text, sqlite3_column_bytes(statement, column));
    }
    case SQLITE_BLOB: {
      const auto* bytes = sqlite3_column_blob(statement, column);
      return Blob{column_bytes(bytes, sqlite3_column_bytes(statement, column))};
    }
    default: return std::monostate();
  }
}

Row current_row(sqlite3_stmt* statement) {
  std::vector<Cell> cells(std::size_t(sqlite3_column_count(statement)));
  for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = column_cell(statement, int(i));
  return Row(std::move(cells));
}

}  // namespace

Error error_from_sqlite(int extended_code, std::string doing, std::string cause) {
  for (const auto& mapping : kMappings)
    if (mapping.sqlite == extended_code || mapping.sqlite == (extended_code & 0xff))
      return {mapping.code, std::move(doing), std::move(cause)};
  return {Code::internal, std::move(doing), std::move(cause)};
}

SqliteConnection::Use::~Use() {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
}

SqliteConnection::SqliteConnection(sqlite3* raw, Milliseconds statement_time)
    : raw_(raw), statement_time_(statement_time) {
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, kBusyTimeoutMs);
  auto out_of_time = [](void* self) {
    return int(std::chrono::steady_clock::now() > static_cast<SqliteConnection*>(self)->statement_end_);
  };
  sqlite3_progress_handler(raw, kInstructionsBetweenClockReads, out_of_time, this);
}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const std::filesystem::path& file, Access access,
                                                                 Milliseconds statement_time) {
  if (auto made = make_private_file(file); !made) return std::unexpected(made.error());
  sqlite3* raw = nullptr;
  int code = sqlite3_open_v2(file.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<SqliteConnection> connection;
  if (raw != nullptr) connection.reset(new SqliteConnection(raw, statement_time));
  if (code != SQLITE_OK || !connection)
    return std::unexpected(error_from_sqlite(code, "open database", sqlite3_errstr(code)));
  if (sqlite3_db_readonly(raw, "main") == 1) return fail(Code::unavailable, "open database", "the file is read-only");
  auto mode = connection->query("PRAGMA journal_mode = WAL", {});
  if (!mode) return std::unexpected(mode.error());
  if (mode->empty() || mode->front().text(0) != "wal") return fail(Code::unavailable, "open database", "no WAL here");
  // In memory: what a savepoint may take back. On disk it was nine writes of ten in a commit of a hundred audit
  // entries.
  auto set = connection->script(
      "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA synchronous = NORMAL; PRAGMA temp_store = "
      "MEMORY;");
  if (set && access == Access::read) set = connection->script("PRAGMA query_only = ON;");
  if (!set) return std::unexpected(set.error());
  return connection;
}

std::unexpected<Error> SqliteConnection::failed(int code, std::string doing) const {
  return std::unexpected(error_from_sqlite(code, std::move(doing), sqlite3_errmsg(raw_.get())));
}

Result<const SqliteConnection::Statement*> SqliteConnection::prepare(std::string_view sql) {
  if (auto found = statements_.find(sql); found != statements_.end()) return &found->second;
  std::string text(sql);
  sqlite3_stmt* raw = nullptr;
  const char* rest = nullptr;
  int code = sqlite3_prepare_v3(raw_.get(), text.c_str(), int(text.size() + 1), SQLITE_PREPARE_PERSISTENT, &raw, &rest);
  Statement statement{std::unique_ptr<sqlite3_stmt, CloseStatement>(raw), {}};
  if (code != SQLITE_OK) return failed(code, "prepare statement");
  if (!raw || std::string_view(rest).find_first_not_of(" \t\r\n;") != std::string_view::npos)
    return fail(Code::internal, "prepare statement", "not exactly one statement");
  for (int i = 1; i <= sqlite3_bind_parameter_count(raw); ++i)
    statement.places.push_back(sqlite3_bind_parameter_index(raw, fmt::format("${}", i).c_str()));
  if (statements_.size() >= kMaxCachedStatements) statements_.clear();
  return &statements_.emplace(std::move(text), std::move(statement)).first->second;
}

Done SqliteConnection::bind(const Statement& statement, const std::vector<Cell>& parameters) {
  if (statement.places.size() != parameters.size())
    return fail(Code::internal, "bind parameters", "the statement has another number of them");
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    int place = statement.places[i];
    if (place == 0) return fail(Code::internal, "bind parameters", fmt::format("${} is not in the statement", i + 1));
    if (int code = bind_cell(statement.raw.get(), place, parameters[i]); code != SQLITE_OK)
      return failed(code, fmt::format("bind ${}", i + 1));
  }
  return {};
}

Result<std::vector<Row>> SqliteConnection::query(std::string_view sql, const std::vector<Cell>& parameters) {
  auto statement = prepare(sql);
  if (!statement) return std::unexpected(statement.error());
  Use use((*statement)->raw.get());
  if (auto bound = bind(**statement, parameters); !bound) return std::unexpected(bound.error());
  statement_end_ = std::chrono::steady_clock::now() + statement_time_;
  std::vector<Row> rows;
  int code = 0;
  while ((code = sqlite3_step(use.statement)) == SQLITE_ROW) {
    if (rows.size() == kMaxRows) return fail(Code::too_large, "run query", fmt::format("over {} rows", kMaxRows));
    rows.push_back(current_row(use.statement));
  }
  if (code != SQLITE_DONE) return failed(code, "run query");
  return rows;
}

Result<std::int64_t> SqliteConnection::execute(std::string_view sql, const std::vector<Cell>& parameters) {
  auto statement = prepare(sql);
  if (!statement) return std::unexpected(statement.error());
  Use use((*statement)->raw.get());
  if (auto bound = bind(**statement, parameters); !bound) return std::unexpected(bound.error());
  statement_end_ = std::chrono::steady_clock::now() + statement_time_;
  auto before = sqlite3_total_changes64(raw_.get());
  int code = 0;
  while ((code = sqlite3_step(use.statement)) == SQLITE_ROW) {
  }
  if (code != SQLITE_DONE) return failed(code, "run statement");
  // changes() keeps the number of an earlier statement when this one is not an INSERT, UPDATE or DELETE.
  return sqlite3_total_changes64(raw_.get()) == before ? 0 : sqlite3_changes64(raw_.get());
}

Done SqliteConnection::script(std::string_view sql) {
  statement_end_ = SteadyTime::max();  // a migration of a large table may take long
  std::string text(sql);
  int code = sqlite3_exec(raw_.get(), text.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failed(code, "run script");
  return {};
}

bool SqliteConnection::in_transaction() const { return sqlite3_get_autocommit(raw_.get()) == 0; }

}  // namespace foundation::database
