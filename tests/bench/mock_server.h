// What the stand-ins of a benchmark share: one route table, served until a signal comes.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "foundation/http/server.h"
#include "foundation/http/tls.h"

namespace bench {

namespace async = foundation::async;
namespace http = foundation::http;

// Blocks until SIGINT or SIGTERM. 1, and a line on stderr that begins with `name`, when it cannot listen.
// `where` is HOST:PORT or fd:N; without `tls` it is plain HTTP.
int serve(const std::string& name, const std::string& where, std::vector<http::Route> routes,
          std::optional<http::TlsServer> tls = {});

// Writes the frames as one stream, in turn.
async::Task<http::Reply> stream_out(http::Exchange& exchange, std::string content_type,
                                    const std::vector<std::string>& frames);

}  // namespace bench
