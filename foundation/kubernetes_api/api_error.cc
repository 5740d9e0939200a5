#include "foundation/kubernetes_api/api_error.h"

#include <utility>

#include "foundation/base/unicode.h"
#include "foundation/json/value.h"
#include "foundation/json/view.h"

namespace foundation::kubernetes_api {

namespace {

constexpr std::size_t kMaxCauseBytes = 1'000;

Code code_of(int http_status) {
  switch (http_status) {
    case 401:  // of our credential, not the user's
    case 403: return Code::denied;
    case 404: return Code::not_found;
    case 409:
    case 410: return Code::conflict;  // 410: the state that a list or watch was to go on from is gone
    case 413: return Code::too_large;
    case 429: return Code::rate_limited;
    case 408: return Code::unavailable;
    default: return http_status >= 400 && http_status < 500 ? Code::invalid : Code::unavailable;
  }
}

std::string cut(std::string text) {
  if (text.size() <= kMaxCauseBytes) return text;
  text.resize(kMaxCauseBytes);
  return visible_text(text) + "...";  // once more: the cut may have split a character
}

}  // namespace

Error error_of_answer(int http_status, std::string_view body, std::string doing) {
  auto status = json::parse_tolerant(body, {.bytes = 64 << 10, .depth = 16});
  auto message = status ? json::View(*status)["message"].text() : std::string_view();
  auto cause = message.empty() ? "the API server answered " + std::to_string(http_status) : cut(visible_text(message));
  return {code_of(http_status), std::move(doing), std::move(cause)};
}

Error error_of_read_answer(int http_status, std::string_view body, std::string doing) {
  auto error = error_of_answer(http_status, body, std::move(doing));
  if (http_status == 401) error.code = Code::unavailable;
  return error;
}

Error error_of_transport(Error error) {
  switch (error.code) {
    case Code::deadline:
    case Code::cancelled:
    case Code::too_large:
    case Code::rate_limited: return error;
    default: error.code = Code::unavailable; return error;
  }
}

}  // namespace foundation::kubernetes_api
