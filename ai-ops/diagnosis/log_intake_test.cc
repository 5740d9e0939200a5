#include "ai-ops/diagnosis/log_intake.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "foundation/base/unicode.h"

namespace ai_ops::diagnosis {
namespace {

using testing::ElementsAre;

std::vector<std::string> texts(const LogExcerpt& log) {
  std::vector<std::string> out;
  for (const LogLine& line : log.lines) out.push_back(line.text);
  return out;
}

// "3: disk failed x2" for each earlier line.
std::vector<std::string> earlier(const LogExcerpt& log) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < log.earlier; ++i)
    out.push_back(fmt::format("{}: {} x{}", log.lines[i].number, log.lines[i].text, log.lines[i].count));
  return out;
}

std::string chatter(std::size_t lines) {
  std::string out;
  for (std::size_t i = 0; i < lines; ++i) out += "GET /health\n";
  return out;
}

TEST(LogIntake, IsTheSameHoweverTheLogIsCut) {
  const std::string text = "one\ntwo\r\n\nfour: error\nlast";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    LogIntake intake;
    for (std::size_t at = 0; at < text.size(); at += size) intake.take(std::string_view(text).substr(at, size));
    EXPECT_THAT(texts(std::move(intake).finish()), ElementsAre("one", "two", "four: error", "last")) << size;
  }
}

TEST(LogIntake, OfAMillionLinesTheLastOnesAreKeptWithTheirNumbers) {
  LogIntake intake;
  for (int i = 1; i <= 1'000'000; ++i) intake.take(fmt::format("line{}\r\n", i));
  LogExcerpt log = std::move(intake).finish();
  ASSERT_EQ(log.lines.size(), kMaxLogLines);
  EXPECT_EQ(log.earlier, 0u);
  EXPECT_EQ(log.lines.back().text, "line1000000");
  EXPECT_EQ(log.lines.front().number, 1'000'000 - kMaxLogLines + 1);
  EXPECT_EQ(number_of(log, 0), 1'000'000 - kMaxLogLines + 1);
  EXPECT_EQ(index_of(log, 1'000'000), kMaxLogLines - 1);
  EXPECT_EQ(index_of(log, 7), std::nullopt);
}

// A program that dies may say for thousands of lines how it does.
TEST(LogIntake, WhatTellsOfAFailureIsKeptHoweverFarUpOneOfAPattern) {
  LogExcerpt log = excerpt_of("starting\nretry 1: connection refused\nbind: address already in use\n" +
                              std::string("retry 2: connection refused\n") + chatter(kMaxLogLines));
  EXPECT_THAT(earlier(log), ElementsAre("3: bind: address already in use x1", "4: retry 2: connection refused x2"));
  EXPECT_EQ(log.lines.size(), kMaxLogLines + 2);
  auto cause = cause_line(log);
  ASSERT_TRUE(cause);
  EXPECT_EQ(log.lines[*cause].text, "retry 2: connection refused");
  EXPECT_EQ(lines_alike(log, *cause), 2u);
}

TEST(LogIntake, TheLastLinesTellBeforeTheEarlierOnes) {
  LogExcerpt log = excerpt_of("Caused by: no route to host\n" + chatter(kMaxLogLines - 1) + "error: gone\n");
  ASSERT_EQ(log.earlier, 1u);
  auto cause = cause_line(log);
  ASSERT_TRUE(cause);
  EXPECT_EQ(log.lines[*cause].text, "error: gone");
}

TEST(LogIntake, ALineThatGoesOnInTheLastLinesIsCountedWhole) {
  std::string text;
  for (std::size_t i = 0; i < 3 * kMaxLogLines; ++i) text += fmt::format("order {} failed\n", i);
  LogExcerpt log = excerpt_of(text);
  EXPECT_EQ(log.earlier, 1u);
  EXPECT_EQ(lines_alike(log, log.lines.size() - 1), 3 * kMaxLogLines);
}

TEST(LogIntake, WhatIsKeptIsBounded) {
  std::string text;
  for (std::size_t i = 0; i < 3 * kMaxEarlierPatterns; ++i) text += std::string(i / 4 + 1, "abcd"[i % 4]) + " failed\n";
  LogExcerpt log = excerpt_of(text + chatter(kMaxLogLines));
  EXPECT_EQ(log.earlier, kMaxEarlierPatterns);
  EXPECT_EQ(log.lines[0].number, 2 * kMaxEarlierPatterns + 1) << "those that were seen last";
}

TEST(LogIntake, OfManyPatternsThoseThatWereSeenLastAreKept) {
  std::string text;
  auto word = [](std::size_t i) {
    return std::string{char('a' + i / 676 % 26), char('a' + i / 26 % 26), char('a' + i % 26)};
  };
  for (std::size_t i = 0; i < 20 * kMaxEarlierPatterns; ++i) text += "error " + word(i) + "\n";
  LogExcerpt log = excerpt_of(text + chatter(kMaxLogLines));
  ASSERT_EQ(log.earlier, kMaxEarlierPatterns);
  EXPECT_EQ(log.lines[0].text, "error " + word(19 * kMaxEarlierPatterns));
  EXPECT_EQ(log.lines[kMaxEarlierPatterns - 1].number, 20 * kMaxEarlierPatterns);
}

// A program that ends in blank lines lost what it said before them.
TEST(LogIntake, BlankLinesAreCountedAndTakeNoPlace) {
  for (const char* blank : {"\n", "\r\n"}) {
    std::string text = "one\npanic: nil map\n";
    for (std::size_t i = 0; i < 2 * kMaxLogLines; ++i) text += blank;
    LogExcerpt log = excerpt_of(text + "bye\n" + text);
    ASSERT_THAT(texts(log), ElementsAre("one", "panic: nil map", "bye", "one", "panic: nil map"));
    EXPECT_EQ(log.lines[2].number, 2 * kMaxLogLines + 3);
  }
  std::string full = chatter(kMaxLogLines) + "\r\n\r\nlast\n\r\n";
  LogExcerpt log = excerpt_of(full);
  EXPECT_EQ(log.lines.back().text, "last");
  EXPECT_EQ(log.lines.back().number, kMaxLogLines + 3);
  EXPECT_GE(log.lines.size(), kMaxLogLines - 2);
}

TEST(LogIntake, AnyBytesBecomeVisibleLinesOfABoundedLength) {
  LogExcerpt log = excerpt_of(std::string_view("a\0b\xff\n\x1b[31mred\n", 13));
  ASSERT_EQ(log.lines.size(), 2u);
  for (const LogLine& line : log.lines) EXPECT_EQ(line.text, foundation::visible_text(line.text));
  EXPECT_EQ(excerpt_of(std::string(1 << 20, 'x')).lines.at(0).text, std::string(kMaxLogLineBytes, 'x'));
  EXPECT_TRUE(excerpt_of("").lines.empty());
  EXPECT_TRUE(excerpt_of("\n\n\r\n").lines.empty());
  EXPECT_THAT(texts(excerpt_of("\n\none\n\n\n")), ElementsAre("one"));
}

}  // namespace
}  // namespace ai_ops::diagnosis
