// Brings a file's schema up to a list of migrations. Table hks_migrations{room, number, digest} remembers what was
// done.
#pragma once
#include <span>

#include "foundation/database/database.h"
#include "foundation/database/sqlite_connection.h"

namespace foundation::database {

Done apply_migrations(SqliteConnection& connection, std::span<const Migration> migrations);

}  // namespace foundation::database
