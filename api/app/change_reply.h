// An answer of api/change as a reply of HTTP.
#pragma once
#include "api/change/operation_store.h"
#include "foundation/http/server.h"

namespace api::app {

foundation::http::Reply reply_of(const change::Answer& answer, const std::string& request_id);

}  // namespace api::app
