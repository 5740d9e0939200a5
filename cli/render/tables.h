// Members, users and workspaces as lines with columns. Pure.
#pragma once
#include <string>
#include <vector>

#include "cli/render/flow.h"
#include "foundation/json/view.h"

namespace cli::render {

// Cells in columns, a row a line; the first column stands out.
std::string table_text(const Look& look, const std::vector<std::vector<std::string>>& rows);

bool denies(foundation::json::View binding);  // of a member or a role of one's own

std::string roles_text(const Look& look, foundation::json::View page);       // of {roles}
std::string members_text(const Look& look, foundation::json::View page);     // of {members}
std::string users_text(const Look& look, foundation::json::View page);       // of {users}
std::string workspaces_text(const Look& look, foundation::json::View page);  // of {workspaces}

}  // namespace cli::render
