// A bounded queue between the callers' threads and the database's. What it refuses, it finishes. Threads: any.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "foundation/database/database.h"

namespace foundation::database {

inline void finish(std::unique_ptr<Job> job, Done committed) {
  Job& self = *job;
  self.finish(std::move(job), std::move(committed));
}

class JobQueue {
 public:
  explicit JobQueue(std::size_t bound) : bound_(bound) {}
  void push(std::unique_ptr<Job> job);                          // full: rate_limited; closed: unavailable
  std::vector<std::unique_ptr<Job>> take(std::size_t at_most);  // waits for one; empty: closed and all is taken
  void close();

 private:
  Done add(std::unique_ptr<Job>& job);

  const std::size_t bound_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Job>> jobs_;
  bool closed_ = false;
};

}  // namespace foundation::database
