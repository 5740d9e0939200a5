// Where a test can have this process killed or stopped. In its environment HKS_CRASH_AT=<name> makes it die there as by
// kill -9, HKS_PAUSE_AT=<name> stand still as by kill -STOP, the first time that it comes there, until the test wakes
// it by SIGCONT. In release builds the function does nothing. Threads: one.
#pragma once

namespace foundation {

void crash_point(const char* name);

}  // namespace foundation
