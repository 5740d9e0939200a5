#include "api/app/too_many.h"

namespace api::app {

http::Reply too_many(const async::Context& ctx, std::string text, foundation::Milliseconds wait) {
  auto reply = http::problem_reply({429, "rate_limited", std::move(text)}, ctx.request_id);
  reply.headers.set("Retry-After", std::to_string(wait.count() / 1000 + 1));
  return reply;
}

std::optional<http::Reply> held_back(RateLimit& limit, const std::string& key, const Services& services,
                                     const async::Context& ctx, std::string text) {
  auto wait = limit.take(key, services.clock.wall());
  if (!wait) return std::nullopt;
  return too_many(ctx, std::move(text), *wait);
}

}  // namespace api::app
