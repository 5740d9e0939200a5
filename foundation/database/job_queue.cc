#include "foundation/database/job_queue.h"

#include <algorithm>
#include <iterator>

namespace foundation::database {

void JobQueue::push(std::unique_ptr<Job> job) {
  if (auto added = add(job); !added) finish(std::move(job), std::move(added));
}

Done JobQueue::add(std::unique_ptr<Job>& job) {
  std::lock_guard lock(mutex_);
  if (closed_) return fail(Code::unavailable, "queue work", "the database is closing");
  if (jobs_.size() >= bound_) return fail(Code::rate_limited, "queue work", "too much work is waiting");
  jobs_.push_back(std::move(job));
  changed_.notify_one();
  return {};
}

std::vector<std::unique_ptr<Job>> JobQueue::take(std::size_t at_most) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return closed_ || !jobs_.empty(); });
  auto end = jobs_.begin() + std::ptrdiff_t(std::min(at_most, jobs_.size()));
  std::vector<std::unique_ptr<Job>> taken(std::move_iterator(jobs_.begin()), std::move_iterator(end));
  jobs_.erase(jobs_.begin(), end);
  return taken;
}

void JobQueue::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

}  // namespace foundation::database
