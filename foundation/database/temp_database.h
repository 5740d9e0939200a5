// For tests: a real SQLite file in a folder of its own, gone at the end, and blocking ways into it.
// Aborts when it cannot be made. Threads: any of the test's.
#pragma once
#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "foundation/async/task.h"
#include "foundation/database/database.h"

namespace foundation::database {

class TempFolder {
 public:
  TempFolder() {
    auto name = (std::filesystem::temp_directory_path() / "hks-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Runs one task to its end, on a thread of its own. Its executor lives until the process ends: whatever answers a task
// may still be inside its executor when the task has gone on.
template <class R>
R wait_for(async::asio::awaitable<R> task) {
  static async::asio::thread_pool executor(1);
  return async::asio::co_spawn(executor, std::move(task), async::asio::use_future).get();
}

class TempDatabase {
 public:
  explicit TempDatabase(std::initializer_list<std::span<const Migration>> rooms = {}, const Clock* clock = nullptr) {
    options_.file = folder_.path() / "test.db";
    options_.clock = clock;
    reopen();
    for (auto room : rooms) must(database_->migrate(room));
  }
  void reopen() { reopen(options_); }
  void reopen(SqliteOptions options) {
    options_ = std::move(options);
    database_.reset();
    auto opened = open_sqlite(options_);
    must(opened ? Done{} : Done(std::unexpected(opened.error())));
    database_ = std::move(*opened);
  }
  template <class F>
  auto write(F work, Durability durability = Durability::normal) {
    return wait_for(database_->write(durability, std::move(work)));
  }
  template <class F>
  auto read(F work) {
    return wait_for(database_->read(std::move(work)));
  }
  Database& operator*() { return *database_; }
  Database* operator->() { return database_.get(); }
  const SqliteOptions& options() const { return options_; }

 private:
  static void must(const Done& done) {
    if (done) return;
    fmt::print(stderr, "test database: {}\n", done.error().text());
    std::abort();
  }
  TempFolder folder_;  // first: it outlives the database
  SqliteOptions options_;
  std::unique_ptr<Database> database_;
};

}  // namespace foundation::database
