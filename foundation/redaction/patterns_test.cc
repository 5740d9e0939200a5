#include "foundation/redaction/patterns.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace foundation::redaction {
namespace {

// Planted secrets, cut in two so that scanners of this repository stay quiet.
struct Canary {
  const char* type;
  std::string before;
  std::string secret;
  std::string after;
  std::string text() const { return before + secret + after; }
};

const std::string kJwt =
    "eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ."
    "eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQifQ.c2lnbmF0dXJlLWJ5dGVz";
const std::string kPem =
    "-----BEGIN RSA "
    "PRIVATE KEY-----\nMIIEowIBAAKCAQEAx\nabc/def+ghi==\n-----END RSA "
    "PRIVATE KEY-----";
const std::vector<Canary> kCanaries = {
    // by shape
    {"aws", "using ",
     "AKIA"
     "IOSFODNN7EXAMPLE",
     " of the account"},
    {"aws", "key=",
     "ASIA"
     "QWERTYUIOPASDFGH",
     ""},
    {"github", "remote: invalid token ",
     "ghp_"
     "aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789",
     "."},
    {"github", "clone with ",
     "github_pat_"
     "11ABCDEFG0aBcDeFgHiJkL_mNoPqRsTuVwXyZ",
     ""},
    {"github", "https://",
     "ghs_"
     "aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789",
     "@github.com/a/b"},
    {"gitlab", "",
     "glpat-"
     "aBcDeFgHiJkLmNoPqRsT",
     ""},
    {"slack", "posting as ",
     "xoxb-"
     "123456789012-abcdefGHIJKL",
     " failed"},
    {"slack", "POST https://hooks.slack.com/services/",
     "T00000000/"
     "B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
     " 404"},
    {"stripe", "charge with ",
     "sk_"
     "live_4eC39HqLyjWDarjtT1zdp7dc",
     ""},
    {"stripe", "",
     "rk_"
     "test_4eC39HqLyjWDarjtT1zdp7dc",
     ""},
    {"google", "maps?key=",
     "AIza"
     "SyA1234567890abcdefghijklmnopqrstuv",
     "&v=3"},
    {"google", "",
     "ya29."
     "a0AfH6SMBxxxxxxxxxxxxxxxxxxx",
     ""},
    {"openai", "model refused ",
     "sk-"
     "proj-abcdefGHIJKL0123456789mnop",
     ""},
    {"anthropic", "x-api-key: ",
     "sk-"
     "ant-api03-abcdefGHIJKL0123456789",
     ""},
    {"huggingface", "",
     "hf_"
     "aBcDeFgHiJkLmNoPqRsTuVwXyZ01234567",
     ""},
    {"npm", "//registry.example/:_authToken=",
     "npm_"
     "aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789",
     ""},
    {"sendgrid", "",
     "SG."
     "aBcDeFgHiJkLmNoPqRsTuV.aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789abcdefg",
     ""},
    {"twilio", "sid ",
     "AC"
     "0123456789abcdef0123456789abcdef",
     ""},
    {"digitalocean", "",
     "dop_v1_"
     "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
     ""},
    {"vault", "lease for ",
     "hvs."
     "CAESIabcdefghijklmnop0123456789",
     " lost"},
    {"telegram", "bot",
     "123456789:"
     "AAabcdefghijklmnopqrstuvwxyz0123456",
     ""},
    {"jwt", "got ", kJwt, " from kubelet"},
    {"private_key", "loaded\n", kPem, "\nready"},
    {"private_key", "cut: ",
     "-----BEGIN "
     "PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
     ""},
    // by context
    {"authorization", "> Authorization: Bearer ", "opaque-token-value", ""},
    {"authorization", "{\"Authorization\":\"Basic ", "dXNlcjpwYXNz", "\"}"},
    {"authorization", "headers: map[Authorization:[Bearer ", "abcd1234efgh", "]]"},
    {"bearer", "sent bearer ", "a8f5f167f44f4964e6c998dee827110c", " twice"},
    {"cookie", "Cookie: ", "session=abc; csrf=def", ""},
    {"password", "dial postgres://app:", "hunter2", "@db.shop:5432/app: refused"},
    {"password", "dial postgres://app:", "p/w@rd", "@db.shop/app: refused"},
    {"password", "redis://:", "s3cr3t", "@cache:6379"},
    {"password", "GET https://erin:", "hunter2", "@git.example.com/x.git"},
    {"token", "https://", "0123456789abcdef0123456789abcdef", "@o1.ingest.sentry.io/1"},
    {"password", "app:", "hunter2", "@tcp(mysql:3306)/app"},
    {"password", "config: password=", "hunter2", " host=db"},
    {"password", "DB_PASSWORD: \"", "correct horse", "\""},
    {"password", "{\"user\":\"app\",\"password\":\"", "hunter2", "\",\"db\":1}"},
    {"password", "{\\\"password\\\":\\\"", "hunter2", "\\\",\\\"a\\\":1}"},
    {"password", "args: --password ", "hunter2", " --verbose"},
    {"password", "mysql --db-password=", "hunter2", ""},
    {"password", "curl -u admin:", "hunter2", " http://x"},
    {"password", "the password is ", "hunter2", ""},
    {"password", "apikey=", "abc123", ""},
    {"password", "aws_secret_access_key = ", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""},
    {"password", "AccountKey=", "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", ";EndpointSuffix=core"},
    {"password", "client_secret=", "abcDEF", "&grant_type=x"},
    {"token", "?token=", "abc", "&x=1"},
    {"token", "session_id=", "deadbeef01", ""},
    {"token", "{\"token\": \"", "shorty", "\"}"},
    {"token", "secret: ", "a8f5f167f44f4964", ""},
    {"token", "REDIS_PASS=", "letmein", ""},
    {"key", "DATA-KEY: ", "0123456789abcdef0123456789abcdef", ""},
    {"key", "signed with key=", "QWxhZGRpbjpvcGVuIHNlc2FtZQ1234567890", ""},
};

TEST(RedactText, EveryCanaryGoesAndNothingElse) {
  std::size_t gone = 0, exact = 0;
  for (const Canary& canary : kCanaries) {
    Pseudonyms pseudonyms;
    std::string out = redact_text(canary.text(), pseudonyms).str();
    bool is_gone = out.find(canary.secret) == std::string::npos;
    bool is_exact = out == canary.before + fmt::format("<secret:{}#1>", canary.type) + canary.after;
    EXPECT_TRUE(is_gone) << canary.text();
    EXPECT_TRUE(is_exact) << canary.text() << "\n became " << out;
    gone += is_gone;
    exact += is_exact;
  }
  fmt::print("redaction recall: {}/{} planted secrets, {} of them cut exactly\n", gone, kCanaries.size(), exact);
  EXPECT_GE(kCanaries.size(), 50u);
}

TEST(RedactText, SeveralInOneTextAreNumberedAndStable) {
  Pseudonyms pseudonyms;
  auto redact = [&](std::string_view text) { return redact_text(text, pseudonyms).str(); };
  EXPECT_EQ(redact("password=alpha1 password=beta2 password=alpha1"),
            "password=<secret:password#1> password=<secret:password#2> password=<secret:password#1>");
  EXPECT_EQ(redact("password=beta2"), "password=<secret:password#2>");
  EXPECT_EQ(redact("token=gamma3"), "token=<secret:token#1>");
  EXPECT_EQ(redact_text("a password=x1 token=y2", pseudonyms).secrets(), 2u);
}

TEST(RedactText, OverlappingFormatsGoAsOne) {
  Pseudonyms pseudonyms;
  std::string key =
      "AKIA"
      "IOSFODNN7EXAMPLE";
  EXPECT_EQ(redact_text("password=" + key + "-and-more", pseudonyms).str(), "password=<secret:aws#1>");
  EXPECT_EQ(redact_text("Authorization: Bearer " + key, pseudonyms).str().find(key), std::string::npos);
}

TEST(RedactText, TwiceIsOnce) {
  for (const Canary& canary : kCanaries) {
    Pseudonyms first, second;
    std::string once = redact_text(canary.text(), first).str();
    EXPECT_EQ(redact_text(once, second).str(), once);
    EXPECT_FALSE(holds_secret(once)) << once;
    EXPECT_TRUE(holds_secret(canary.text()));
  }
}

TEST(RedactText, AForgedPseudonymHidesNothing) {
  Pseudonyms pseudonyms;
  for (const char* text :
       {"password=<secret:x#1>hunter2", "password=<secret:aws#1>hunter2", "password=<secret:hunter2>"})
    EXPECT_EQ(redact_text(text, pseudonyms).str().find("hunter2"), std::string::npos) << text;
}

TEST(RedactText, InvisibleCharactersDoNotSplitASecret) {
  Pseudonyms pseudonyms;
  EXPECT_EQ(redact_text("AKIA\xe2\x80\x8b"
                        "IOSFODNN7\x1b"
                        "EXAMPLE",
                        pseudonyms)
                .str(),
            "<secret:aws#1>");
  EXPECT_EQ(redact_text("a\x1b[31mb\xe2\x80\xae"
                        "c\xff",
                        pseudonyms)
                .str(),
            "a[31mbc\xef\xbf\xbd");
}

TEST(RedactText, LongTextsAreSearchedToTheirEnd) {
  Pseudonyms pseudonyms;
  std::string text(1 << 20, 'a');
  for (std::size_t i = 0; i < text.size(); i += 7) text[i] = ' ';
  EXPECT_EQ(redact_text(text, pseudonyms).secrets(), 0u);
  EXPECT_EQ(redact_text(text + " password=hunter2", pseudonyms).secrets(), 1u);
}

// A secret in every thousandth line. bench-rooms has ten megabytes of it.
TEST(RedactText, ALongLogIsSearchedInProportion) {
  constexpr std::size_t kLogBytes = 1 << 20;
  std::string log;
  std::size_t planted = 0;
  for (std::size_t line = 0; log.size() < kLogBytes; ++line) {
    bool has_secret = line % 1000 == 999;
    planted += has_secret;
    log += fmt::format("2026-01-02T03:04:05.{:06}Z INFO web-7d4b9c6f5-x2x9k GET /orders/{}?sort=price 200 {}\n",
                       line % 1'000'000, line, has_secret ? fmt::format("password=hunter{}", line) : "12ms");
  }
  Pseudonyms pseudonyms;
  auto begin = std::chrono::steady_clock::now();
  RedactedText out = redact_text(log, pseudonyms);
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(out.secrets(), planted);
  EXPECT_FALSE(out.str().contains("hunter"));
  EXPECT_LE(out.searched_bytes(), log.size() * 3 / 2) << "ordinary text has next to nothing encoded in it";
  fmt::print("redaction: {} MB in {:.1f} s, {:.2f} bytes searched for each\n", kLogBytes >> 20, took.count(),
             static_cast<double>(out.searched_bytes()) / static_cast<double>(log.size()));
}

// Made to cost: much to decode, much to match, matches that end nowhere.
TEST(RedactText, NoTextCostsMoreThanItsBound) {
  constexpr std::size_t kBytes = 64 << 10;
  for (const char* piece : {"%25",
                            "%",
                            "\\",
                            "\\u005c",
                            "VVVV",
                            "VVVV%25",
                            "-----BEGIN RSA "
                            "PRIVATE KEY-----",
                            "password=\"\\",
                            "password='",
                            "a:a@",
                            "postgres://a:b@",
                            "--a",
                            "--password ",
                            "Authorization: ",
                            "a:b@tcp(",
                            "eyJhbGci.",
                            "sk-",
                            "://a:b",
                            "-u a:b ",
                            "passpass",
                            "token: |\n ",
                            "x",
                            "\xff",
                            "\n"}) {
    std::string text;
    while (text.size() < kBytes) text += piece;
    Pseudonyms pseudonyms;
    RedactedText out = redact_text(text, pseudonyms);
    EXPECT_LE(out.searched_bytes(), kMaxSearchedPerByte * text.size()) << piece;
  }
}

TEST(Pseudonyms, AreBounded) {
  Pseudonyms pseudonyms;
  for (std::size_t i = 0; i < kMaxPseudonyms; ++i) pseudonyms.name_of("aws", std::to_string(i));
  EXPECT_EQ(pseudonyms.name_of("aws", "0"), "<secret:aws#1>");
  EXPECT_EQ(pseudonyms.name_of("aws", "one more"), "<secret:aws>");
}

}  // namespace
}  // namespace foundation::redaction
