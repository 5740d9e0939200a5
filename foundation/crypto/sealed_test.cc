#include "foundation/crypto/sealed.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

namespace foundation::crypto {
namespace {

class Sealed : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "sealed.XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    file_ = folder_ / "key";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& bytes, mode_t mode) {
    std::ofstream(file_, std::ios::binary) << bytes;
    ASSERT_EQ(::chmod(file_.c_str(), mode), 0);
  }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_), {}));
  }

  std::filesystem::path folder_, file_;
};

TEST_F(Sealed, WhatOneOpeningSealsAnotherUnseals) {
  auto first = SealingKey::open_or_create(file_), second = SealingKey::open_or_create(file_);
  ASSERT_TRUE(first && second);
  for (const std::string& plain : {std::string(), std::string("kubeconfig"), std::string(100'000, '\0')}) {
    std::string sealed = first->seal("workspace/shop", Secret(plain));
    if (!plain.empty()) EXPECT_EQ(sealed.find(plain), std::string::npos);
    EXPECT_NE(sealed, first->seal("workspace/shop", Secret(plain)));
    EXPECT_EQ(second->unseal("workspace/shop", sealed)->reveal(), plain);
  }
}

TEST_F(Sealed, TheKeyFileIsMadePrivateAndAlone) {
  ASSERT_TRUE(SealingKey::open_or_create(file_));
  struct stat status{};
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(status.st_size, 32);
  EXPECT_EQ(files(), 1u);
}

TEST_F(Sealed, OfManyFirstStartsOneKeyWins) {
  std::vector<std::string> sealed(8);
  {
    std::vector<std::jthread> threads;
    for (std::string& slot : sealed)
      threads.emplace_back([&] {
        if (auto key = SealingKey::open_or_create(file_)) slot = key->seal("n", Secret("s"));
      });
  }
  auto key = SealingKey::open_or_create(file_);
  ASSERT_TRUE(key);
  for (const std::string& slot : sealed) EXPECT_TRUE(key->unseal("n", slot));
  EXPECT_EQ(files(), 1u);
}

TEST_F(Sealed, ASealedValueCannotBeMovedOrChanged) {
  auto key = SealingKey::open_or_create(file_), other = SealingKey::open_or_create(folder_ / "other");
  ASSERT_TRUE(key && other);
  std::string sealed = key->seal("row/1", Secret("secret"));
  EXPECT_EQ(key->unseal("row/2", sealed).error().code, Code::corrupt);
  EXPECT_FALSE(key->unseal("", sealed));
  EXPECT_FALSE(other->unseal("row/1", sealed));
  EXPECT_FALSE(key->unseal("row/1", sealed + "x"));
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    std::string changed = sealed;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(key->unseal("row/1", changed)) << at;
    EXPECT_FALSE(key->unseal("row/1", sealed.substr(0, at))) << at;
  }
}

TEST_F(Sealed, AFileThatOthersMayReadIsRefused) {
  for (mode_t mode : {0644u, 0640u, 0604u, 0660u, 0666u}) {
    write(std::string(32, 'k'), mode);
    auto key = SealingKey::open_or_create(file_);
    ASSERT_FALSE(key) << std::oct << mode;
    EXPECT_EQ(key.error().code, Code::denied);
  }
  write(std::string(32, 'k'), 0400);
  EXPECT_TRUE(SealingKey::open_or_create(file_));
}

TEST_F(Sealed, AFileThatIsNoKeyIsRefused) {
  for (std::size_t size : {0u, 31u, 33u}) {
    std::filesystem::remove(file_);
    write(std::string(size, 'k'), 0600);
    EXPECT_EQ(SealingKey::open_or_create(file_).error().code, Code::corrupt) << size;
  }
  EXPECT_FALSE(SealingKey::open_or_create(folder_));
  EXPECT_EQ(SealingKey::open_or_create(folder_ / "no" / "key").error().code, Code::io);
  ASSERT_EQ(::mkfifo((folder_ / "fifo").c_str(), 0600), 0);
  EXPECT_FALSE(SealingKey::open_or_create(folder_ / "fifo"));
}

}  // namespace
}  // namespace foundation::crypto
