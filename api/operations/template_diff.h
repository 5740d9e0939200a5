// What one pod template has otherwise than another, in lines for people, without saying what may be a secret: what the
// pods may do on their node, images, requests and limits as they are, environment variables as the facts of
// foundation/redaction, everything else by the name of its field. The gravest first. Costs in proportion to the
// templates. Pure.
#pragma once
#include <cstddef>
#include <string>

#include "foundation/json/view.h"

namespace api::operations {

namespace json = foundation::json;

inline constexpr std::size_t kMaxDiffLines = 40;

// Lines "- image: shop/web:2" / "+ image: shop/web:1", and "  ports, volumeMounts: otherwise" for what is not shown.
// Where there are more than kMaxDiffLines, the last says how many are missing: "  lines that are not listed: 12".
std::string template_diff(json::View from, json::View to);

}  // namespace api::operations
