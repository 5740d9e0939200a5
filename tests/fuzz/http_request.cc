// The request parser: however the bytes are split it takes the same request or refuses alike, and what it takes can be
// read in one way only.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "foundation/http/request_parser.h"
#include "foundation/http/wire.h"
#include "tests/fuzz/laws.h"
#include "tests/fuzz/targets.h"

namespace fuzz {
namespace {

namespace http = foundation::http;

constexpr std::size_t kHeadBytes = 512;
constexpr std::size_t kBodyBytes = 256;

void request_laws(http::RequestParser& parser) {
  const auto& request = parser.request();
  for (const auto& [name, value] : request.headers.fields())
    must(!name.empty() && http::is_field_text(name) && http::is_field_text(value), "no field holds what ends a line");
  must(request.headers.all("Host").size() == 1, "a request has one host");
  auto lengths = request.headers.all("Content-Length").size();
  must(lengths + request.headers.all("Transfer-Encoding").size() <= 1, "a request states the length of its body once");
  auto target = http::parse_target(request.target);
  must(target && target->path == parser.target().path && target->query == parser.target().query, "one target");
  for (std::string_view bad : {"/../", "/./", "//", "\\"})
    must(!target->path.contains(bad), "a path is in its plain form", target->path);
  auto written = http::request_head(request, request.headers.all("Host").front(), "");
  must(written.has_value(), "a request that was taken can be sent on");
  std::string buffer = *written;
  http::RequestParser again(2 * kHeadBytes);
  auto head = again.head(buffer);
  must(head && *head && again.request().target == request.target, "and reads the same there", *written);
}

// What became of the bytes: the request, or its refusal, or that more is needed.
std::string became(const std::vector<std::string_view>& pieces) {
  http::RequestParser parser(kHeadBytes);
  std::string buffer;
  bool has_head = false, has_body = false;
  for (auto piece : pieces) {
    buffer += piece;
    if (!has_head) {
      auto head = parser.head(buffer);
      if (!head) return fmt::format("refused {} {}", head.error().status, head.error().code);
      if ((has_head = *head)) request_laws(parser);
    }
    if (has_head && !has_body) {
      auto body = parser.body(buffer, kBodyBytes);
      if (!body) return fmt::format("refused {} {}", body.error().status, body.error().code);
      has_body = *body;
    }
  }
  must(parser.request().body.size() <= kBodyBytes, "a body is bounded");
  if (!has_body) return has_head ? "head" : "more";
  return fmt::format("{} {} {} {} {}", to_string(parser.request().method), parser.request().target, parser.keep_alive(),
                     parser.request().body, buffer);
}

}  // namespace

void http_request(std::string_view input) {
  auto [whole, pieces] = split(input);
  must(became({whole}) == became(pieces), "a request does not depend on where its bytes are split",
       fmt::format("{}\n{}", became({whole}), became(pieces)));
}

}  // namespace fuzz
