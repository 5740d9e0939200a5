// A container's log as it comes over the wire. Nothing of it is held here, so that its end is read however long it is.
// Threads: one executor.
#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "foundation/kubernetes_api/api_server.h"

namespace foundation::kubernetes_api {

// Bytes of one log. A runtime breaks what a container prints into lines of 16 KiB: 4,000 of them are no more.
inline constexpr std::size_t kMaxLogStream = 64 << 20;
inline constexpr Milliseconds kLogTime{60'000};  // one log, when its context allows more

struct LogRequest {
  std::string namespace_name;
  std::string pod;
  std::string container = {};  // empty: the pod's only one
  bool previous = false;       // of the run before this one
  int tail_lines = 0;          // 1 or more
};

// Gives the log's last lines to `take`, in pieces that are cut anywhere, as they come. Not by `limitBytes`: the kubelet
// counts them from the first of these lines, and what would be missing is the end. Code::invalid, before any request:
// names that the API would not have given, or no lines. Code::too_large: more than kMaxLogStream; Code::deadline: no
// end within kLogTime or the context's deadline. All else as ApiServer::read's. What came before an error was given.
async::Task<void> read_log(ApiServer& api, async::Context& ctx, LogRequest request,
                           std::function<void(std::string_view)> take);

}  // namespace foundation::kubernetes_api
