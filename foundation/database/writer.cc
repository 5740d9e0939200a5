#include "foundation/database/writer.h"

#include <algorithm>

#include "foundation/database/sqlite_session.h"

namespace foundation::database {

Writer::Writer(std::unique_ptr<SqliteConnection> connection, const Clock& clock)
    : connection_(std::move(connection)), clock_(clock), thread_([this] { run(); }) {}

Writer::~Writer() {
  queue_.close();
  thread_.join();
}

void Writer::run() {
  while (true) {
    auto taken = queue_.take(kMaxJobsPerCommit);
    if (taken.empty()) return;
    for (Jobs waiting(taken); !waiting.empty();) waiting = waiting.subspan(commit_some(waiting));
  }
}

std::size_t Writer::commit_some(Jobs jobs) {
  bool durable = std::ranges::any_of(jobs, [](auto& job) { return job->durability == Durability::durable; });
  auto committed = begin(durable ? Durability::durable : Durability::normal);
  std::size_t ran = committed ? 0 : jobs.size();
  bool last_succeeded = true;
  while (committed && ran < jobs.size()) committed = run_in_savepoint(*jobs[ran++], last_succeeded);
  bool last_knows = !committed && !last_succeeded;  // why the transaction was lost, better than the others do
  if (committed) {
    if (auto done = connection_->execute("COMMIT", {}); !done)
      committed = fail(Code::unavailable, "commit", done.error().text());
  }
  if (!committed && connection_->in_transaction()) (void)connection_->execute("ROLLBACK", {});
  for (std::size_t i = 0; i < ran; ++i) finish(std::move(jobs[i]), last_knows && i + 1 == ran ? Done{} : committed);
  return ran;
}

Done Writer::begin(Durability durability) {
  if (durability != set_durability_) {  // cannot change inside a transaction
    const char* level = durability == Durability::durable ? "FULL" : "NORMAL";
    if (auto set = connection_->execute(std::string("PRAGMA synchronous = ") + level, {}); !set)
      return std::unexpected(set.error());
    set_durability_ = durability;
  }
  if (auto begun = connection_->execute("BEGIN IMMEDIATE", {}); !begun)
    return fail(Code::unavailable, "begin transaction", begun.error().text());
  return {};
}

// An error means that the transaction, and with it every job before this one, is gone.
Done Writer::run_in_savepoint(Job& job, bool& succeeded) {
  auto lost = [](std::string why) { return fail(Code::unavailable, "run in a shared transaction", std::move(why)); };
  succeeded = true;
  if (auto opened = connection_->execute("SAVEPOINT job", {}); !opened) return lost(opened.error().text());
  SqliteSession session(*connection_, clock_);
  succeeded = job.run(session);
  if (!connection_->in_transaction()) return lost("it was lost to an error");
  if (!succeeded) {
    if (auto undone = connection_->execute("ROLLBACK TO job", {}); !undone) return lost(undone.error().text());
  }
  if (auto closed = connection_->execute("RELEASE job", {}); !closed) return lost(closed.error().text());
  return {};
}

}  // namespace foundation::database
