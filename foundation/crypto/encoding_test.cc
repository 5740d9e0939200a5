#include "foundation/crypto/encoding.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <utility>

namespace foundation::crypto {
namespace {

TEST(Encoding, Rfc4648Examples) {
  const std::pair<const char*, const char*> rows[] = {{"", ""},
                                                      {"f", "Zg=="},
                                                      {"fo", "Zm8="},
                                                      {"foo", "Zm9v"},
                                                      {"foob", "Zm9vYg=="},
                                                      {"fooba", "Zm9vYmE="},
                                                      {"foobar", "Zm9vYmFy"}};
  for (auto [bytes, text] : rows) {
    EXPECT_EQ(from_base64(text).value(), bytes);
    std::string bare = text;
    bare.erase(std::min(bare.find('='), bare.size()));
    EXPECT_EQ(to_base64url(bytes), bare);
    EXPECT_EQ(from_base64url(bare).value(), bytes);
  }
  EXPECT_EQ(to_base64url("\xfb\xff\xfe"), "-__-");
  EXPECT_EQ(from_base64("+//+").value(), "\xfb\xff\xfe");
  EXPECT_EQ(to_hex(std::string_view("\x00\x7f\xff", 3)), "007fff");
}

TEST(Encoding, EveryByteStringComesBack) {
  EXPECT_TRUE(
      rc::check([](const std::string& bytes) { RC_ASSERT(from_base64url(to_base64url(bytes)).value() == bytes); }));
}

TEST(Encoding, AnAcceptedTextIsTheOnlyOneForItsBytes) {
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  int accepted = 0;
  for (char a : kAlphabet)
    for (char b : kAlphabet) {
      std::string text{a, b};
      auto bytes = from_base64url(text);
      if (!bytes) continue;
      ++accepted;
      EXPECT_EQ(to_base64url(*bytes), text);
    }
  EXPECT_EQ(accepted, 256);
}

TEST(Encoding, Base64UrlRefusesEverythingElse) {
  for (const char* bad :
       {"Zg==", "Zm8=", "Z", "Zm9vY", "Zh", "Zm9", "Zm 9v", "Zm9v\n", " Zm9v", "+/+/", "Zm9v.", "\xc3\xa4"})
    EXPECT_FALSE(from_base64url(bad)) << bad;
  EXPECT_FALSE(from_base64url(std::string_view("Zm\09v", 5)));
}

TEST(Encoding, Base64RefusesEverythingElse) {
  for (const char* bad : {"Zg", "Zg=", "Zg===", "=Zg=", "Z===", "====", "Zh==", "Zm9=", "Zm9v\n", "-__-", "Zg==Zg=="})
    EXPECT_FALSE(from_base64(bad)) << bad;
}

}  // namespace
}  // namespace foundation::crypto
