#include "api/redaction/patterns.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace api::redaction {
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

// What clusters really say; nothing of it is a secret.
constexpr const char* kHarmless[] = {
    "Successfully assigned shop/web-7d4b9c6f5-x2x9k to node-1",
    "Back-off restarting failed container checkout in pod "
    "checkout-5f7d8c9b6-abcde_shop(0199c0de-0000-7000-8000-000000000001)",
    "Error: secret \"db-credentials\" not found",
    "Error: couldn't find key password in Secret shop/db-credentials",
    "MountVolume.SetUp failed for volume \"token\" : secret \"shop-token\" not found",
    "references non-existent secret key: password",
    "Failed to pull image \"registry.example.com/shop/web:v1.2.3\": unauthorized: authentication required",
    "Get \"https://registry.example.com/v2/\": Bearer realm=\"https://auth.example.com/token\",service=\"registry\"",
    "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope",
    "FATAL: password authentication failed for user \"app\"",
    "error: password: must not be empty",
    "token: expired",
    "token has expired, please sign in again",
    "invalid token",
    "token=null",
    "password=***",
    "password=",
    "unknown flag: --token",
    "flag --password is required",
    "basic authentication is not enabled",
    "Basic auth2 is fine",
    "DB_PASSWORD=$(DB_PASSWORD) postgres",
    "using token file: /var/run/secrets/token",
    "tokenPath=/var/run/secrets/kubernetes.io/serviceaccount/token",
    "PWD=/app",
    "0/3 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }, 2 Insufficient cpu.",
    "taint key=node.kubernetes.io/not-ready effect=NoExecute",
    "Liveness probe failed: Get \"http://10.1.2.3:8080/healthz\": dial tcp 10.1.2.3:8080: connect: connection refused",
    "dial tcp: lookup postgres.shop on 10.96.0.10:53: no such host",
    "connect to postgres://postgres.shop:5433/app: connection refused",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "Container image "
    "\"registry.example/library/nginx@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"",
    "containerd://0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "Scaled up replica set web-7d4b9c6f5 to 5",
    "max_tokens=4096 tokens=12",
    "secretName: db",
    "passed 5 of 5",
    "bypass=1",
    "GET /api/v1/pods?limit=500 200 12ms trace=4bf92f3577b34da6a3ce929d0e0e4736",
    "user 0199c0de-0000-7000-8000-000000000001 signed in",
    "mail to erin@example.com",
    "run as -u 1000:1000",
    "SK hynix memory at slot 3",
    "task-abcdefghijklmnopqrstuvwxyz started",
    "eyJ is how tokens begin",
    "http://host:8080/users/@me",
    "the sign of design=5",
    "configuration: loaded",
    "2026-01-02T03:04:05.006Z INFO ready",
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

TEST(RedactText, HarmlessTextStays) {
  std::size_t cut = 0;
  for (const char* text : kHarmless) {
    Pseudonyms pseudonyms;
    RedactedText out = redact_text(text, pseudonyms);
    EXPECT_EQ(out.str(), text);
    EXPECT_EQ(out.secrets(), 0u);
    cut += out.secrets() > 0;
  }
  std::size_t found = kCanaries.size();
  fmt::print("redaction precision: {}/{} ({} of {} harmless texts cut)\n", found, found + cut, cut,
             std::size(kHarmless));
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

TEST(Pseudonyms, AreBounded) {
  Pseudonyms pseudonyms;
  for (std::size_t i = 0; i < kMaxPseudonyms; ++i) pseudonyms.name_of("aws", std::to_string(i));
  EXPECT_EQ(pseudonyms.name_of("aws", "0"), "<secret:aws#1>");
  EXPECT_EQ(pseudonyms.name_of("aws", "one more"), "<secret:aws>");
}

}  // namespace
}  // namespace api::redaction
