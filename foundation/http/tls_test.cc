// Mutual TLS between our services.
#include <csignal>
#include <string>

#include "foundation/base/clock.h"
#include "foundation/crypto/certificates.h"
#include "foundation/http/http_lab.h"

namespace foundation::http {
namespace {

using namespace std::chrono_literals;
using Lab = HttpLab;

// One authority with two workloads, and a stranger with an authority of its own.
struct Pki {
  Pki() : authority(crypto::make_authority("test", SystemClock().wall(), 24h)) {
    server = leaf(authority, "spiffe://hks/server");
    client = leaf(authority, "spiffe://hks/client");
    stranger = leaf(crypto::make_authority("other", SystemClock().wall(), 24h), "spiffe://hks/client");
  }
  static crypto::CertificatePair leaf(const crypto::CertificatePair& of, std::string uri) {
    auto made =
        crypto::make_leaf(of, {"leaf", {"localhost"}, {"127.0.0.1"}, std::move(uri)}, SystemClock().wall(), 24h);
    EXPECT_TRUE(made.has_value());
    return made.value_or(crypto::CertificatePair{});
  }
  crypto::CertificatePair authority, server, client, stranger;
};
const Pki& pki() {
  static const Pki made;
  return made;
}

TlsIdentity identity(const crypto::CertificatePair& pair) { return {pair.certificate, pair.key}; }

Server::Options mutual() {
  auto tls = TlsServer::create(identity(pki().server), pki().authority.certificate);
  EXPECT_TRUE(tls.has_value());
  return {.name = "lab", .limits = {}, .tls = tls.value()};
}
TlsClient tls_client(std::optional<TlsIdentity> who, std::string name = "") {
  auto tls = TlsClient::create({.authority_pem = pki().authority.certificate, .identity = who, .server_name = name});
  EXPECT_TRUE(tls.has_value());
  return tls.value();
}

struct MutualTls : HttpLab {
  void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }  // as the daemons do
};

TEST_F(MutualTls, BothEndsKnowTheOthersThumbprint) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server(mutual());
    auto client = lab.client({.tls = tls_client(identity(pki().client))});
    auto ctx = lab.context();
    auto lease = co_await client->acquire(ctx);
    if (!lease) co_return std::unexpected(lease.error());
    EXPECT_EQ((*lease)->peer_thumbprint(), crypto::certificate_thumbprint(pki().server.certificate).value());
    auto response = co_await client->send(ctx, {.target = "/whoami"});
    if (!response) co_return std::unexpected(response.error());
    EXPECT_TRUE(response->body.starts_with(crypto::certificate_thumbprint(pki().client.certificate).value() + " "));
    co_return Done{};
  });
}

TEST_F(MutualTls, AClientWithoutAProperCertificateIsRefusedAtItsFirstRead) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server(mutual());
    auto ctx = lab.context();
    for (auto& who : {std::optional<TlsIdentity>(), std::optional(identity(pki().stranger))}) {
      auto client = lab.client({.tls = tls_client(who)});
      auto response = co_await client->send(ctx, {.target = "/hello"});
      EXPECT_FALSE(response);
      if (!response) EXPECT_EQ(response.error().code, Code::io) << response.error().text();
    }
    EXPECT_EQ(lab.handled, 0);
    co_return Done{};
  });
}

// Any certificate of the installation's authority was as good as the one workload's that may call.
TEST_F(MutualTls, AnotherWorkloadOfTheSameAuthorityIsRefused) {
  run([](Lab& lab) -> async::Task<void> {
    auto tls = TlsServer::create(identity(pki().server), pki().authority.certificate, "spiffe://hks/client");
    if (!tls) co_return std::unexpected(tls.error());
    lab.start_server({.name = "lab", .limits = {}, .tls = *tls});
    auto ctx = lab.context();
    for (auto* other :
         {"spiffe://hks/server", "spiffe://hks/client2", "spiffe://hks/clien", "spiffe://hks/CLIENT", ""}) {
      auto client = lab.client({.tls = tls_client(identity(Pki::leaf(pki().authority, other)))});
      auto response = co_await client->send(ctx, {.target = "/hello"});
      EXPECT_FALSE(response) << other;
      if (!response) EXPECT_EQ(response.error().code, Code::io) << response.error().text();
    }
    EXPECT_EQ(lab.handled, 0);
    auto expected = lab.client({.tls = tls_client(identity(pki().client))});
    EXPECT_TRUE(co_await expected->send(ctx, {.target = "/hello"}));
    auto stranger = lab.client({.tls = tls_client(identity(pki().stranger))});
    EXPECT_FALSE(co_await stranger->send(ctx, {.target = "/hello"})) << "its name, of another authority";
    co_return Done{};
  });
}

TEST_F(MutualTls, AServerWithAnotherNameOrAuthorityIsNotSpokenTo) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server(mutual());
    auto ctx = lab.context();
    auto other_name = lab.client({.tls = tls_client(identity(pki().client), "other.example")});
    auto named = co_await other_name->send(ctx, {.target = "/hello"});
    EXPECT_FALSE(named);
    if (!named) EXPECT_EQ(named.error().code, Code::unavailable) << named.error().text();
    auto stranger =
        TlsClient::create({.authority_pem = pki().stranger.certificate, .identity = identity(pki().client)});
    if (!stranger) co_return std::unexpected(stranger.error());
    auto untrusting = lab.client({.tls = *stranger});
    EXPECT_FALSE(co_await untrusting->send(ctx, {.target = "/hello"}));
    auto by_name = lab.client({.tls = tls_client(identity(pki().client), "localhost")});
    EXPECT_TRUE(co_await by_name->send(ctx, {.target = "/hello"}));
    co_return Done{};
  });
}

TEST_F(MutualTls, APlainClientAndASilentOneAreCut) {
  run([](Lab& lab) -> async::Task<void> {
    auto options = mutual();
    options.limits.head_time = 100ms;
    lab.start_server(std::move(options));
    auto plain = co_await lab.talk("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_FALSE(plain && plain->contains("HTTP/1.1"));
    EXPECT_EQ((co_await lab.talk("")).value_or("not closed"), "");
    co_return Done{};
  });
}

TEST_F(MutualTls, LongStreamsAreWholeAndTheirConnectionIsUsedAgain) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server(mutual());
    auto client = lab.client({.tls = tls_client(identity(pki().client))});
    auto ctx = lab.context();
    for (int round = 0; round < 3; ++round) {
      auto response = co_await client->send(ctx, {.target = "/big"}, 32 << 20);
      EXPECT_EQ(response ? response->body.size() : 0, std::size_t{24} << 20);
      auto echoed = co_await client->send(ctx, {.method = Method::post, .target = "/echo", .body = "abc"});
      EXPECT_EQ(echoed ? echoed->body : "", "abc");
    }
    EXPECT_TRUE(lab.metrics.render().contains("hks_connections_live{listener=\"lab\"} 1"));
    co_return Done{};
  });
}

TEST_F(MutualTls, AHangUpCancelsSilentAndBlockedHandlers) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server(mutual());
    auto client = lab.client({.tls = tls_client(identity(pki().client))});
    auto ctx = lab.context();
    for (auto target : {"/one", "/flood"}) {
      auto stream = co_await client->open(ctx, {.target = target});
      if (!stream) co_return std::unexpected(stream.error());
      auto before = lab.streamed_bytes;
      EXPECT_TRUE((co_await Lab::becomes([&] {
                    return target == std::string("/one") || lab.streamed_bytes > before;
                  })).value_or(false));
      auto left = std::chrono::steady_clock::now();
      stream->reset();
      EXPECT_TRUE((co_await Lab::becomes([&] { return lab.handlers_live == 0; })).value_or(false)) << target;
      EXPECT_LT(std::chrono::steady_clock::now() - left, 1s);
    }
    co_return Done{};
  });
}

TEST(TlsSettings, MalformedIdentitiesAreRefused) {
  auto& good = pki().server;
  EXPECT_FALSE(TlsServer::create({"", good.key}, std::nullopt));
  EXPECT_FALSE(TlsServer::create({good.certificate, Secret("nonsense")}, std::nullopt));
  EXPECT_FALSE(TlsServer::create({good.certificate, pki().client.key}, std::nullopt)) << "another's key";
  EXPECT_FALSE(TlsServer::create(identity(good), "no certificate"));
  EXPECT_FALSE(TlsClient::create({.authority_pem = ""}));
}

}  // namespace
}  // namespace foundation::http
