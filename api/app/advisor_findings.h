// What is asked of the advisor's diagnosis without a chat, and what it answers, read strictly: it is not trusted. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "api/turns/events.h"
#include "foundation/base/error.h"
#include "foundation/http/message.h"
#include "foundation/json/value.h"
#include "foundation/kubernetes/object.h"

namespace api::app {

inline constexpr std::string_view kCheckedEvent = "checked";  // the last of its answer

struct FindingsAsked {
  foundation::kubernetes::ObjectRef object = {};  // its namespace is the project asked for; each empty: any
  std::string severity = {};                      // at least; empty: any
};

// The query project, object (Kind/name) and severity, each optional. Code::invalid names what is wrong or unknown.
foundation::Result<FindingsAsked> read_findings_query(const foundation::http::Target& target);
std::string findings_body(std::string_view turn, const FindingsAsked& asked);

// Why an event is no part of the answer: turns::Question::refuses.
std::string_view refuses_as_finding(const turns::Event& event);
// The reply of a whole answer: {at, version, checked, skipped?, findings}.
foundation::json::Object findings_reply(std::vector<turns::Event> events);
// The problem of the terminal `error` event that an answer ended with.
foundation::http::Problem findings_problem(const turns::Event& error);

}  // namespace api::app
