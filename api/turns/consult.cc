// One short question to the advisor, and its answer as a whole.
#include <chrono>

#include "api/turns/forward.h"

namespace api::turns {

using foundation::Code;
using foundation::Done;
using foundation::fail;
namespace http = foundation::http;

async::Task<http::Response> Forwarder::exchange_once(async::Context& ctx, const Turn& turn, const RoleClaims& roles,
                                                     http::Request request) {
  auto lease = co_await parts_.advisor.acquire(ctx);
  if (!lease) co_return std::unexpected(lease.error());
  auto token = mint(parts_, turn, roles, (*lease)->peer_thumbprint());
  if (!token) co_return std::unexpected(token.error());
  request.headers.set("Authorization", "Bearer " + token->reveal());
  auto stream = co_await (*lease)->open(ctx, std::move(request));
  if (!stream) co_return std::unexpected(stream.error());
  http::Response answer{.status = (*stream)->status()};
  for (;;) {
    auto bytes = co_await (*stream)->read();
    if (!bytes) co_return std::unexpected(bytes.error());
    if (bytes->empty()) co_return answer;
    if (answer.body.size() + bytes->size() > kMaxConsultedBytes)
      co_return fail(Code::too_large, "consult the advisor", "it answers too much");
    answer.body += *bytes;
  }
}

async::Task<std::string> Forwarder::ask_once(async::Context& ctx, const Turn& turn, const RoleClaims& roles,
                                             http::Request request, http::Response& answer) {
  auto asked = co_await async::with_deadline<http::Response>(std::chrono::steady_clock::now() + kConsultTime,
                                                             exchange_once(ctx, turn, roles, std::move(request)));
  if (asked) {
    answer = std::move(*asked);
    co_return "answered";
  }
  if (asked.error().code == Code::cancelled) co_return std::unexpected(asked.error());
  ctx.log.warning("advisor_unreachable", {{"cause", asked.error().text()}});
  co_return "failed";
}

async::Task<http::Response> Forwarder::consult(async::Context& ctx, Turn turn, RoleClaims roles,
                                               http::Request request) {
  turn.kind = Kind::read;
  http::Response answer;
  auto done = co_await while_open(ctx, turn, ask_once(ctx, turn, roles, std::move(request), answer));
  if (!done) co_return std::unexpected(done.error());
  if (answer.status == 0)
    co_return fail(Code::unavailable, "The advisor cannot be reached now; try again in a moment.");
  co_return answer;
}

}  // namespace api::turns
