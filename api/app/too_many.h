// The answer to those who ask too often: 429 with when to come back.
#pragma once
#include <optional>
#include <string>

#include "api/app/services.h"

namespace api::app {

http::Reply too_many(const async::Context& ctx, std::string text, foundation::Milliseconds wait);
// None: go on. `key` is whom the limit counts.
std::optional<http::Reply> held_back(RateLimit& limit, const std::string& key, const Services& services,
                                     const async::Context& ctx, std::string text);

}  // namespace api::app
