// Signing in to an API server over TLS: our certificate, its authority, its name.
#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "api/cluster/cluster_lab.h"
#include "foundation/base/clock.h"
#include "foundation/crypto/certificates.h"

namespace api::cluster {
namespace {

using namespace std::chrono_literals;
using foundation::Code;
using foundation::Done;
using Lab = ClusterLab;
namespace crypto = foundation::crypto;

struct Pki {
  static crypto::CertificatePair leaf(const crypto::CertificatePair& of, std::string name) {
    auto made =
        crypto::make_leaf(of, {name, {name}, {}, "spiffe://test/" + name}, foundation::SystemClock().wall(), 24h);
    EXPECT_TRUE(made.has_value());
    return made.value_or(crypto::CertificatePair{});
  }
  crypto::CertificatePair authority = crypto::make_authority("api", foundation::SystemClock().wall(), 24h);
  crypto::CertificatePair stranger = crypto::make_authority("other", foundation::SystemClock().wall(), 24h);
  crypto::CertificatePair server = leaf(authority, "kubernetes");
  crypto::CertificatePair client = leaf(authority, "hks");
};
const Pki& pki() {
  static const Pki made;
  return made;
}

class ClusterOverTls : public Lab {
  void SetUp() override {
    std::signal(SIGPIPE, SIG_IGN);  // as the daemons do
    auto made = http::TlsServer::create({pki().server.certificate, pki().server.key}, pki().authority.certificate);
    ASSERT_TRUE(made.has_value());
    tls = *made;
  }
};

Kubeconfig good(const Lab& lab) {
  Kubeconfig config;
  config.server = "https://" + lab.address();
  config.authority_pem = pki().authority.certificate;
  config.identity = {pki().client.certificate, pki().client.key};
  config.server_name = "kubernetes";
  return config;
}

async::Task<void> is_unavailable(Lab& lab, Kubeconfig config) {
  auto ctx = lab.context(5s);
  auto object = co_await lab.open_as(std::move(config), {}).reader->get(ctx, {"Pod", "shop", "a", {}});
  EXPECT_EQ(object ? Code::internal : object.error().code, Code::unavailable);
  if (!object) EXPECT_FALSE(object.error().text().contains("wrong version")) << "the server speaks no TLS";
  co_return Done{};
}

TEST_F(ClusterOverTls, AClientCertificateSignsIn) {
  run([](Lab& lab) -> async::Task<void> {
    lab.answers["/api/v1/namespaces/shop/pods/a"] = {{.body = R"({"kind":"Pod"})"}};
    auto ctx = lab.context();
    auto object = co_await lab.open_as(good(lab), {}).reader->get(ctx, {"Pod", "shop", "a", {}});
    EXPECT_TRUE(object) << object.error().text();
    EXPECT_FALSE(lab.last("/api/v1/namespaces/shop/pods/a").headers.find("Authorization"));
    co_return Done{};
  });
}

TEST_F(ClusterOverTls, AStrangersServerOurMissingCertificateAndAnotherNameAreRefused) {
  run([](Lab& lab) -> async::Task<void> {
    auto stranger = good(lab);
    stranger.authority_pem = pki().stranger.certificate;
    co_await is_unavailable(lab, stranger);
    auto unsigned_in = good(lab);
    unsigned_in.identity.reset();
    co_await is_unavailable(lab, unsigned_in);
    auto misnamed = good(lab);
    misnamed.server_name.clear();  // 127.0.0.1 is not in the certificate
    co_await is_unavailable(lab, misnamed);
    EXPECT_EQ(lab.asked("/api/v1/namespaces/shop/pods/a"), 0u)
        << "no request reaches a server that is not the right one";
    co_return Done{};
  });
}

TEST_F(ClusterOverTls, WhatIsNoCertificateOpensNoCluster) {
  run([](Lab& lab) -> async::Task<void> {
    auto broken = good(lab);
    broken.authority_pem = "not PEM";
    EXPECT_THROW(lab.open_as(broken, {}), std::runtime_error);
    broken = good(lab);
    broken.identity->key_pem = Secret("not PEM");
    EXPECT_THROW(lab.open_as(broken, {}), std::runtime_error);
    co_return Done{};
  });
}

}  // namespace
}  // namespace api::cluster
