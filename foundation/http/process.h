// What every daemon's main does: prepare the process, run one coroutine to its end, tell how that ended.
#pragma once
#include "foundation/async/task.h"

namespace foundation::http {

// Once, first thing: ignores SIGPIPE (a TLS write to a peer that has gone raises it) and lifts the soft limit of
// descriptors to the hard one.
void prepare_process();

// Runs the loop until `work` and all that it left there have ended. The exit code: 0, or 1 after "PROGRAM: why" on
// stderr.
int run_to_end(const char* program, async::asio::io_context& loop, async::Task<void> work);

// Until the process is told to stop: which of SIGINT and SIGTERM it was.
async::Task<int> stop_signal();

}  // namespace foundation::http
