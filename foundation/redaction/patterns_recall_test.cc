// Each well-known credential format, in each encoding, in each place where clusters have text: how much of it is found.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "foundation/crypto/encoding.h"
#include "foundation/redaction/encoded_text.h"
#include "foundation/redaction/made_up.h"
#include "foundation/redaction/patterns.h"

namespace foundation::redaction {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string hex(std::size_t length) { return made_up(length, kHex); }
std::string capitals(std::size_t length) { return made_up(length, kCapitals); }
std::string letters(std::size_t length) { return made_up(length, kLetters); }
std::string base64(std::size_t length) { return made_up(length, kBase64); }

std::string pem(const std::string& kind, const std::string& line_end) {
  std::string body = base64(400), out = "-----BEGIN " + kind + "-----" + line_end;
  for (std::size_t at = 0; at < body.size(); at += 64) out += body.substr(at, 64) + line_end;
  return out + "-----END " + kind + "-----";
}

// What is planted: `before` and `after` are what makes it a credential where its own shape does not.
struct Format {
  std::string name;
  std::string before;
  std::string secret;
  std::string after;
  std::string carrier() const { return before + secret + after; }
};

std::vector<Format> formats_by_shape() {
  const std::string jwt =
      "eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQifQ." + letters(86);
  return {{"AWS access key id", "", "AKIA" + capitals(16), ""},
          {"AWS session token", "", "IQoJb3JpZ2lu" + letters(120), ""},
          {"Azure client secret", "", "a1B8Q~" + letters(34), ""},
          {"GCP API key", "", "AIza" + letters(35), ""},
          {"GCP OAuth token", "", "ya29." + letters(60), ""},
          {"GCP OAuth client secret", "", "GOCSPX-" + letters(28), ""},
          {"GitHub token", "", "ghp_" + letters(36), ""},
          {"GitHub app token", "", "ghs_" + letters(36), ""},
          {"GitHub fine-grained token", "", "github_pat_" + letters(22) + "_" + letters(59), ""},
          {"GitLab token", "", "glpat-" + letters(20), ""},
          {"GitLab runner token", "", "glrt-" + letters(20), ""},
          {"Slack bot token", "", "xoxb-" + made_up(12, "0123456789") + "-" + letters(24), ""},
          {"Slack webhook", "https://hooks.slack.com/services/", "T00000000/B00000000/" + letters(24), ""},
          {"Stripe key", "", "sk_live_" + letters(24), ""},
          {"Stripe webhook secret", "", "whsec_" + letters(32), ""},
          {"npm token", "", "npm_" + letters(36), ""},
          {"PyPI token", "", "pypi-AgEIcHlwaS5vcmc" + letters(80), ""},
          {"JWT", "", jwt, ""},
          {"OpenAI key", "", "sk-" + letters(48), ""},
          {"OpenAI project key", "", "sk-proj-" + letters(74), ""},
          {"Anthropic key", "", "sk-ant-api03-" + letters(80), ""},
          {"Hugging Face token", "", "hf_" + letters(34), ""},
          {"Twilio key", "", "SK" + hex(32), ""},
          {"SendGrid key", "", "SG." + letters(22) + "." + letters(43), ""},
          {"DigitalOcean token", "", "dop_v1_" + hex(64), ""},
          {"Vault token", "", "hvs." + letters(90), ""},
          {"Docker Hub token", "", "dckr_pat_" + letters(27), ""},
          {"Grafana token", "", "glsa_" + letters(32) + "_" + hex(8), ""},
          {"Databricks token", "", "dapi" + hex(32), ""},
          {"Telegram token", "", "123456789:AA" + letters(33), ""},
          {"bcrypt hash", "", "$2b$12$" + letters(53), ""},
          {"RSA private key", "",
           pem("RSA "
               "PRIVATE KEY",
               "\n"),
           ""},
          {"OpenSSH private key", "",
           pem("OPENSSH "
               "PRIVATE KEY",
               "\n"),
           ""},
          {"EC private key, folded into one line", "",
           pem("EC "
               "PRIVATE KEY",
               ""),
           ""},
          {"private key, line ends escaped", "", pem("PRIVATE KEY", "\\n"), ""}};
}

std::vector<Format> formats_by_context() {
  return {{"AWS secret access key", "aws_secret_access_key = ", base64(40), ""},
          {"Azure storage key", "AccountName=shop;AccountKey=", base64(86) + "==", ";EndpointSuffix=core.example"},
          {"Azure SAS", "?sv=2022-11-02&sp=r&sig=", letters(43), "&se=2026"},
          {"GCP service account", "{\"type\":\"service_account\",\"private_key\":\"", pem("PRIVATE KEY", "\\n"), "\"}"},
          {"kubeconfig token", "user:\n  token: ", letters(40), ""},
          {"kubeconfig client key", "client-key-data: ", base64(200), ""},
          {"PostgreSQL URL", "postgres://app:", "p" + letters(14), "@db.shop:5432/app"},
          {"MongoDB URL", "mongodb+srv://app:", "p" + letters(14), "@cluster0.example.net/app"},
          {"MySQL DSN", "app:", "p" + letters(14), "@tcp(mysql.shop:3306)/app"},
          {"JDBC URL", "jdbc:mysql://mysql.shop/app?user=app&password=", "p" + letters(14), ""},
          {"basic auth in a URL", "https://erin:", "p" + letters(14), "@git.example.com/shop.git"},
          {"Authorization: Bearer", "Authorization: Bearer ", letters(32), ""},
          {"Authorization: Basic", "Authorization: Basic ", "ZXJpbjpodW50ZXIyaHVudGVyMg==", ""},
          {"Docker registry auth", "{\"auths\":{\"registry.example\":{\"auth\":\"",
           "ZXJpbjpodW50ZXIyaHVudGVyMg==", "\"}}}"},
          {"cookie", "Cookie: session=", letters(40), ""},
          {"password=", "password=", "hunter2", ""},
          {"password: in YAML", "db:\n  password: ", "hunter2", "\n  port: 5432"},
          {"password in a YAML block", "password: |\n  ", "hunter2", "\nport: 5432"},
          {"password in JSON", "{\"user\": \"app\", \"password\": \"", "hunter2", "\"}"},
          {"password in JSON over lines", "{\n  \"password\":\n    \"", "hunter2", "\"\n}"},
          {"password as a flag", "mysqldump --password ", "hunter2", " shop"},
          {"password as a flag over lines", "mysqldump --password \\\n  ", "hunter2", " shop"},
          {"password in a list of arguments", "[\"mysqldump\", \"--password\", \"", "hunter2", "\"]"},
          {"token=", "token=", letters(24), ""},
          {"api_key:", "api_key: ", letters(24), ""},
          {"client_secret", "grant_type=x&client_secret=", letters(32), ""}};
}

struct Encoding {
  std::string name;
  std::function<std::string(const std::string&)> of;
};

std::string percent(const std::string& text) {
  std::string out;
  for (unsigned char c : text)
    out += std::isalnum(c) ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  return out;
}
std::string percent_all(const std::string& text) {
  std::string out;
  for (unsigned char c : text) out += fmt::format("%{:02x}", c);
  return out;
}
std::string json_escaped(const std::string& text) {
  std::string out;
  for (char c : text)
    out += c == '\n' ? "\\n" : c == '"' || c == '\\' || c == '/' ? std::string{'\\', c} : std::string(1, c);
  return out;
}
std::string unicode_escaped(const std::string& text) {
  std::string out;
  for (unsigned char c : text) out += fmt::format("\\u{:04x}", c);
  return out;
}
std::string base64url(const std::string& text) { return crypto::to_base64url(text); }
std::string base64_of(const std::string& text) {
  std::string out = base64url(text);
  for (char& c : out) c = c == '-' ? '+' : c == '_' ? '/' : c;
  return out + std::string((4 - out.size() % 4) % 4, '=');
}
std::string folded(const std::string& text) {
  std::string whole = base64_of(text), out;
  for (std::size_t at = 0; at < whole.size(); at += 76) out += (at == 0 ? "" : "\n") + whole.substr(at, 76);
  return out;
}

std::vector<Encoding> encodings() {
  return {{"plain", [](const std::string& text) { return text; }},
          {"base64", base64_of},
          {"base64url", base64url},
          {"base64 over lines", folded},
          {"percent", percent},
          {"percent, every byte", percent_all},
          {"JSON-escaped", json_escaped},
          {"\\u-escaped", unicode_escaped}};
}

// One in another; of what stands plain.
std::vector<Encoding> nested() {
  return {{"base64 in base64", [](const std::string& text) { return base64_of(base64_of(text)); }},
          {"base64 in percent", [](const std::string& text) { return percent(base64_of(text)); }},
          {"base64 in JSON", [](const std::string& text) { return json_escaped(folded(text)); }},
          {"percent in base64", [](const std::string& text) { return base64_of(percent(text)); }},
          {"percent in percent", [](const std::string& text) { return percent(percent(text)); }},
          {"percent in JSON", [](const std::string& text) { return json_escaped(percent(text)); }},
          {"JSON in base64", [](const std::string& text) { return base64_of(json_escaped(text)); }},
          {"JSON in percent", [](const std::string& text) { return percent(json_escaped(text)); }},
          {"JSON in JSON", [](const std::string& text) { return json_escaped(json_escaped(text)); }}};
}

struct Place {
  std::string name;
  std::string before;
  std::function<std::string(const std::string&)> of;
  std::string after;
};

std::string as_it_is(const std::string& text) { return text; }

// Between it and what stands before it is what ends a word there.
std::vector<Place> places() {
  return {
      {"alone", "", as_it_is, ""},
      {"in a log line", "2026-01-02T03:04:05Z WARN web-7d4b9c6f5-x2x9k upstream said \"", as_it_is, "\" (attempt 3)"},
      {"in JSON", R"({"level":"warn","msg":"upstream said )", json_escaped, R"(","attempt":3})"},
      {"in a URL", "GET /login/callback?next=", percent, "&attempt=3 HTTP/1.1 302"}};
}

// In `text` or in what it encodes; of a longer one half is enough.
bool tells(const std::string& text, const std::string& secret, int levels) {
  constexpr std::size_t kLong = 16;
  std::size_t half = secret.size() < kLong ? secret.size() : secret.size() / 2;
  if (text.contains(secret.substr(0, half)) || text.contains(secret.substr(secret.size() - half))) return true;
  if (levels == 0) return false;
  for (Decoder take_off : decoders()) {
    DecodedText view;
    if (take_off(text, view) && tells(view.text(), secret, levels - 1)) return true;
  }
  return false;
}

struct Score {
  std::size_t planted = 0, found = 0;
  std::string text() const { return fmt::format("{}/{}", found, planted); }
};

constexpr int kLevels = 2;  // of a place and an encoding, or of two encodings

void plant(const Format& format, const Encoding& encoding, const Place& place, Windows windows, Score& score) {
  std::string text = place.before + place.of(encoding.of(format.carrier())) + place.after;
  Pseudonyms pseudonyms;
  RedactedText out = redact_text(text, pseudonyms, windows);
  EXPECT_TRUE(tells(text, format.secret, kLevels)) << format.name << ", " << encoding.name << ": this proves nothing";
  bool gone = !tells(out.str(), format.secret, kLevels);
  EXPECT_TRUE(gone) << format.name << ", " << encoding.name << ", " << place.name << ":\n  " << out.str();
  EXPECT_EQ(redact_text(out.str(), pseudonyms, windows).str(), out.str()) << "twice is not once";
  ++score.planted;
  score.found += gone;
}

Score recall(const std::vector<Format>& formats, const std::vector<Encoding>& how, const std::vector<Place>& where) {
  Score all;
  for (const Format& format : formats) {
    Score score;
    for (const Encoding& encoding : how)
      for (const Place& place : where) plant(format, encoding, place, {}, score);
    fmt::print("  {:<40} {}\n", format.name, score.text());
    all.planted += score.planted;
    all.found += score.found;
  }
  return all;
}

std::vector<Format> all_formats() {
  std::vector<Format> out = formats_by_shape();
  for (Format& format : formats_by_context()) out.push_back(std::move(format));
  return out;
}

TEST(Recall, EachFormatInEachEncodingInEachPlace) {
  Score all = recall(all_formats(), encodings(), places());
  fmt::print("redaction recall: {} of formats, encodings and places\n", all.text());
  EXPECT_EQ(all.found, all.planted);
}

TEST(Recall, OneEncodingInAnother) {
  Score all = recall(all_formats(), nested(), {places()[0], places()[1]});
  fmt::print("redaction recall: {} of formats and nested encodings\n", all.text());
  EXPECT_EQ(all.found, all.planted);
}

// The end of a window goes through the midst of it.
TEST(Recall, EachFormatSplitByTheEndOfAWindow) {
  constexpr Windows kSmall{8 << 10, 4 << 10};
  Score all;
  for (const Format& format : all_formats()) {
    for (const Encoding& encoding : encodings()) {
      std::size_t shown = encoding.of(format.carrier()).size() / 2;
      Place place{"split", std::string(kSmall.bytes - shown - 1, '.') + " ", as_it_is, " and on"};
      plant(format, encoding, place, kSmall, all);
    }
  }
  fmt::print("redaction recall: {} of formats and encodings split by a window\n", all.text());
  EXPECT_EQ(all.found, all.planted);
}

// Wherever the end goes, and of the windows' real size.
TEST(Recall, ASecretSplitAnywhereByTheEndOfAWindow) {
  const std::string token = "ghp_" + letters(36);
  const std::string rest = "\n" + std::string(1000, '.');
  for (const std::string& secret : {pem("RSA "
                                        "PRIVATE KEY",
                                        "\n"),
                                    token, base64_of(token)}) {
    for (std::size_t shown : {std::size_t{0}, std::size_t{5}, secret.size() - 1}) {
      Pseudonyms pseudonyms;
      RedactedText out = redact_text(std::string(Windows().bytes - shown - 1, '.') + " " + secret + rest, pseudonyms);
      EXPECT_EQ(out.secrets(), 1u) << shown;
      EXPECT_TRUE(out.str().ends_with("#1>" + rest)) << shown;
    }
  }
}

}  // namespace
}  // namespace foundation::redaction
