// The database seam: SQL text with $1.. parameters, typed cells, two ways in. SQLite stands behind it now, PostgreSQL
// later.
//
// Reads run on one of N reader connections; writes on the single writer, each inside a transaction of its own that is
// rolled back when the work returns an error. Waiting writes share one commit (group commit): a write's task ends after
// its commit, and a durable one after the data is on the disk. Threads: tasks resume on the caller's executor; the work
// runs on the database's threads, must own what it touches, and may not touch its caller's frame.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "foundation/async/task.h"
#include "foundation/base/clock.h"

namespace foundation::database {

struct Blob {
  std::string bytes;
};
using Cell = std::variant<std::monostate, std::int64_t, double, std::string, Blob>;

class Row {
 public:
  explicit Row(std::vector<Cell> cells) : cells_(std::move(cells)) {}
  // A mistyped column is a bug in our own SQL: these abort rather than return a wrong value.
  std::int64_t integer(std::size_t column) const;
  const std::string& text(std::size_t column) const;
  const std::string& blob(std::size_t column) const;
  bool is_null(std::size_t column) const;
  std::optional<std::int64_t> optional_integer(std::size_t column) const;
  std::optional<std::string> optional_text(std::size_t column) const;

 private:
  std::vector<Cell> cells_;
};

// A connection inside a transaction. Errors: conflict (a unique or foreign key), unavailable (full, locked, gone),
// corrupt, too_large (more than kMaxRows rows, or the statement ran out of its time).
class Session {
 public:
  virtual ~Session() = default;
  virtual Result<std::vector<Row>> query(std::string_view sql, std::vector<Cell> parameters = {}) = 0;
  virtual Result<std::int64_t> execute(std::string_view sql, std::vector<Cell> parameters = {}) = 0;  // rows changed
  virtual WallTime now() const = 0;  // the database's clock: the one that leases and deadlines are judged by
};

inline constexpr std::size_t kMaxRows = 100'000;
inline constexpr std::size_t kMaxQueuedWrites = 4'096;  // beyond it: Code::rate_limited

enum class Durability {
  normal,   // survives a crash of the process
  durable,  // survives a crash of the machine: intents and audit
};

struct Migration {
  std::string_view room;  // "api/turns"
  int number;             // 1, 2, ... within the room
  std::string_view sql;
};

class Database {
 public:
  virtual ~Database() = default;

  // F: Result<T>(Session&).
  template <class F, class R = std::invoke_result_t<F, Session&>>
  async::asio::awaitable<R> read(F work) {
    return submit<F, R>(false, Durability::normal, std::move(work));
  }
  template <class F, class R = std::invoke_result_t<F, Session&>>
  async::asio::awaitable<R> write(Durability durability, F work) {
    return submit<F, R>(true, durability, std::move(work));
  }
  // At start, before any task: applies what is missing, in the given order, each in its own transaction.
  virtual Done migrate(std::span<const Migration> migrations) = 0;

 protected:
  struct Job {
    Durability durability = Durability::normal;
    std::move_only_function<bool(Session&)> run;  // false: roll this one back
    std::move_only_function<void(Done)> finish;   // after the commit, or with why there was none
  };
  virtual void post_read(Job job) = 0;
  virtual void post_write(Job job) = 0;  // a full queue calls finish with Code::rate_limited

 private:
  template <class F, class R>
  async::asio::awaitable<R> submit(bool writes, Durability durability, F work) {
    namespace asio = async::asio;
    co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(R)>(
        [this, writes, durability](auto handler, F job_work) {
          struct Shared {  // lives on the database's thread between run and finish
            decltype(handler) on_done;
            F work;
            std::optional<R> result;
          };
          auto back = asio::get_associated_executor(handler);
          auto shared = std::make_shared<Shared>(Shared{std::move(handler), std::move(job_work), std::nullopt});
          Job job{durability,
                  [shared](Session& session) {
                    shared->result.emplace(shared->work(session));
                    return shared->result->has_value();
                  },
                  [shared, guard = asio::make_work_guard(back)](Done committed) mutable {
                    R result = !committed && (!shared->result || shared->result->has_value())
                                   ? R(std::unexpected(committed.error()))
                                   : std::move(*shared->result);
                    auto on = guard.get_executor();
                    asio::post(on, [shared, result = std::move(result)]() mutable {
                      std::move(shared->on_done)(std::move(result));
                    });
                  }};
          writes ? post_write(std::move(job)) : post_read(std::move(job));
        },
        async::asio::use_awaitable, std::move(work));
  }
};

struct SqliteOptions {
  std::filesystem::path file;
  int readers = 2;
  Milliseconds statement_time{5'000};
  const Clock* clock = nullptr;  // null: the system's
};
Result<std::unique_ptr<Database>> open_sqlite(SqliteOptions options);

}  // namespace foundation::database
