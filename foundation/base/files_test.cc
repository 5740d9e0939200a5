#include "foundation/base/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>

namespace foundation {
namespace {

class Files : public ::testing::Test {
 protected:
  Files() {
    std::string pattern = std::filesystem::temp_directory_path() / "hks-files-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Files() override { std::filesystem::remove_all(folder_); }
  unsigned mode(const std::filesystem::path& path) {
    struct stat about{};
    ::stat(path.c_str(), &about);
    return about.st_mode & 0777;
  }
  std::filesystem::path folder_;
};

TEST_F(Files, ReplacedWholeAndPrivate) {
  auto file = folder_ / "secret";
  ASSERT_TRUE(replace_file(file, "one"));
  ASSERT_TRUE(replace_file(file, std::string("two\0three", 9)));
  EXPECT_EQ(*read_file(file), std::string("two\0three", 9));
  EXPECT_EQ(mode(file), 0600u);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "secret.next"));
  ASSERT_TRUE(replace_file(file, "four", FileAccess::everyone));
  EXPECT_EQ(mode(file) & 0600u, 0600u);
}

TEST_F(Files, ALeftOverFromACrashDoesNotKeepItsRights) {
  ASSERT_TRUE(replace_file(folder_ / "secret.next", "old", FileAccess::everyone));
  ASSERT_TRUE(replace_file(folder_ / "secret", "new"));
  EXPECT_EQ(mode(folder_ / "secret"), 0600u);
}

TEST_F(Files, MissingFilesAndFoldersAreErrorsThatNameThem) {
  auto missing = read_file(folder_ / "nothing");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::not_found);
  EXPECT_NE(missing.error().text().find("nothing"), std::string::npos);
  EXPECT_FALSE(replace_file(folder_ / "no" / "where", "x"));
}

TEST_F(Files, PrivateFolderIsTightened) {
  std::filesystem::create_directory(folder_ / "data");
  ::chmod((folder_ / "data").c_str(), 0755);
  ASSERT_TRUE(make_private_folder(folder_ / "data"));
  EXPECT_EQ(mode(folder_ / "data"), 0700u);
}

}  // namespace
}  // namespace foundation
