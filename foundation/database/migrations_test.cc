#include "foundation/database/migrations.h"

#include <gtest/gtest.h>

#include "foundation/database/temp_database.h"

namespace foundation::database {
namespace {

constexpr Migration kFirst{"room", 1, "CREATE TABLE a (x); INSERT INTO a VALUES (1);"};
constexpr Migration kSecond{"room", 2, "INSERT INTO a SELECT x + 1 FROM a;"};
constexpr Migration kOther{"other", 1, "CREATE TABLE b (y);"};

std::vector<std::int64_t> values(TempDatabase& db) {
  auto rows = db.read([](Session& s) { return s.query("SELECT x FROM a ORDER BY x"); });
  std::vector<std::int64_t> found;
  if (rows)
    for (auto& row : *rows) found.push_back(row.integer(0));
  return found;
}

Code refused(TempDatabase& db, std::vector<Migration> migrations) {
  auto done = db->migrate(migrations);
  return done ? Code{} : done.error().code;
}

TEST(MigrationsTest, RunInOrderAndOnlyOnce) {
  TempDatabase db;
  std::vector<Migration> one = {kFirst};
  std::vector<Migration> all = {kFirst, kOther, kSecond};
  ASSERT_TRUE(db->migrate(one));
  ASSERT_TRUE(db->migrate(all));
  ASSERT_TRUE(db->migrate(all));
  db.reopen();
  ASSERT_TRUE(db->migrate(all));
  EXPECT_EQ(values(db), (std::vector<std::int64_t>{1, 2}));
}

TEST(MigrationsTest, AGapOrAWrongOrderIsRefusedBeforeAnythingRuns) {
  TempDatabase db;
  EXPECT_EQ(refused(db, {kSecond}), Code::invalid);
  EXPECT_EQ(refused(db, {kSecond, kFirst}), Code::invalid);
  EXPECT_EQ(refused(db, {kFirst, {"room", 3, "SELECT 1"}}), Code::invalid);
  EXPECT_EQ(refused(db, {kFirst, kFirst}), Code::invalid);
  EXPECT_TRUE(values(db).empty());
}

TEST(MigrationsTest, AFileFromAnotherHistoryIsRefused) {
  TempDatabase db;
  std::vector<Migration> all = {kFirst, kSecond};
  ASSERT_TRUE(db->migrate(all));
  EXPECT_EQ(refused(db, {kFirst}), Code::conflict) << "the file is ahead";
  EXPECT_EQ(refused(db, {kFirst, {"room", 2, "INSERT INTO a VALUES (9);"}}), Code::conflict) << "another text";
}

TEST(MigrationsTest, OneThatFailsLeavesNothingOfItself) {
  TempDatabase db;
  EXPECT_EQ(refused(db, {kFirst, {"room", 2, "INSERT INTO a VALUES (5); SELEC"}}), Code::internal);
  EXPECT_EQ(values(db), (std::vector<std::int64_t>{1}));
  std::vector<Migration> mended = {kFirst, kSecond};
  ASSERT_TRUE(db->migrate(mended));
  EXPECT_EQ(values(db), (std::vector<std::int64_t>{1, 2}));
}

}  // namespace
}  // namespace foundation::database
