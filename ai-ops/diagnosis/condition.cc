#include "ai-ops/diagnosis/condition.h"

#include <fmt/format.h>

namespace ai_ops::diagnosis {

bool Condition::has_held(WallTime now, std::chrono::seconds for_at_least) const {
  auto since = time_of(view["lastTransitionTime"]);
  return !since || now - *since >= for_at_least;
}

std::optional<Condition> condition_in(json::View conditions, std::string_view type, const std::string& path) {
  const json::Array& list = conditions.array();
  for (std::size_t i = 0; i < list.size(); ++i)
    if (json::View(list[i])["type"].text() == type)
      return Condition{json::View(list[i]), fmt::format("{}[{}]", path, i)};
  return std::nullopt;
}

std::optional<Condition> condition_of(const ObjectView& object, std::string_view type) {
  return condition_in(object.status()["conditions"], type, "status.conditions");
}

}  // namespace ai_ops::diagnosis
