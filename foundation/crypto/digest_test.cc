#include "foundation/crypto/digest.h"

#include <gtest/gtest.h>

#include "foundation/crypto/encoding.h"

namespace foundation::crypto {
namespace {

TEST(Digest, Fips180Examples) {
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_text(""), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Random, GivesWhatIsAskedAndNeverTheSame) {
  for (std::size_t count : {0u, 1u, 32u, 1000u}) EXPECT_EQ(random_bytes(count).size(), count);
  EXPECT_NE(random_bytes(32), random_bytes(32));
  EXPECT_NE(random_bytes(1000).substr(936), std::string(64, '\0'));
}

TEST(ConstantTimeEqual, IsEquality) {
  EXPECT_TRUE(constant_time_equal("", ""));
  EXPECT_TRUE(constant_time_equal("abc", "abc"));
  EXPECT_FALSE(constant_time_equal("abc", "abd"));
  EXPECT_FALSE(constant_time_equal("abc", "ab"));
  EXPECT_FALSE(constant_time_equal("abc", std::string_view("abc\0", 4)));
}

}  // namespace
}  // namespace foundation::crypto
