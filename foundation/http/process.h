// What a process that serves many connections sets once, first thing in main.
#pragma once

namespace foundation::http {

// Ignores SIGPIPE (a TLS write to a peer that has gone raises it) and lifts the soft limit of descriptors to the hard
// one.
void prepare_process();

}  // namespace foundation::http
