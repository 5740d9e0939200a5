#include "foundation/database/retention.h"

#include <gtest/gtest.h>

#include "foundation/database/temp_database.h"

namespace foundation::database {
namespace {

constexpr Migration kTables[] = {{"test", 1, "CREATE TABLE rows (id INTEGER PRIMARY KEY)"}};

Result<std::int64_t> delete_some(Session& session) {
  return session.execute("DELETE FROM rows WHERE id IN (SELECT id FROM rows ORDER BY id LIMIT $1)", {kRetentionBatch});
}
Result<std::int64_t> fails(Session&) { return fail(Code::unavailable, "delete", "the disk is full"); }

struct RetentionTest : testing::Test {
  void add(std::int64_t rows) {
    auto added = database.write([rows](Session& session) {
      return session.execute(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) INSERT INTO rows (id) SELECT i "
          "FROM n",
          {rows});
    });
    ASSERT_TRUE(added) << added.error().text();
  }
  std::int64_t left() {
    return database.read([](Session& session) { return session.query("SELECT count(*) FROM rows"); })->at(0).integer(0);
  }
  TempDatabase database{{kTables}};
};

TEST_F(RetentionTest, EveryOldRowGoesHoweverManyBatchesItTakes) {
  const Retention rooms[] = {{"test", &delete_some}};
  add(2 * kRetentionBatch + 1);
  ASSERT_TRUE(wait_for(apply_retention(*database, rooms, {})));
  EXPECT_EQ(left(), 0);
  EXPECT_TRUE(wait_for(apply_retention(*database, rooms, {}))) << "with nothing to do";
}

TEST_F(RetentionTest, ARoomThatFailsDoesNotKeepTheNextOneFromItsTurn) {
  const Retention rooms[] = {{"broken", &fails}, {"test", &delete_some}};
  add(3);
  ASSERT_TRUE(wait_for(apply_retention(*database, rooms, {})));
  EXPECT_EQ(left(), 0);
}

}  // namespace
}  // namespace foundation::database
