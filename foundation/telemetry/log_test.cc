#include "foundation/telemetry/log.h"

#include <gtest/gtest.h>

#include <regex>
#include <thread>
#include <vector>

#include "foundation/base/secret.h"
#include "foundation/base/unicode.h"
#include "foundation/telemetry/log_line.h"

namespace foundation::telemetry {
namespace {

const WallTime kAt = parse_rfc3339("2026-01-02T03:04:05.006Z").value();

static_assert(!std::is_constructible_v<Field, const char*, Secret>, "a secret must not become a field");

class LogTest : public testing::Test {
 protected:
  void TearDown() override { configure_log(LogFormat::text, LogLevel::info); }
  template <class F>
  std::string lines_of(F write) {
    testing::internal::CaptureStderr();
    write();
    return testing::internal::GetCapturedStderr();
  }
};

TEST_F(LogTest, ATextLineIsTimeLevelEventAndFields) {
  std::vector<Field> fields = {{"who", "ada"}, {"n", 5}, {"ok", true}};
  EXPECT_EQ(text_line(kAt, LogLevel::warning, "turn_opened", fields),
            R"(2026-01-02T03:04:05.006Z warning turn_opened who="ada" n=5 ok=true)");
}

TEST_F(LogTest, AJsonLineIsOneObject) {
  std::vector<Field> fields = {{"who", "a\"b\\c"}, {"n", std::size_t(5)}, {"ok", false}};
  EXPECT_EQ(
      json_line(kAt, LogLevel::info, "turn_opened", fields),
      R"({"time":"2026-01-02T03:04:05.006Z","level":"info","event":"turn_opened","who":"a\"b\\c","n":5,"ok":false})");
}

TEST_F(LogTest, AHostileValueCannotStartALineOrAnEscapeSequence) {
  std::vector<Field> fields = {{"x", std::string("a\nb\r\x1b[31m\0\x7f\xff\t", 12)}};
  for (const auto& line : {text_line(kAt, LogLevel::info, "e", fields), json_line(kAt, LogLevel::info, "e", fields)}) {
    for (unsigned char c : line) EXPECT_TRUE(c >= 0x20 && c != 0x7f) << int(c);
    EXPECT_NE(line.find(R"(a\nb)"), std::string::npos);
    EXPECT_TRUE(is_utf8(line));
  }
}

TEST_F(LogTest, LinesGoToStderrWithTheCarriedFieldsAndTheLastValueOfEach) {
  configure_log(LogFormat::json, LogLevel::info);
  auto text = lines_of([] {
    Log base = Log().with({{"request", "r1"}, {"step", 1}});
    base.with({{"step", 2}}).info("went", {{"request", "r2"}});
    base.error("failed");
  });
  std::regex want(
      R"(\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","level":"info","event":"went","request":"r2","step":2\}\n)"
      R"(\{"time":"[^"]+","level":"error","event":"failed","request":"r1","step":1\}\n)");
  EXPECT_TRUE(std::regex_match(text, want)) << text;
}

TEST_F(LogTest, LinesUnderTheLevelAreNotWritten) {
  configure_log(LogFormat::text, LogLevel::warning);
  auto text = lines_of([] {
    Log().debug("no");
    Log().info("no");
    Log().warning("yes");
  });
  EXPECT_NE(text.find(" warning yes\n"), std::string::npos);
  EXPECT_EQ(text.find("no"), std::string::npos);
}

TEST_F(LogTest, LinesOfManyThreadsDoNotMix) {
  auto text = lines_of([] {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([log = Log().with({{"thread", t}})] {
        for (int i = 0; i < 200; ++i) log.info("line", {{"i", i}});
      });
  });
  std::regex line(R"(\S+ info line thread=\d i=\d+)");
  std::size_t lines = 0;
  for (std::size_t at = 0; at < text.size(); ++lines) {
    auto end = text.find('\n', at);
    ASSERT_NE(end, std::string::npos);
    EXPECT_TRUE(std::regex_match(text.substr(at, end - at), line)) << text.substr(at, end - at);
    at = end + 1;
  }
  EXPECT_EQ(lines, 800u);
}

}  // namespace
}  // namespace foundation::telemetry
