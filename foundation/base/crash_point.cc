#include "foundation/base/crash_point.h"

#include <csignal>
#include <cstdlib>
#include <string_view>

namespace foundation {

void crash_point([[maybe_unused]] const char* name) {
#ifndef NDEBUG
  static const char* const kCrashAt = std::getenv("HKS_CRASH_AT");
  static const char* pause_at = std::getenv("HKS_PAUSE_AT");
  if (kCrashAt != nullptr && std::string_view(kCrashAt) == name) std::raise(SIGKILL);
  if (pause_at != nullptr && std::string_view(pause_at) == name) {
    pause_at = nullptr;
    std::raise(SIGSTOP);
  }
#endif
}

}  // namespace foundation
