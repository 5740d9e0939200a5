#include "api/reads/log_text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "api/cluster/cluster.h"

namespace api::reads {
namespace {

using Lines = std::vector<std::string>;

Lines lines_of(std::string_view text, int tail_lines = 500) {
  foundation::redaction::Pseudonyms pseudonyms;
  return log_lines(text, tail_lines, pseudonyms);
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

// A token that the bound cuts is shorter than its format asks for, and stood there.
TEST(LogLines, ATokenThatTheBoundCutsIsNotShown) {
  const std::string token =
      "ghp_"
      "aBcDeFgHiJkLmNoPqR";
  std::string text = "one\ntwo ";
  text += std::string(cluster::kMaxLogBytes - text.size() - token.size() - 1, '.') + " " + token;
  ASSERT_EQ(text.size(), cluster::kMaxLogBytes);
  EXPECT_EQ(lines_of(text), Lines{"one"});
  text.pop_back();
  EXPECT_EQ(lines_of(text).size(), 2u) << "not cut";
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
