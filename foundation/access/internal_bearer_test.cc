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
  // "" when it is let through, else the reason that is counted.
  std::string refused() {
    auto verify = [&](std::string_view said) -> std::expected<jwt::InternalClaims, jwt::TokenRefusal> {
      if (said != token) return std::unexpected(jwt::TokenRefusal{"signature", {}});
      return jwt::forge::claims();
    };
    auto bearer = internal_bearer(metrics, {.request_id = "r", .log = {}}, exchange, bound_to, verify);
    if (bearer) {
      EXPECT_EQ(bearer->token.reveal(), token);
      EXPECT_EQ(bearer->claims.subject, "erin");
      return "";
    }
    EXPECT_EQ(bearer.error().code, Code::unauthenticated);
    EXPECT_EQ(bearer.error().text(), "verify token: refused") << "all alike";
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

TEST_F(InternalBearer, BesideAnotherIsRefused) {
  exchange.asked.headers.add("Authorization", "Bearer " + token);
  EXPECT_EQ(refused(), "header");
}

TEST_F(InternalBearer, OfAnotherSchemeIsRefused) {
  exchange.asked.headers.set("Authorization", "Basic YTpi");
  EXPECT_EQ(refused(), "header");
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
