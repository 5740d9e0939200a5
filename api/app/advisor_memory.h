// What the advisor says of conversations, read strictly: it is not trusted. Members that the contract does not name are
// left out, text is cleaned, everything is bounded; what does not fit is Code::unavailable. Pure.
#pragma once
#include <string>
#include <string_view>

#include "foundation/base/error.h"
#include "foundation/json/value.h"

namespace api::app {

foundation::Result<foundation::json::Object> read_conversation_list(std::string_view body);
// `id`: the one that was asked for.
foundation::Result<foundation::json::Object> read_one_conversation(std::string_view body, std::string_view id);

}  // namespace api::app
