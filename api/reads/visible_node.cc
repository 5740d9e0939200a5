#include "api/reads/visible_node.h"

#include <span>
#include <string_view>

#include "foundation/json/view.h"

namespace api::reads {
namespace json = foundation::json;

namespace {

json::Object only(json::View from, std::initializer_list<std::string_view> members) {
  json::Object kept;
  for (auto member : members)
    if (auto found = from[member]) kept[member] = *found.value();
  return kept;
}

}  // namespace

json::Value visible_node(const foundation::kubernetes::ObjectView& node) {
  json::Array conditions;
  for (const auto& condition : node.status()["conditions"].array())
    conditions.push_back(only(condition, {"type", "status", "reason", "lastTransitionTime"}));
  auto status = only(node.status(), {"allocatable", "capacity"});
  status["conditions"] = std::move(conditions);
  auto seen = only(node.root(), {"apiVersion", "kind"});
  seen["metadata"] = only(node.metadata(), {"name", "uid", "resourceVersion"});
  seen["spec"] = only(node.spec(), {"unschedulable"});
  seen["status"] = std::move(status);
  return seen;
}

}  // namespace api::reads
