// What an answer that is no success says to the user.
#pragma once
#include <string>
#include <string_view>

#include "foundation/base/error.h"
#include "foundation/http/message.h"

namespace cli::client {

// Of application/problem+json, and of whatever else stands where a control plane should.
foundation::Error error_of(std::string doing, int status, const foundation::http::Headers& headers,
                           std::string_view body);

}  // namespace cli::client
