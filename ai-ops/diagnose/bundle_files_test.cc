#include "ai-ops/diagnose/bundle_files.h"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace ai_ops::diagnose {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPod = R"({"kind":"Pod","metadata":{"name":"web-1","namespace":"shop","uid":"u"}})";

class BundleFiles : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / "hks-bundle-files";
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "shop/web-1");
  }
  void TearDown() override { fs::remove_all(folder_); }
  void write(const fs::path& name, std::string_view text) { std::ofstream(folder_ / name) << text; }

  fs::path folder_;
};

TEST_F(BundleFiles, AFolderIsReadWithAllBelowIt) {
  write("pod.json", kPod);
  write("shop/web-1/app.log", "2026-01-02T11:00:00Z bye\n");
  auto bundle = read_path(folder_, std::nullopt);
  ASSERT_TRUE(bundle) << bundle.error().text();
  EXPECT_EQ(bundle->objects.size(), 1u);
  ASSERT_EQ(bundle->logs.size(), 1u);
  EXPECT_EQ(foundation::to_rfc3339(bundle->objects.at()), "2026-01-02T11:00:00.000Z");
  auto file = read_path(folder_ / "pod.json", std::nullopt);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->objects.size(), 1u);
}

TEST_F(BundleFiles, LinksAndWhatIsNoFileAreLeftAlone) {
  write("pod.json", kPod);
  fs::create_symlink(folder_, folder_ / "shop/itself");
  fs::create_symlink("/etc/passwd", folder_ / "shop/passwd");
  ASSERT_EQ(::mkfifo((folder_ / "shop/pipe").c_str(), 0600), 0);
  auto bundle = read_path(folder_, std::nullopt);
  ASSERT_TRUE(bundle);
  EXPECT_EQ(bundle->objects.size(), 1u);
  EXPECT_TRUE(bundle->unread.empty());
}

TEST_F(BundleFiles, AFolderWithinTooManyOthersIsNotEntered) {
  fs::path deep = folder_;
  for (int i = 0; i < kMaxFolders + 3; ++i) deep /= "d";
  fs::create_directories(deep);
  std::ofstream(deep / "pod.json") << kPod;
  auto bundle = read_path(folder_, std::nullopt);
  ASSERT_TRUE(bundle);
  EXPECT_EQ(bundle->objects.size(), 0u);
  ASSERT_EQ(bundle->unread.size(), 1u);
  EXPECT_EQ(std::ranges::count(bundle->unread[0].path, '/'), kMaxFolders);
  EXPECT_EQ(bundle->unread[0].why, "the folder lies in too many others");
}

// Who owns a folder reads it whatever its mode says, if that is root.
class AsNobody {
 public:
  AsNobody() { is_nobody_ = ::geteuid() != 0 || ::seteuid(kNobody) == 0; }
  ~AsNobody() {
    if (::getuid() == 0 && ::seteuid(0) != 0) std::abort();
  }
  bool is_nobody() const { return is_nobody_; }

 private:
  static constexpr ::uid_t kNobody = 65534;
  bool is_nobody_ = false;
};

TEST_F(BundleFiles, AFolderThatMayNotBeReadIsNamedAndTheRestIsRead) {
  write("pod.json", kPod);
  write("shop/web-1/app.log", "bye\n");
  fs::permissions(folder_ / "shop/web-1", fs::perms::none);
  fs::create_directories(folder_ / "after");
  write("after/node.json", R"({"kind":"Node","metadata":{"name":"n1","uid":"u"}})");
  foundation::Result<bundle::Bundle> bundle = foundation::fail(foundation::Code::io, "not read");
  {
    AsNobody nobody;
    ASSERT_TRUE(nobody.is_nobody());
    bundle = read_path(folder_, std::nullopt);
  }
  fs::permissions(folder_ / "shop/web-1", fs::perms::owner_all);
  ASSERT_TRUE(bundle) << bundle.error().text();
  EXPECT_EQ(bundle->objects.size(), 2u);
  ASSERT_EQ(bundle->unread.size(), 1u);
  EXPECT_EQ(bundle->unread[0].path, "shop/web-1");
  EXPECT_EQ(bundle->unread[0].why, "the folder cannot be read: Permission denied");
}

TEST_F(BundleFiles, OfAFileThatIsTooLargeTheEndIsReadAndThatIsSaid) {
  write("dump", "");
  fs::resize_file(folder_ / "dump", kMaxFileBytes);
  std::ofstream(folder_ / "dump", std::ios::app) << '\n' << kPod << '\n';
  auto bundle = read_path(folder_, std::nullopt);
  ASSERT_TRUE(bundle);
  ASSERT_GE(bundle->unread.size(), 1u);
  EXPECT_EQ(bundle->unread[0].why, "it is too large: only its end is read");
}

TEST_F(BundleFiles, WhatThereIsNoTimeForIsSkippedAndNamed) {
  write("pod.json", kPod);
  write("shop/web-1/app.log", "bye\n");
  auto bundle = read_path(folder_, std::nullopt, foundation::Milliseconds(-1));
  ASSERT_TRUE(bundle);
  EXPECT_EQ(bundle->objects.size(), 0u);
  ASSERT_EQ(bundle->unread.size(), 2u);
  EXPECT_EQ(bundle->unread[0].path + ": " + bundle->unread[0].why,
            "pod.json: there was no time left to read it to its end");
}

TEST_F(BundleFiles, NothingOfThatName) {
  auto bundle = read_path(folder_ / "nowhere", std::nullopt);
  ASSERT_FALSE(bundle);
  EXPECT_EQ(bundle.error().code, foundation::Code::not_found);
}

TEST(Stream, IsOneText) {
  std::istringstream in(kPod);
  auto bundle = read_stream(in, std::nullopt);
  ASSERT_TRUE(bundle);
  EXPECT_EQ(bundle->objects.size(), 1u);
}

}  // namespace
}  // namespace ai_ops::diagnose
