// A token counts once, alone, from a peer with a certificate, and bound to the right one.
#include "foundation/access/internal_bearer.h"

#include <gtest/gtest.h>

#include "foundation/jwt/forge.h"

namespace foundation::access {
namespace {

using jwt::forge::kThumbprint;

class FakeExchange final : public http::Exchange {
 public:
  const http::Request& request() const override { return asked; }
  const http::Target& target() const override { return nowhere_; }
  std::string_view path_value(std::string_view) const override { return {}; }
  const http::Peer& peer() const override { return from; }
  async::Task<http::Stream*> begin_stream(int, http::Headers) override { co_return fail(Code::internal, "stream"); }

  http::Request asked;
  http::Peer from{.address = "192.0.2.1", .thumbprint = kThumbprint};

 private:
  http::Target nowhere_;
};

struct InternalBearer : testing::Test {
  InternalBearer() { exchange.asked.headers.set("Authorization", "Bearer " + token); }
  Result<Bearer> bearer() {
    auto verify = [&](std::string_view said) -> std::expected<jwt::InternalClaims, jwt::TokenRefusal> {
      if (said != token) return std::unexpected(jwt::TokenRefusal{"signature"});
      return jwt::forge::claims();
    };
    auto checked = internal_bearer(metrics, {.request_id = "r", .log = {}}, exchange, bound_to, verify);
    if (checked) return checked;
    EXPECT_EQ(checked.error().code, Code::unauthenticated);
    EXPECT_EQ(checked.error().text(), "verify token: refused") << "all alike";
    return checked;
  }
  // "" when it is let through, else the reason that is counted.
  std::string refused() {
    if (auto checked = bearer()) {
      EXPECT_EQ(checked->token.reveal(), token);
      EXPECT_EQ(checked->claims.subject, "erin");
      return "";
    }
    for (std::string reason : {"header", "signature", "peer"})
      if (metrics.render().contains("{reason=\"" + reason + "\"} 1")) return reason;
    return "not counted";
  }
  const std::string token = "a.b.c";
  telemetry::Metrics metrics;
  FakeExchange exchange;
  std::string bound_to = kThumbprint;
};

TEST_F(InternalBearer, OfTheRightPeerIsLetThrough) { EXPECT_EQ(refused(), ""); }

TEST_F(InternalBearer, WithoutAHeaderIsRefused) {
  exchange.asked.headers.remove("Authorization");
  EXPECT_EQ(refused(), "header");
}

// Rows of security.md's attack matrix: which headers the request carries.
TEST_F(InternalBearer, InAnyOtherFormThanOneHeaderOfTheOneSchemeIsRefused) {
  const std::string good = "Bearer " + token;
  const std::pair<const char*, std::vector<std::string>> rows[] = {
      {"two headers, the same", {good, good}},
      {"two headers, another second", {good, "Bearer x.y.z"}},
      {"two headers, another first", {"Bearer x.y.z", good}},
      {"two headers, another scheme second", {good, "Basic YTpi"}},
      {"two headers, an empty one second", {good, ""}},
      {"comma-joined", {good + "," + good}},
      {"comma-joined with a space", {good + ", " + good}},
      {"another scheme", {"Basic YTpi"}},
      {"no scheme", {token}},
      {"bearer", {"bearer " + token}},
      {"BEARER", {"BEARER " + token}},
      {"Token", {"Token " + token}},
      {"DPoP", {"DPoP " + token}},
      {"two spaces", {"Bearer  " + token}},
      {"a tab", {"Bearer\t" + token}},
      {"a space before", {" " + good}},
      {"a space after", {good + " "}},
      {"CR LF after", {good + "\r\n"}},
      {"LF inside", {"Bearer a.\nb.c"}},
      {"NUL after", {good + '\0'}},
      {"in quotes", {"Bearer \"" + token + "\""}},
      {"the scheme alone", {"Bearer"}},
      {"an empty token", {"Bearer "}},
      {"nothing", {""}},
      {"JSON serialization", {R"(Bearer {"payload":"b","signatures":[{"protected":"a","signature":"c"}]})"}},
      {"1 MB", {"Bearer " + std::string(1 << 20, 'a')}},
  };
  for (const auto& [name, values] : rows) {
    exchange.asked.headers.remove("Authorization");
    for (const std::string& value : values) exchange.asked.headers.add("Authorization", value);
    EXPECT_FALSE(bearer()) << name;
  }
  EXPECT_NE(metrics.render().find("{reason=\"header\"} " + std::to_string(std::size(rows))), std::string::npos)
      << metrics.render();
}

TEST_F(InternalBearer, ThatDoesNotVerifyIsRefusedUnderItsReason) {
  exchange.asked.headers.set("Authorization", "Bearer x.y.z");
  EXPECT_EQ(refused(), "signature");
}

TEST_F(InternalBearer, BoundToAnotherCertificateIsRefused) {
  bound_to = std::string(kThumbprint.size(), 'A');
  EXPECT_EQ(refused(), "peer");
}

TEST_F(InternalBearer, OfAPeerWithoutACertificateIsRefused) {
  exchange.from.thumbprint = "";
  EXPECT_EQ(refused(), "peer");
}

// No token is bound to nothing, whatever its claim says.
TEST_F(InternalBearer, ThatIsBoundToNothingIsRefused) {
  exchange.from.thumbprint = "";
  bound_to = "";
  EXPECT_EQ(refused(), "peer");
}

}  // namespace
}  // namespace foundation::access
