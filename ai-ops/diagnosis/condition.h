// One of an object's status.conditions, with where it stands.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "ai-ops/diagnosis/cluster.h"

namespace ai_ops::diagnosis {

struct Condition {
  json::View view;
  std::string path;  // "status.conditions[2]"
  std::string_view status() const { return view["status"].text(); }
  std::string_view reason() const { return view["reason"].text(); }
  std::string_view message() const { return view["message"].text(); }
  // True when it does not say since when.
  bool has_held(WallTime now, std::chrono::seconds for_at_least) const;
};

// In a list of conditions that stands at `path` of the object; none when there is none of the type.
std::optional<Condition> condition_in(json::View conditions, std::string_view type, const std::string& path);
std::optional<Condition> condition_of(const ObjectView& object, std::string_view type);

}  // namespace ai_ops::diagnosis
