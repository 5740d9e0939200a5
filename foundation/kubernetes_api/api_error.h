// What an answer of the Kubernetes API that is not a success means to us. Pure.
#pragma once
#include <string>
#include <string_view>

#include "foundation/base/error.h"

namespace foundation::kubernetes_api {

// The API's own message (Status.message), cleaned and cut, is the cause; a body that is no Status has none.
Error error_of_answer(int http_status, std::string_view body, std::string doing);
// The same of a read: 401 says of our credential that it is not good (any more), not that there is something which we
// may not see, so it is unavailable; 403 says the latter.
Error error_of_read_answer(int http_status, std::string_view body, std::string doing);
// What failed before an answer was read. Everything but deadline, cancelled, too_large and rate_limited (our own pool)
// becomes unavailable: after a write it must not look like a refusal by the API.
Error error_of_transport(Error error);

}  // namespace foundation::kubernetes_api
