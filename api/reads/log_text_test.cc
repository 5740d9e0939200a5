#include "api/reads/log_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "api/cluster/log_tail.h"
#include "foundation/redaction/patterns.h"

namespace api::reads {
namespace {

using Lines = std::vector<std::string>;

Lines lines_of(std::string_view text, int tail_lines = 500) {
  cluster::LogTail log;
  log.take(text);
  foundation::redaction::Pseudonyms pseudonyms;
  return log_lines(log, tail_lines, pseudonyms);
}

const std::string kEnd =
    "-----END RSA "
    "PRIVATE KEY-----";

TEST(LogLines, TheEndOfAKeyWhoseBeginningWasCutOffGoes) {
  EXPECT_EQ(lines_of("MIIEow\nabcdef\n" + kEnd + "\none\ntwo\n"), (Lines{"one", "two"}));
  EXPECT_EQ(lines_of("MIIEow\nabcdef\n" + kEnd), Lines{});
}

// It took what stood above the end of any PEM block, a certificate's too.
TEST(LogLines, WhatStandsAboveTheEndOfACertificateStays) {
  EXPECT_EQ(lines_of("one\n-----END CERTIFICATE-----\ntwo\n"), (Lines{"one", "-----END CERTIFICATE-----", "two"}));
}

// Lines of `bytes` together, so long that all which are held are fewer than those asked for.
std::string noise(std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += std::string(std::min<std::size_t>(999, bytes - text.size() - 1), '.') + "\n";
  return text;
}

// `secret` and `after` it, so that the bound cuts the first `above` bytes of it off.
Lines lines_cut_inside(const std::string& secret, std::size_t above, const std::string& after) {
  auto room = cluster::kMaxLogBytes - (secret.size() - above);
  return lines_of(secret + noise(room - after.size()) + after);
}

bool is_shown(const Lines& lines, std::string_view text) {
  return std::ranges::any_of(lines, [&](const std::string& line) { return line.contains(text); });
}

// It was cut at its end, which tells why a program died.
TEST(LogLines, ALogLongerThanItsBoundKeepsItsLastLine) {
  auto lines = lines_of(noise(2 * cluster::kMaxLogBytes) + "panic: out of memory\n");
  ASSERT_GT(lines.size(), 200u);
  EXPECT_EQ(lines.back(), "panic: out of memory");
  EXPECT_EQ(lines_of(std::string(2 * cluster::kMaxLogBytes, '.') + "\npanic\n"), Lines{"panic"}) << "below a long line";
}

// What is left of a token is shorter than its format asks for, and stood there.
TEST(LogLines, ATokenThatTheBoundCutsIsNotShown) {
  const std::string token =
      "ghp_"
      "aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789";
  for (std::size_t above : {1, 5, 20, 36}) {
    auto lines = lines_cut_inside(token + " one\n", above, "two\n");
    EXPECT_FALSE(is_shown(lines, token.substr(36)) || is_shown(lines, "one")) << above;
    EXPECT_TRUE(is_shown(lines, "two"));
  }
}

TEST(LogLines, AKeyWhoseBeginningIsAboveTheBoundGoes) {
  std::string key =
      "-----BEGIN RSA "
      "PRIVATE KEY-----\n";
  const std::string body(64, 'M');
  for (int line = 0; line < 100; ++line) key += body + "\n";
  key += kEnd + "\n";
  for (std::size_t above : {std::size_t(1), std::size_t(33), std::size_t(3'000), key.size() - 5}) {
    auto lines = lines_cut_inside(key, above, "two\n");
    EXPECT_FALSE(is_shown(lines, "MMMM") || is_shown(lines, "KEY--")) << above;
    EXPECT_TRUE(is_shown(lines, "two"));
  }
}

// Its reach was counted in bytes of what was left of them.
TEST(LogLines, BytesThatAreNotShownHideNoLineBelowTheCut) {
  auto lines = lines_of(std::string(300 << 10, '\0') + "\npanic: gone\n");
  EXPECT_EQ(lines, Lines{"panic: gone"});
}

TEST(LogLines, OfAKeyOfBytesThatGrowWhenTheyAreCleanedNothingIsShown) {
  std::string key =
      "-----BEGIN "
      "PRIVATE KEY-----\n";
  for (int i = 0; i < 150; ++i) key += std::string(100, '\xff') + "KEYBODY" + std::string(40, 'M') + "\n";
  ASSERT_LT(key.size(), foundation::redaction::kMaxCredentialBytes);
  auto lines = lines_cut_inside(key, 20, "two\n");
  EXPECT_FALSE(is_shown(lines, "KEYBODY"));
  EXPECT_TRUE(is_shown(lines, "two"));
}

// The line that names it went with the cut, and the value was shown.
TEST(LogLines, AValueWhoseNameIsAboveTheBoundGoes) {
  const std::string text = "password: |\n  hunter2\n";
  for (std::size_t above : {1, 11, 12}) {
    auto lines = lines_cut_inside(text, above, "two\n");
    EXPECT_FALSE(is_shown(lines, "hunter2")) << above;
    EXPECT_TRUE(is_shown(lines, "two"));
  }
}

// Of the lines that were asked for, some may have no secret in them but for what stands above.
TEST(LogLines, WhatStandsAboveTheLinesAskedForIsLookedAt) {
  EXPECT_EQ(lines_of("password: |\n  hunter2\n", 1), Lines{"  <secret:password#1>"});
  std::string key =
      "-----BEGIN RSA "
      "PRIVATE KEY-----\n";
  for (int line = 0; line < 100; ++line) key += std::string(64, 'M') + "\n";
  EXPECT_EQ(lines_of(key + kEnd + "\nthree\n", 2), (Lines{"<secret:private_key#1>", "three"}));
}

TEST(LogLines, ALongLineIsCutAfterItsSecrets) {
  std::string line = std::string(kMaxLogLineBytes - 10, '.') + " password=hunter2";
  ASSERT_EQ(lines_of(line).size(), 1u);
  EXPECT_EQ(lines_of(line)[0], std::string(kMaxLogLineBytes - 10, '.') + " password=" + "...");
}

}  // namespace
}  // namespace api::reads
