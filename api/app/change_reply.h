// What the routes of changes have in common: who looks, and an answer of api/change as a reply of HTTP.
#pragma once
#include "api/change/operation_store.h"
#include "api/change/visible.h"
#include "foundation/http/server.h"

namespace api::app {

// In the workspace that the path names.
change::Viewer viewer_of(const foundation::http::Exchange& exchange, const identity::SessionUser& user);
foundation::http::Reply reply_of(const change::Answer& answer, const std::string& request_id);

}  // namespace api::app
