// The database seam: SQL text with $1.. parameters, typed cells, two ways in. SQLite stands behind it now, PostgreSQL
// later.
//
// Reads run on one of N reader connections; writes on the single writer, each inside a transaction of its own that is
// rolled back when the work returns an error. Waiting writes share one commit (group commit): a write's task ends after
// its commit, and a durable one after the data is on the disk. Threads: tasks resume on the caller's executor; the work
// runs on the database's threads, must own what it touches, and may not touch its caller's frame. Cancelling a task
// does not stop work that was handed over. Ending the database finishes all waiting work; every executor that waits on
// it must still exist then, so it is made after its executors and ends before them.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "foundation/async/task.h"
#include "foundation/base/clock.h"
#include "foundation/base/error.h"

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
  double real(std::size_t column) const;
  const std::string& text(std::size_t column) const;
  const std::string& blob(std::size_t column) const;
  bool is_null(std::size_t column) const;
  std::optional<std::int64_t> optional_integer(std::size_t column) const;
  std::optional<std::string> optional_text(std::size_t column) const;

 private:
  std::vector<Cell> cells_;
};

// A connection inside a transaction. Every parameter $1.. must stand in the one statement, and the other way round.
// Errors: conflict (a unique or foreign key), invalid (another constraint or a trigger refused), unavailable (full,
// locked, read-only, gone), corrupt, too_large (more than kMaxRows rows, a value over SQLite's limit, or the statement
// ran out of its time), internal (the SQL is wrong). After unavailable or too_large the transaction may be gone: then
// every further statement is unavailable too, and so is the whole commit.
class Session {
 public:
  virtual ~Session() = default;
  virtual Result<std::vector<Row>> query(std::string_view sql, std::vector<Cell> parameters = {}) = 0;
  virtual Result<std::int64_t> execute(std::string_view sql, std::vector<Cell> parameters = {}) = 0;  // rows changed
  virtual WallTime now() const = 0;  // the database's clock: the one that leases and deadlines are judged by
};

inline constexpr std::size_t kMaxRows = 100'000;
inline constexpr std::size_t kMaxQueuedWrites = 4'096;  // beyond it: Code::rate_limited
inline constexpr std::size_t kMaxQueuedReads = 4'096;   // the same

enum class Durability {
  normal,   // survives a crash of the process
  durable,  // survives a crash of the machine: intents and audit
};

// One piece of work on its way through an engine, which runs it, or does not, and then gives it to finish: that takes
// it back to its caller's executor. Only there does it end, with all that the work holds.
struct Job {
  explicit Job(Durability d) : durability(d) {}
  virtual ~Job() = default;
  virtual bool run(Session& session) = 0;  // false: roll this one back
  // After the commit, or with why there was none, whatever run returned. Once.
  virtual void finish(std::unique_ptr<Job> self, Done committed) = 0;
  Durability durability;
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
  // At start, before any task: applies what is missing, in the given order, each in its own transaction. invalid: a
  // room's numbers are not 1, 2, ...; conflict: the file is ahead of this list or was made by other texts.
  virtual Done migrate(std::span<const Migration> migrations) = 0;

 protected:
  virtual void post_read(std::unique_ptr<Job> job) = 0;
  virtual void post_write(std::unique_ptr<Job> job) = 0;  // a full queue calls finish with Code::rate_limited

 private:
  template <class F, class R, class Handler>
  struct Waiting final : Job {
    Waiting(Durability d, F w, Handler h)
        : Job(d), back(async::asio::make_work_guard(h)), on_done(std::move(h)), work(std::move(w)) {}
    bool run(Session& session) override {
      result.emplace(work(session));
      return result->has_value();
    }
    void finish(std::unique_ptr<Job> self, Done committed) override {
      if (!committed) result.emplace(std::unexpected(std::move(committed.error())));
      async::asio::post(back.get_executor(), [self = std::move(self)]() mutable { complete(std::move(self)); });
    }
    // The coroutine may end everything that `self` borrows from, so `self` goes first.
    static void complete(std::unique_ptr<Job> self) {
      auto& waiting = static_cast<Waiting&>(*self);
      auto guard = std::move(waiting.back);
      auto handler = std::move(waiting.on_done);
      R value = std::move(*waiting.result);
      self.reset();
      std::move(handler)(std::move(value));
    }
    async::asio::executor_work_guard<async::asio::associated_executor_t<Handler>> back;
    Handler on_done;
    F work;
    std::optional<R> result;  // set by run, or by finish
  };

  template <class F, class R>
  async::asio::awaitable<R> submit(bool writes, Durability durability, F work) {
    namespace asio = async::asio;
    co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(R)>(
        [this, writes, durability](auto handler, F job_work) {
          auto job =
              std::make_unique<Waiting<F, R, decltype(handler)>>(durability, std::move(job_work), std::move(handler));
          writes ? post_write(std::move(job)) : post_read(std::move(job));
        },
        asio::use_awaitable, std::move(work));
  }
};

struct SqliteOptions {
  std::filesystem::path file;  // made with mode 0600 when missing
  int readers = 2;
  Milliseconds statement_time{5'000};
  const Clock* clock = nullptr;  // null: the system's
};
Result<std::unique_ptr<Database>> open_sqlite(SqliteOptions options);

}  // namespace foundation::database
