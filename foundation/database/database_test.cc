#include "foundation/database/database.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <future>
#include <limits>
#include <thread>

#include "foundation/database/temp_database.h"

namespace foundation::database {
namespace {

using Rows = std::vector<Row>;

Done make_table(Session& session) {
  auto made =
      session.execute("CREATE TABLE items (name TEXT PRIMARY KEY, value ANY CHECK (value IS NOT 'bad')) STRICT");
  if (!made) return std::unexpected(made.error());
  return {};
}

Done add(Session& session, std::string name, Cell value = {}) {
  auto added = session.execute("INSERT INTO items VALUES ($1, $2)", {std::move(name), std::move(value)});
  if (!added) return std::unexpected(added.error());
  return {};
}

Result<Rows> all_items(Session& session) { return session.query("SELECT name, value FROM items ORDER BY name"); }

class DatabaseTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(db.write(make_table)); }
  Done put(std::string name, Cell value = {}) {
    return db.write([=](Session& session) { return add(session, name, value); });
  }
  std::size_t count() {
    auto rows = db.read(all_items);
    return rows ? rows->size() : 999;
  }
  TempDatabase db;
};

TEST_F(DatabaseTest, EveryKindOfCellComesBackAsItWent) {
  std::string nul("a\0b", 3);
  std::vector<Cell> cells = {std::monostate(),
                             std::numeric_limits<std::int64_t>::min(),
                             std::numeric_limits<std::int64_t>::max(),
                             2.5,
                             std::string(),
                             nul,
                             Blob{},
                             Blob{nul + "\xff"}};
  for (std::size_t i = 0; i < cells.size(); ++i) ASSERT_TRUE(put(std::to_string(i), cells[i]));
  auto rows = db.read(all_items);
  ASSERT_TRUE(rows);
  EXPECT_TRUE(rows->at(0).is_null(1));
  EXPECT_EQ(rows->at(0).optional_text(1), std::nullopt);
  EXPECT_EQ(rows->at(0).optional_integer(1), std::nullopt);
  EXPECT_EQ(rows->at(1).integer(1), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(rows->at(2).optional_integer(1), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(rows->at(3).real(1), 2.5);
  EXPECT_EQ(rows->at(4).text(1), "");
  EXPECT_EQ(rows->at(5).optional_text(1), nul);
  EXPECT_EQ(rows->at(6).blob(1), "");
  EXPECT_EQ(rows->at(7).blob(1), nul + "\xff");
}

TEST_F(DatabaseTest, ParametersAreBoundByTheirNumber) {
  auto rows =
      db.read([](Session& s) { return s.query("SELECT $2, $1, $2", {std::string("one"), std::string("two")}); });
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->at(0).text(0) + rows->at(0).text(1) + rows->at(0).text(2), "twoonetwo");
}

TEST_F(DatabaseTest, SqlThatIsWrongIsInternal) {
  auto code_of = [&](std::string sql, std::vector<Cell> parameters) {
    auto rows = db.read([=](Session& s) { return s.query(sql, parameters); });
    return rows ? Code{} : rows.error().code;
  };
  EXPECT_EQ(code_of("SELECT $1", {}), Code::internal);
  EXPECT_EQ(code_of("SELECT $1", {std::int64_t(1), std::int64_t(2)}), Code::internal);
  EXPECT_EQ(code_of("SELECT $2", {std::int64_t(1)}), Code::internal);
  EXPECT_EQ(code_of("SELEC 1", {}), Code::internal);
  EXPECT_EQ(code_of("SELECT 1; SELECT 2", {}), Code::internal);
  EXPECT_EQ(code_of("", {}), Code::internal);
}

TEST_F(DatabaseTest, AMistypedColumnAborts) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Row row({std::int64_t(1)});
  EXPECT_DEATH((void)row.text(0), "column 0");
  EXPECT_DEATH((void)row.integer(1), "column 1");
  EXPECT_DEATH((void)row.is_null(1), "column 1");
}

TEST_F(DatabaseTest, AUniqueNameTwiceIsAConflictAndOtherConstraintsAreInvalid) {
  ASSERT_TRUE(put("a"));
  EXPECT_EQ(put("a").error().code, Code::conflict);
  EXPECT_EQ(put("b", std::string("bad")).error().code, Code::invalid);
  EXPECT_EQ(count(), 1u);
}

TEST_F(DatabaseTest, AMissingParentIsAConflict) {
  auto done = db.write([](Session& s) -> Result<std::int64_t> {
    if (auto made = s.execute("CREATE TABLE child (item TEXT REFERENCES items (name))"); !made) return made;
    return s.execute("INSERT INTO child VALUES ('nobody')");
  });
  EXPECT_EQ(done.error().code, Code::conflict);
}

TEST_F(DatabaseTest, ExecuteTellsHowManyRowsChanged) {
  ASSERT_TRUE(put("a"));
  ASSERT_TRUE(put("b"));
  auto run = [&](const char* sql) { return db.write([=](Session& s) { return s.execute(sql); }); };
  EXPECT_EQ(run("UPDATE items SET value = 1").value(), 2);
  EXPECT_EQ(run("UPDATE items SET value = 1 WHERE name = 'x'").value(), 0);
  EXPECT_EQ(run("CREATE TABLE other (a)").value(), 0);
}

TEST_F(DatabaseTest, WorkThatFailsKeepsNothing) {
  auto done = db.write([](Session& session) -> Done {
    if (auto added = add(session, "a"); !added) return added;
    return fail(Code::denied, "change of mind");
  });
  EXPECT_EQ(done.error().code, Code::denied);
  EXPECT_EQ(count(), 0u);
}

TEST_F(DatabaseTest, ReadsCannotWrite) {
  auto done = db.read([](Session& session) { return add(session, "a"); });
  EXPECT_EQ(done.error().code, Code::unavailable);
  EXPECT_EQ(count(), 0u);
}

TEST_F(DatabaseTest, AReadSeesOneState) {
  auto counts = db.read([this](Session& session) -> Result<std::pair<std::size_t, std::size_t>> {
    auto before = all_items(session);
    std::thread([this] { EXPECT_TRUE(put("between")); }).join();
    auto after = all_items(session);
    return std::pair(before->size(), after->size());
  });
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->first, 0u);
  EXPECT_EQ(counts->second, 0u);
  EXPECT_EQ(count(), 1u);
}

TEST_F(DatabaseTest, MoreRowsThanTheBoundAreRefused) {
  auto rows_up_to = [&](std::int64_t last) {
    return db.read([=](Session& s) {
      return s.query("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) SELECT i FROM n",
                     {last});
    });
  };
  EXPECT_EQ(rows_up_to(kMaxRows).value().size(), kMaxRows);
  EXPECT_EQ(rows_up_to(kMaxRows + 1).error().code, Code::too_large);
}

TEST_F(DatabaseTest, AStatementThatTakesTooLongEndsAndTheNextOneRuns) {
  auto options = db.options();
  options.statement_time = Milliseconds(20);
  db.reopen(options);
  auto endless = [](Session& s) {
    return s.query("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
  };
  EXPECT_EQ(db.read(endless).error().code, Code::too_large);
  EXPECT_EQ(db.write(endless).error().code, Code::too_large);
  EXPECT_TRUE(put("after"));
  EXPECT_EQ(count(), 1u);
}

TEST_F(DatabaseTest, ADurableWriteSurvivesReopening) {
  ASSERT_TRUE(db.write([](Session& s) { return add(s, "kept"); }, Durability::durable));
  db.reopen();
  EXPECT_EQ(count(), 1u);
}

TEST_F(DatabaseTest, OnlyCommitsWithADurableJobWaitForTheDisk) {
  auto level = [&](Durability durability) {
    return db.write([](Session& s) { return s.query("PRAGMA synchronous"); }, durability).value().at(0).integer(0);
  };
  EXPECT_EQ(level(Durability::normal), 1);
  EXPECT_EQ(level(Durability::durable), 2);
  EXPECT_EQ(level(Durability::normal), 1);
}

TEST_F(DatabaseTest, TheFileIsForItsOwnerOnly) {
  ASSERT_TRUE(put("a"));
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat status{};
    ASSERT_EQ(::stat((db.options().file.string() + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 0777, 0600u) << suffix;
  }
}

TEST(DatabaseClockTest, NowIsTheGivenClockAndStandsStillInATransaction) {
  ManualClock clock(WallTime(Milliseconds(1000)));
  TempDatabase db({}, &clock);
  auto times = db.write([&](Session& s) -> Result<std::pair<WallTime, WallTime>> {
    auto first = s.now();
    clock.advance(Milliseconds(5));
    return std::pair(first, s.now());
  });
  EXPECT_EQ(times->first, WallTime(Milliseconds(1000)));
  EXPECT_EQ(times->second, WallTime(Milliseconds(1000)));
}

}  // namespace
}  // namespace foundation::database
