#include "foundation/database/retention.h"

namespace foundation::database {
namespace {

async::Task<std::int64_t> delete_all_old(Database& database, const Retention& room) {
  for (std::int64_t total = 0;;) {
    auto deleted = co_await database.write(Durability::normal, room.delete_old);
    if (!deleted) co_return deleted;
    if (*deleted == 0) co_return total;
    total += *deleted;
  }
}

}  // namespace

async::Task<void> apply_retention(Database& database, std::span<const Retention> rooms, telemetry::Log log) {
  for (const Retention& room : rooms) {
    auto deleted = co_await delete_all_old(database, room);
    if (!deleted)
      log.error("old_rows_not_deleted", {{"room", room.room}, {"cause", deleted.error().text()}});
    else if (*deleted > 0)
      log.info("old_rows_deleted", {{"room", room.room}, {"count", *deleted}});
  }
  co_return Done{};
}

}  // namespace foundation::database
