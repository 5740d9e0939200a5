// RFC 9457 problems, and which one an expected failure becomes.
#include <array>

#include "foundation/http/message.h"

namespace foundation::http {
namespace {

enum class Shown { all, doing };  // a part that failed behind us is named, its addresses and causes are not

struct Row {
  Code when;
  int status;
  std::string_view code;
  Shown shown;
};

constexpr std::array kRows{
    Row{Code::invalid, 400, "invalid_argument", Shown::all},
    Row{Code::unauthenticated, 401, "invalid_token", Shown::all},
    Row{Code::denied, 403, "denied", Shown::all},
    Row{Code::not_found, 404, "not_found", Shown::all},
    Row{Code::conflict, 409, "conflict", Shown::all},
    Row{Code::too_large, 413, "too_large", Shown::all},
    Row{Code::rate_limited, 429, "rate_limited", Shown::all},
    Row{Code::unavailable, 503, "unavailable", Shown::doing},
    Row{Code::deadline, 504, "deadline", Shown::doing},
};

constexpr std::string_view kRetryAfterSeconds = "1";  // where nobody knows better

}  // namespace

Problem problem_of(const Error& error) {
  for (auto& row : kRows) {
    if (row.when != error.code) continue;
    return {row.status, std::string(row.code), row.shown == Shown::all ? error.text() : error.doing, {}};
  }
  return {500, "internal", "the server failed; its log has the cause under this request id", {}};
}

Reply problem_reply(const Problem& problem, std::string_view request_id) {
  json::Object body = problem.more;
  body["type"] = "about:blank";
  body["title"] = reason_phrase(problem.status);
  body["status"] = problem.status;
  body["detail"] = problem.detail;
  body["code"] = problem.code;
  body["request_id"] = request_id;
  auto reply = json_reply(problem.status, body);
  reply.headers.set("Content-Type", "application/problem+json");
  if (problem.status == 429 || problem.status == 503) reply.headers.set("Retry-After", std::string(kRetryAfterSeconds));
  return reply;
}

}  // namespace foundation::http
