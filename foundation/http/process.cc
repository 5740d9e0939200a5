#include "foundation/http/process.h"

#include <sys/resource.h>

#include <csignal>

namespace foundation::http {

void prepare_process() {
  std::signal(SIGPIPE, SIG_IGN);
  rlimit descriptors{};
  if (::getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return;
  descriptors.rlim_cur = descriptors.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &descriptors);
}

}  // namespace foundation::http
