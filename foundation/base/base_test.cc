#include <fmt/core.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "foundation/base/clock.h"
#include "foundation/base/error.h"
#include "foundation/base/secret.h"
#include "foundation/base/strong.h"
#include "foundation/base/unicode.h"
#include "foundation/base/untrusted.h"
#include "foundation/base/uuid.h"

namespace foundation {
namespace {

WallTime at(std::int64_t ms) { return WallTime(Milliseconds(ms)); }

TEST(Clock, Rfc3339RoundTrip) {
  for (std::int64_t ms : {0LL, 1767323045006LL, 951782399999LL, 4102444800000LL}) {
    auto back = parse_rfc3339(to_rfc3339(at(ms)));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, at(ms));
  }
  EXPECT_EQ(to_rfc3339(at(1767323045006)), "2026-01-02T03:04:05.006Z");
}

TEST(Clock, Rfc3339Forms) {
  EXPECT_EQ(*parse_rfc3339("2026-01-02T03:04:05Z"), at(1767323045000));
  EXPECT_EQ(*parse_rfc3339("2026-01-02T04:04:05.0069999+01:00"), at(1767323045006));
  for (const char* bad : {"", "2026-01-02", "2026-01-02T03:04:05", "2026-02-30T00:00:00Z", "2026-01-02T24:00:00Z",
                          "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05+1:00", "x026-01-02T03:04:05Z"})
    EXPECT_FALSE(parse_rfc3339(bad)) << bad;
}

TEST(Uuid, Version7SortsByTime) {
  std::string a = new_uuid(at(1000)), b = new_uuid(at(2000));
  EXPECT_TRUE(is_uuid(a));
  EXPECT_EQ(a[14], '7');
  EXPECT_LT(a, b);
  EXPECT_NE(new_uuid(at(1000)), a);
  EXPECT_FALSE(is_uuid("018f"));
  EXPECT_FALSE(is_uuid(std::string(36, 'g')));
}

TEST(Unicode, WellFormedness) {
  EXPECT_TRUE(is_utf8("gr\xc3\xbc\xc3\x9f dich \xf0\x9f\x90\xa7"));
  for (const char* bad : {"\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80", "\xe2\x82"})
    EXPECT_FALSE(is_utf8(bad));
}

TEST(Unicode, EachCharacterIsWrittenInItsLength) {
  const std::pair<char32_t, const char*> rows[] = {
      {U'A', "A"},         {U'\u00e9', "\u00e9"}, {U'\u20ac', "\u20ac"}, {U'\U0001f600', "\U0001f600"},
      {0x7ff, "\xdf\xbf"}, {0xd800, "\ufffd"},    {0x110000, "\ufffd"}};
  for (const auto& [c, text] : rows) {
    EXPECT_EQ(to_utf8(c), text);
    EXPECT_TRUE(is_utf8(to_utf8(c)));
  }
}

TEST(Unicode, InvisibleCharactersGo) {
  EXPECT_EQ(visible_text("a\x1b[31mred\x07\nb\tc"), "a[31mred\nb\tc");
  EXPECT_EQ(visible_text("a\xe2\x80\xae"
                         "b"),
            "ab");  // right-to-left override
  EXPECT_EQ(visible_text("a\xf3\xa0\x81\x81"
                         "b"),
            "ab");  // tag letter A
  EXPECT_EQ(visible_text("a\xe2\x80\x8b"
                         "b\xef\xbb\xbf"),
            "ab");  // zero-width space, BOM
  EXPECT_EQ(visible_text("a\xff"), "a\xef\xbf\xbd");
}

// What text of others can be made into without a word that says what for: nothing.
template <class T>
constexpr bool kComesOutAs = std::is_convertible_v<Untrusted, T> || std::is_constructible_v<T, Untrusted>;
static_assert(!kComesOutAs<std::string> && !kComesOutAs<std::string_view> && !kComesOutAs<const char*>);
static_assert(!kComesOutAs<std::filesystem::path>, "no path");
static_assert(!kComesOutAs<Strong<struct NameTag>>, "no name, and so no argument");
static_assert(!kComesOutAs<Secret> && !kComesOutAs<bool>);
static_assert(!fmt::is_formattable<Untrusted>::value, "no part of another text");
static_assert(!std::is_convertible_v<std::string, Untrusted>, "nothing is taken for text of others by accident either");

TEST(Untrusted, ComesOutCleanedAndOnlyByName) {
  EXPECT_EQ(Untrusted("\x1b[31mred\xe2\x80\xae\xf3\xa0\x81\x81\xff").cleaned(), "[31mred\xef\xbf\xbd");
  EXPECT_EQ(Untrusted("x\xe2\x80\x8by"), Untrusted("xy"));
  EXPECT_TRUE(Untrusted("\xe2\x80\x8b").empty());
}

TEST(Error, SaysWhatAndWhy) {
  Result<int> r = fail(Code::io, "read file", "gone");
  EXPECT_EQ(fail_with("start", r.error()).error().text(), "start: read file: gone");
  EXPECT_EQ(to_string(Code::not_found), "not_found");
}

}  // namespace
}  // namespace foundation
