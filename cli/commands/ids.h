// Ids as people type them: any beginning that fits one only.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "foundation/base/error.h"
#include "foundation/json/view.h"

namespace cli::commands {

// The `member` of the one item that begins with `typed`; the ellipsis of a printed id is passed over.
// Code::not_found when none does, Code::invalid with the candidates when several do. `what`: "approval".
foundation::Result<std::string> unique_id(std::string_view what, std::string_view typed, foundation::json::View items,
                                          std::string_view member);

}  // namespace cli::commands
