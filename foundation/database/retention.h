// How rows that are no longer of use go: each room says which of its own are old, the owner of the database asks the
// rooms in order, now and then. Threads: one executor.
#pragma once
#include <span>
#include <string_view>

#include "foundation/database/database.h"
#include "foundation/telemetry/log.h"

namespace foundation::database {

inline constexpr std::int64_t kRetentionBatch = 500;  // rows a transaction, so that other writers get their turn

struct Retention {
  std::string_view room;  // "api/turns"
  // Deletes the oldest rows that are old by the database's clock, at most kRetentionBatch of the room's main table and
  // what hangs on them. How many it were; 0: none is left.
  Result<std::int64_t> (*delete_old)(Session& session);
};

// Asks each room until it has none left; so rows go before those that they refer to, in the order of the list. A room
// that fails is logged, and the next one is asked all the same.
async::Task<void> apply_retention(Database& database, std::span<const Retention> rooms, telemetry::Log log);

}  // namespace foundation::database
