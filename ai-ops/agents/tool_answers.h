// Events and logs in plain words, and which of them to ask for.
#pragma once
#include <string>

#include "ai-ops/diagnosis/cluster.h"
#include "foundation/json/value.h"

namespace ai_ops::agents {

struct ToolWanted {
  std::string tool;
  foundation::json::Object arguments;
  std::string about;    // "checkout", "checkout-7d9f/app (its last run)"
  std::string missing;  // why there is nothing to ask for
};

// `subject` without a name: the whole project, or everything when that is empty too.
ToolWanted events_wanted(const diagnosis::ObjectRef& subject, std::string_view project);
ToolWanted logs_wanted_of(const diagnosis::Cluster& cluster, const diagnosis::ObjectRef& subject,
                          foundation::WallTime now);

// Those about the subject and what it owns, newest first.
std::string events_answer(const diagnosis::Cluster& cluster, const diagnosis::ObjectRef& subject,
                          const foundation::json::Value& result, foundation::WallTime now);
std::string logs_answer(const std::string& about, const foundation::json::Value& result);

}  // namespace ai_ops::agents
