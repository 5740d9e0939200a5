#include "api/cluster/log_tail.h"

#include <gtest/gtest.h>

#include <string>

namespace api::cluster {
namespace {

// Lines of 10 bytes, of which each tells its place.
std::string numbered(std::size_t lines) {
  std::string text;
  for (std::size_t i = 0; i < lines; ++i) {
    auto number = std::to_string(i);
    text += std::string(9 - number.size(), '0') + number + "\n";
  }
  return text;
}

TEST(LogTail, AShortLogIsWhole) {
  LogTail tail;
  EXPECT_EQ(tail.text(), "");
  EXPECT_FALSE(tail.is_cut());
  for (std::string_view piece : {"on", "e\ntw", "", "o\n"}) tail.take(piece);
  EXPECT_EQ(tail.text(), "one\ntwo\n");
  EXPECT_FALSE(tail.is_cut());
}

TEST(LogTail, IsCutFromItsBoundOn) {
  LogTail tail;
  tail.take(std::string(kMaxLogBytes, 'x'));
  EXPECT_FALSE(tail.is_cut());
  EXPECT_EQ(tail.text().size(), kMaxLogBytes);
  tail.take("y");
  EXPECT_TRUE(tail.is_cut());
  EXPECT_EQ(tail.text().size(), kMaxLogBytes);
  EXPECT_EQ(tail.text().back(), 'y');
}

TEST(LogTail, HoldsTheEndHoweverTheLogIsCutIntoPieces) {
  const std::string log = numbered(kMaxLogBytes / 2);
  for (std::size_t piece : {std::size_t(7), std::size_t(16 << 10), kMaxLogBytes, 2 * kMaxLogBytes, log.size()}) {
    LogTail tail;
    for (std::size_t at = 0; at < log.size(); at += piece) tail.take(std::string_view(log).substr(at, piece));
    EXPECT_TRUE(tail.is_cut()) << piece;
    EXPECT_TRUE(tail.text() == std::string_view(log).substr(log.size() - kMaxLogBytes)) << piece;
  }
}

}  // namespace
}  // namespace api::cluster
