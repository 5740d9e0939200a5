#include "api/app/change_reply.h"

namespace api::app {

namespace http = foundation::http;

change::Viewer viewer_of(const http::Exchange& exchange, const identity::SessionUser& user) {
  return {user, tenancy::WorkspaceName(std::string(exchange.path_value("workspace")))};
}

http::Reply reply_of(const change::Answer& answer, const std::string& request_id) {
  if (answer.status < 400) return http::json_reply(answer.status, answer.body);
  http::Problem problem{answer.status,
                        std::string(answer.body.at("code").as_string()),
                        std::string(answer.body.at("detail").as_string()),
                        {}};
  for (const char* member : {"reason", "operation_id"})
    if (const auto* value = answer.body.if_contains(member)) problem.more[member] = *value;
  return http::problem_reply(problem, request_id);
}

}  // namespace api::app
