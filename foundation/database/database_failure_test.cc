// What callers see when the file cannot be used.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "foundation/database/database.h"
#include "foundation/database/temp_database.h"

namespace foundation::database {
namespace {

Result<std::int64_t> make_table(Session& s) { return s.execute("CREATE TABLE big (bytes BLOB)"); }
Result<std::int64_t> add_page(Session& s) { return s.execute("INSERT INTO big VALUES (zeroblob(8192))"); }
std::int64_t pages(TempDatabase& db) {
  return db.read([](Session& s) { return s.query("SELECT count(*) FROM big"); }).value().at(0).integer(0);
}

Done limit_pages(TempDatabase& db, std::string limit) {
  auto set = db.write([=](Session& s) { return s.query("PRAGMA max_page_count = " + limit); });
  return set ? Done{} : Done(std::unexpected(set.error()));
}

TEST(DatabaseFailureTest, AFullFileIsUnavailableKeepsNothingOfTheTransactionAndRecovers) {
  TempDatabase db;
  ASSERT_TRUE(db.write(make_table));
  ASSERT_TRUE(limit_pages(db, "20"));
  auto fill = [](Session& s) -> Result<std::int64_t> {
    for (int i = 0; i < 20; ++i)
      if (auto added = add_page(s); !added) return added;
    return 0;
  };
  EXPECT_EQ(db.write(fill).error().code, Code::unavailable);
  EXPECT_EQ(pages(db), 0);
  EXPECT_TRUE(db.write(add_page));
  ASSERT_TRUE(limit_pages(db, "1000000"));
  EXPECT_TRUE(db.write(fill));
  EXPECT_EQ(pages(db), 21);
}

TEST(DatabaseFailureTest, WorkThatIgnoresALostTransactionCannotCommitOnItsOwn) {
  TempDatabase db;
  ASSERT_TRUE(db.write(make_table));
  auto done = db.write([](Session& s) -> Result<std::int64_t> {
    EXPECT_TRUE(add_page(s));
    EXPECT_TRUE(s.execute("ROLLBACK"));  // as SQLite itself does after some errors
    EXPECT_EQ(add_page(s).error().code, Code::unavailable);
    return 0;
  });
  EXPECT_EQ(done.error().code, Code::unavailable);
  EXPECT_EQ(pages(db), 0);
  EXPECT_TRUE(db.write(add_page));
}

TEST(DatabaseFailureTest, AFileLockedByAnotherIsUnavailableUntilItIsFree) {
  TempDatabase db;
  ASSERT_TRUE(db.write(make_table));
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(db.options().file.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_EQ(db.write(add_page).error().code, Code::unavailable);
  EXPECT_EQ(pages(db), 0) << "readers go on";
  ASSERT_EQ(sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_TRUE(db.write(add_page));
  sqlite3_close(other);
}

// As root the mode would not matter: the file system then sees a user without rights.
class WithoutRoot {
 public:
  WithoutRoot() {
    if (::geteuid() == 0) ::setfsuid(kNobody);
  }
  ~WithoutRoot() {
    if (::geteuid() == 0) ::setfsuid(0);
  }
  static constexpr uid_t kNobody = 65534;
};

TEST(DatabaseFailureTest, AReadOnlyFileIsRefusedAtTheDoor) {
  TempFolder folder;
  auto file = folder.path() / "read-only.db";
  ASSERT_TRUE(open_sqlite({.file = file}));
  ASSERT_EQ(::chmod(file.c_str(), 0400), 0);
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(folder.path().c_str(), WithoutRoot::kNobody, gid_t(-1)), 0);
    ASSERT_EQ(::chown(file.c_str(), WithoutRoot::kNobody, gid_t(-1)), 0);
  }
  WithoutRoot as_nobody;
  auto opened = open_sqlite({.file = file});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::unavailable);
}

TEST(DatabaseFailureTest, AMissingFolderIsUnavailableAndAForeignFileIsCorrupt) {
  TempFolder folder;
  EXPECT_EQ(open_sqlite({.file = folder.path() / "none" / "x.db"}).error().code, Code::unavailable);
  auto file = folder.path() / "foreign.db";
  std::ofstream(file) << std::string(8192, 'x');
  EXPECT_EQ(open_sqlite({.file = file}).error().code, Code::corrupt);
}

TEST(DatabaseFailureTest, AFileThatOthersMayReadIsClosedToThem) {
  TempFolder folder;
  auto file = folder.path() / "open.db";
  std::ofstream(file).close();
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  ASSERT_TRUE(open_sqlite({.file = file}));
  struct stat status{};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

}  // namespace
}  // namespace foundation::database
