// The response parser, which reads what the advisor, a model server and a cluster send: however the bytes are split the
// same response comes out.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "foundation/http/response_parser.h"
#include "tests/fuzz/laws.h"
#include "tests/fuzz/targets.h"

namespace fuzz {
namespace {

namespace http = foundation::http;

constexpr std::size_t kHeadBytes = 1024;
constexpr std::size_t kRoom = 32;  // of the reader behind it, which takes a body bit by bit

// The response when the connection has ended after these bytes; "none" for one that is wrong or cut, which is not told
// apart: a wrong head is noticed at once or at its end.
std::string became(const std::vector<std::string_view>& pieces) {
  http::ResponseParser parser(kHeadBytes, http::Method::get);
  std::string buffer, body;
  bool has_head = false, done = false;
  for (auto piece : pieces) {
    buffer += piece;
    if (!has_head) {
      auto head = parser.head(buffer);
      if (!head) return "none";
      if (!(has_head = *head)) continue;
      must(parser.status() >= 200 && parser.status() <= 999, "interim responses are passed over");
    }
    for (std::string taken = "x"; !taken.empty() && !done;) {
      taken.clear();
      auto more = parser.body(buffer, taken, kRoom);
      if (!more) return "none";
      must(taken.size() <= kRoom, "a reader gets no more than it has room for");
      body += taken;
      done = *more;
    }
  }
  if (!has_head || (!done && !parser.end())) return "none";
  return fmt::format("{} {}", parser.status(), body);
}

}  // namespace

void http_response(std::string_view input) {
  auto [whole, pieces] = split(input);
  must(became({whole}) == became(pieces), "a response does not depend on where its bytes are split",
       fmt::format("{}\n{}", became({whole}), became(pieces)));
}

}  // namespace fuzz
