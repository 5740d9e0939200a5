#include "foundation/kubernetes/names.h"

#include <gtest/gtest.h>

namespace foundation::kubernetes {
namespace {

using namespace std::string_literals;

const std::string kNotEvenAPart[] = {"",      "-",       "-a",        "a-",    "A",         "a_b",    "a b",    "a/b",
                                     "..",    ".",       "../x",      "a\nb",  "a%2fb",     "é",      "a:b",    "a\0b"s,
                                     "a\xff", "a\u200b", "kube-sys!", "a?b=c", "a#b",       "\"a\"",  "a\\b",   " a",
                                     "a ",    "*",       "a,b",       "a;b",   "\u0430web", "a\r\nb", "$(name)"};

TEST(Names, ALabelIsAtMost63LettersDigitsAndDashes) {
  for (std::string good : {"a"s, "0"s, "a-b"s, "a--b"s, "7up"s, "shop-2"s, std::string(63, 'x')})
    EXPECT_TRUE(is_label(good)) << good;
  EXPECT_FALSE(is_label(std::string(64, 'x')));
  EXPECT_FALSE(is_label("a.b"));
  for (const std::string& bad : kNotEvenAPart) EXPECT_FALSE(is_label(bad)) << bad;
}

TEST(Names, ASubdomainIsPartsJoinedByDots) {
  for (std::string good : {"a"s, "a.b"s, "web-5d4f8c7b9d-abcde"s, "1.2.3"s, std::string(253, 'x')})
    EXPECT_TRUE(is_subdomain(good)) << good;
  for (std::string bad : {".a"s, "a."s, "a..b"s, "a.-b"s, "a-.b"s, "a.B"s, std::string(254, 'x')})
    EXPECT_FALSE(is_subdomain(bad)) << bad;
  for (const std::string& bad : kNotEvenAPart) EXPECT_FALSE(is_subdomain(bad)) << bad;
}

TEST(Names, AKindIsOneWordThatBeginsUpperCase) {
  for (std::string good : {"Pod"s, "X"s, "CronJob2"s, std::string(63, 'K')}) EXPECT_TRUE(is_kind(good)) << good;
  for (std::string bad : {""s, "pod"s, "2Pod"s, "Pod/x"s, "Pod-x"s, "Pod "s, "P\0d"s, std::string(64, 'K')})
    EXPECT_FALSE(is_kind(bad)) << bad;
}

TEST(Names, APodOfALongNamedDeploymentIsAnObjectButNoNamespace) {
  std::string pod = std::string(60, 'd') + "-5d4f8c7b9d-abcde";
  EXPECT_TRUE(parse_object_name(pod));
  EXPECT_FALSE(parse_namespace(pod));
}

TEST(Names, ParsingKeepsTheTextOrSaysInvalid) {
  EXPECT_EQ(parse_namespace("shop")->str(), "shop");
  EXPECT_EQ(parse_object_name("web.v2")->str(), "web.v2");
  EXPECT_EQ(parse_namespace("web.v2").error().code, Code::invalid);
  EXPECT_EQ(parse_object_name("../web").error().code, Code::invalid);
}

}  // namespace
}  // namespace foundation::kubernetes
