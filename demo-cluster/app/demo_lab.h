// A demo server on one loop with the test that speaks to it, its clock moved by hand, its folder its own.
#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "demo-cluster/app/server.h"
#include "foundation/base/files.h"
#include "foundation/http/client.h"
#include "foundation/json/view.h"

namespace demo_cluster::app {

class DemoLab : public testing::Test {
 private:
  async::asio::io_context loop_{1};  // before all that lives on it

 protected:
  using Scenario = async::Task<void> (*)(DemoLab&);

  DemoLab() {
    auto pattern = (std::filesystem::temp_directory_path() / "hks-demo-XXXXXX").string();
    folder = mkdtemp(pattern.data());
    (void)foundation::replace_file(folder / "seed.yaml", kSeed);  // a failure shows at open
  }
  ~DemoLab() override { std::filesystem::remove_all(folder); }

  void run(Scenario scenario) {
    bool passed = false;
    async::asio::co_spawn(loop_, run_and_stop(scenario), [&](std::exception_ptr thrown, foundation::Done done) {
      if (thrown) std::rethrow_exception(thrown);
      passed = done.has_value();
      if (!done) ADD_FAILURE() << done.error().text();
    });
    loop_.run_for(std::chrono::minutes(1));
    ASSERT_TRUE(passed) << "the scenario did not end";
  }

 public:
  struct Answer {
    int status = 0;
    json::Value body;
    std::string text;
    std::string at(std::string_view path) const {
      auto found = json::View(body).path(path);
      return found.is_null()              ? std::string()
             : found.value()->is_string() ? std::string(found.text())
                                          : json::to_text(*found.value());
    }
  };

  foundation::Done open() {
    auto opened = DemoServer::open(
        loop_.get_executor(), {.cluster = {.folder = folder / "data", .seed = folder / "seed.yaml", .speed = 0}}, {});
    if (!opened) return std::unexpected(opened.error());
    server = std::move(*opened);
    server->start();
    return connect();
  }
  // A client of one of the listeners, with or without the certificate.
  foundation::Result<std::unique_ptr<http::Client>> client_of(std::string url, bool with_certificate) {
    const auto& credentials = server->credentials();
    http::TlsClient::Options options{.authority_pem = credentials.authority_pem};
    if (with_certificate) options.identity = http::TlsIdentity{credentials.admin.certificate, credentials.admin.key};
    auto tls = http::TlsClient::create(std::move(options));
    if (!tls) return std::unexpected(tls.error());
    return http::Client::create(loop_.get_executor(), {.base_url = std::move(url), .tls = std::move(*tls)});
  }
  foundation::Done connect() {
    auto made = client_of(server->url(), false);
    if (!made) return std::unexpected(made.error());
    client = std::move(*made);
    token = server->credentials().token.reveal();
    return {};
  }

  http::Request request(http::Method method, std::string target, std::string body = "",
                        std::string type = "application/merge-patch+json") const {
    http::Request out{.method = method, .target = std::move(target)};
    out.headers.add("Authorization", "Bearer " + token);
    if (!body.empty()) out.headers.add("Content-Type", std::move(type));
    out.body = std::move(body);
    return out;
  }
  async::Task<Answer> send(http::Request asked) {
    async::Context ctx{"test", std::chrono::steady_clock::now() + std::chrono::seconds(20), {}};
    auto got = co_await client->send(ctx, std::move(asked));
    if (!got) co_return std::unexpected(got.error());
    auto body = json::parse_tolerant(got->body);
    co_return Answer{got->status, body ? std::move(*body) : json::Value(), std::move(got->body)};
  }
  async::Task<Answer> get(std::string target) { return send(request(http::Method::get, std::move(target))); }
  async::Task<Answer> patch(std::string target, std::string body) {
    return send(request(http::Method::patch, std::move(target), std::move(body)));
  }
  async::Task<Answer> advance(int ms) {
    return send(request(http::Method::post, "/demo/v1/advance?ms=" + std::to_string(ms)));
  }
  async::Task<void> close() {
    client.reset();
    co_await server->stop();
    server.reset();
    co_return foundation::Done{};
  }

  std::unique_ptr<DemoServer> server;
  std::unique_ptr<http::Client> client;
  std::string token;
  std::filesystem::path folder;

 private:
  static constexpr std::string_view kSeed = R"(
{apiVersion: v1, kind: Node, metadata: {name: node-1}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {demo/log: listening}}
    spec: {containers: [{name: web, image: "registry.example/web:1"}]}
)";

  async::Task<void> run_and_stop(Scenario scenario) {
    if (auto opened = open(); !opened) co_return opened;
    auto done = co_await async::in_branch(scenario(*this));
    if (server) (void)co_await close();
    co_return done;
  }
};

}  // namespace demo_cluster::app
