// One object of `kubectl describe` -> the object that the API has, as far as the text says it. kubectl names no kind:
// each is known by the fields that only it has. Pure.
#pragma once
#include <string_view>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/base/error.h"
#include "foundation/json/value.h"

namespace ai_ops::bundle {

namespace json = foundation::json;

struct DescribedObject {
  json::Object object;
  std::vector<json::Object> events;  // those that the text lists, as Event objects
};

// `now`: when the text was taken; ages count from it. Code::invalid: it is none of the kinds that are known.
foundation::Result<DescribedObject> read_described(std::string_view text, foundation::WallTime now);

}  // namespace ai_ops::bundle
