// The reading threads: each has a connection of its own that refuses writes, and runs one job at a time inside a
// transaction, so that all its queries see one state. They end when the queue is closed and empty.
#pragma once
#include <memory>
#include <thread>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/database/job_queue.h"
#include "foundation/database/sqlite_connection.h"

namespace foundation::database {

class Readers {
 public:
  Readers(std::vector<std::unique_ptr<SqliteConnection>> connections, const Clock& clock);
  ~Readers();
  void post(std::unique_ptr<Job> job) { queue_.push(std::move(job)); }

 private:
  void run(SqliteConnection& connection);

  std::vector<std::unique_ptr<SqliteConnection>> connections_;
  const Clock& clock_;
  JobQueue queue_{kMaxQueuedReads};
  std::vector<std::jthread> threads_;  // last: they use the others
};

}  // namespace foundation::database
