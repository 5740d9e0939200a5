// The demo cluster's two listeners: HTTPS for the bearer token, and one that asks for a client certificate. Owner: main
// or a test, which stops it. Threads: one executor.
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "demo-cluster/app/api.h"
#include "demo-cluster/app/credentials.h"
#include "foundation/telemetry/metrics.h"

namespace demo_cluster::app {

class DemoServer {
 public:
  struct Options {
    std::string listen = "127.0.0.1:0";              // HOST:PORT or fd:N
    std::string certificate_listen = "127.0.0.1:0";  // the listener that wants a client certificate
    LiveCluster::Options cluster{};
  };
  static foundation::Result<std::unique_ptr<DemoServer>> open(async::asio::any_io_executor on, Options options,
                                                              foundation::telemetry::Log log);
  void start();
  async::asio::awaitable<void> stop();

  std::string url() const { return "https://" + token_server_->address(); }
  std::string certificate_url() const { return "https://" + certificate_server_->address(); }
  const Credentials& credentials() const { return credentials_; }
  LiveCluster& cluster() { return *cluster_; }

 private:
  DemoServer(std::unique_ptr<LiveCluster> cluster, Credentials credentials, async::asio::any_io_executor on,
             foundation::telemetry::Log log);
  foundation::Done listen(async::asio::any_io_executor on, const Options& options);

  foundation::telemetry::Log log_;
  foundation::telemetry::Metrics metrics_;
  std::unique_ptr<LiveCluster> cluster_;
  Credentials credentials_;
  Api api_;
  async::TaskGroup tasks_;
  std::unique_ptr<http::Server> token_server_;
  std::unique_ptr<http::Server> certificate_server_;
};

}  // namespace demo_cluster::app
