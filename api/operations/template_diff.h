// What one pod template has otherwise than another, in lines for people, without saying what may be a secret: images,
// requests and limits as they are, environment variables as the facts of foundation/redaction, everything else by the
// name of its field. Pure.
#pragma once
#include <cstddef>
#include <string>

#include "foundation/json/view.h"

namespace api::operations {

namespace json = foundation::json;

inline constexpr std::size_t kMaxDiffLines = 40;

// Lines "- image: shop/web:2" / "+ image: shop/web:1", and "  ports, volumes: otherwise" for what is not shown.
std::string template_diff(json::View from, json::View to);

}  // namespace api::operations
