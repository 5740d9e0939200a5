#include "foundation/crypto/password.h"

#include <gtest/gtest.h>

namespace foundation::crypto {
namespace {

TEST(Password, OnlyTheRightOneIsTaken) {
  std::string hash = hash_password(Secret("correct horse"));
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=65536,t=2,p=1$")) << hash;
  EXPECT_TRUE(verify_password(hash, Secret("correct horse")));
  for (const char* wrong : {"", "correct hors", "correct horse ", "Correct horse"})
    EXPECT_FALSE(verify_password(hash, Secret(wrong))) << wrong;
  EXPECT_FALSE(verify_password(hash, Secret(std::string("correct horse\0", 14))));
}

TEST(Password, TwoHashesOfOnePasswordDiffer) { EXPECT_NE(hash_password(Secret("x")), hash_password(Secret("x"))); }

TEST(Password, WhatIsNoHashMatchesNothing) {
  std::string hash = hash_password(Secret("x"));
  std::string with_nul = hash + std::string("\0tail", 5);
  std::string other_kind = "$argon2i$" + hash.substr(sizeof "$argon2id$" - 1);
  for (const std::string& bad : {std::string(), std::string("x"), std::string("$argon2id$"), with_nul, other_kind,
                                 hash.substr(0, hash.size() - 1)})
    EXPECT_FALSE(verify_password(bad, Secret("x"))) << bad;
}

}  // namespace
}  // namespace foundation::crypto
