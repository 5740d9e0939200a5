// The one writer: a thread that takes all waiting jobs, up to a bound, into one transaction, each inside a savepoint of
// its own, and answers them after the commit. Ends when the queue is closed and empty.
#pragma once
#include <memory>
#include <span>
#include <thread>

#include "foundation/base/clock.h"
#include "foundation/database/job_queue.h"
#include "foundation/database/sqlite_connection.h"

namespace foundation::database {

inline constexpr std::size_t kMaxJobsPerCommit = 256;

class Writer {
 public:
  Writer(std::unique_ptr<SqliteConnection> connection, const Clock& clock);
  ~Writer();
  void post(std::unique_ptr<Job> job) { queue_.push(std::move(job)); }

 private:
  using Jobs = std::span<std::unique_ptr<Job>>;
  void run();
  std::size_t commit_some(Jobs jobs);  // how many of them are finished, at least one
  Done begin(Durability durability);
  Done run_in_savepoint(Job& job, bool& succeeded);

  std::unique_ptr<SqliteConnection> connection_;
  const Clock& clock_;
  Durability set_durability_ = Durability::normal;
  JobQueue queue_{kMaxQueuedWrites};
  std::jthread thread_;  // last: it uses the others
};

}  // namespace foundation::database
