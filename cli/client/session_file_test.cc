#include "cli/client/session_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace cli::client {
namespace {

namespace fs = std::filesystem;
using foundation::Code;

struct SessionFile : testing::Test {
  SessionFile() {
    std::string name = "/tmp/hks-session-XXXXXX";
    folder = ::mkdtemp(name.data());
    file = folder / "config/hks/session.json";
  }
  ~SessionFile() override { fs::remove_all(folder); }
  void write(const std::string& text, fs::perms mode = fs::perms(0600)) {
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
    fs::permissions(file, mode);
  }
  fs::path folder, file;
  const SavedSession erin{"http://127.0.0.1:8080", "erin", Secret("secret-token"), "2026-01-02T15:04:05.000Z"};
};

TEST_F(SessionFile, WhatIsSavedIsLoaded) {
  ASSERT_TRUE(save_session(file, erin));
  auto loaded = load_session(file);
  ASSERT_TRUE(loaded) << loaded.error().text();
  ASSERT_TRUE(*loaded);
  EXPECT_EQ((*loaded)->server, erin.server);
  EXPECT_EQ((*loaded)->user, erin.user);
  EXPECT_EQ((*loaded)->token.reveal(), erin.token.reveal());
  EXPECT_EQ((*loaded)->expires_at, erin.expires_at);
}

TEST_F(SessionFile, OnlyTheOwnerMayReadIt) {
  auto before = ::umask(0);
  Done saved = save_session(file, erin);
  ::umask(before);
  ASSERT_TRUE(saved) << saved.error().text();
  EXPECT_EQ(fs::status(file).permissions(), fs::perms(0600));
  EXPECT_EQ(fs::status(file.parent_path()).permissions(), fs::perms(0700));
  EXPECT_EQ(std::distance(fs::directory_iterator(file.parent_path()), {}), 1) << "a temporary file is left";
}

TEST_F(SessionFile, AnOldFileThatOthersCouldReadIsReplaced) {
  write("old", fs::perms(0644));
  ASSERT_TRUE(save_session(file, erin));
  EXPECT_EQ(fs::status(file).permissions(), fs::perms(0600));
  EXPECT_TRUE(load_session(file).value().has_value());
}

TEST_F(SessionFile, AFileThatOthersMayReadIsRefusedAndSaysWhatHelps) {
  ASSERT_TRUE(save_session(file, erin));
  for (auto mode : {fs::perms(0640), fs::perms(0604), fs::perms(0620)}) {
    fs::permissions(file, mode);
    auto loaded = load_session(file);
    ASSERT_FALSE(loaded);
    EXPECT_NE(loaded.error().cause.find("chmod 600"), std::string::npos);
  }
}

TEST_F(SessionFile, NoFileIsNoSession) {
  auto loaded = load_session(file);
  ASSERT_TRUE(loaded);
  EXPECT_FALSE(*loaded);
}

TEST_F(SessionFile, WhatIsNoSessionIsRefused) {
  std::string whole = R"({"server":"s","user":"u","token":"t","expires_at":"e"})";
  write(whole);
  EXPECT_TRUE(load_session(file).value().has_value());
  for (std::string text : {"", "{}", "[]", "null", R"({"server":"s","user":"u","token":7,"expires_at":"e"})",
                           R"({"server":"s","user":"u","token":"t","expires_at":"e","more":1})"}) {
    write(text);
    EXPECT_FALSE(load_session(file)) << text;
  }
  write(std::string(17 << 10, ' ') + whole);
  EXPECT_EQ(load_session(file).error().code, Code::too_large);
}

TEST_F(SessionFile, ForgettingTwiceIsFine) {
  ASSERT_TRUE(save_session(file, erin));
  EXPECT_TRUE(forget_session(file));
  EXPECT_FALSE(fs::exists(file));
  EXPECT_TRUE(forget_session(file));
}

TEST_F(SessionFile, AFolderThatCannotBeMadeIsAnError) {
  fs::create_directories(file.parent_path().parent_path());
  std::ofstream(file.parent_path()) << "a file";
  EXPECT_EQ(save_session(file, erin).error().code, Code::io);
}

}  // namespace
}  // namespace cli::client
