// The demo's passwords: made once, written to a file that only its owner may read.
#pragma once
#include <filesystem>

#include "api/tenancy/store/seed.h"
#include "foundation/async/task.h"
#include "foundation/database/database.h"

namespace api::app {

// Adds the seed's users; those that it calls managers become it when they are new, or when their organization has none.
// With `passwords_to`, those who have no password get one, all listed there as "user password"
// lines.
foundation::async::Task<void> ensure_users(foundation::database::Database& database,
                                           std::vector<tenancy::store::SeedUser> users,
                                           std::filesystem::path passwords_to);

}  // namespace api::app
