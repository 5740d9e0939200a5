#include "demo-cluster/app/server.h"

#include "foundation/base/files.h"

namespace demo_cluster::app {
namespace {

constexpr Milliseconds kStopGrace{1'000};

}  // namespace

DemoServer::DemoServer(std::unique_ptr<LiveCluster> cluster, Credentials credentials, async::asio::any_io_executor on,
                       foundation::telemetry::Log log)
    : log_(log),
      cluster_(std::move(cluster)),
      credentials_(std::move(credentials)),
      api_(*cluster_, credentials_.token),
      tasks_(on, log) {}

foundation::Result<std::unique_ptr<DemoServer>> DemoServer::open(async::asio::any_io_executor on, Options options,
                                                                 foundation::telemetry::Log log) {
  if (options.cluster.folder)
    if (auto made = foundation::make_private_folder(*options.cluster.folder); !made)
      return std::unexpected(made.error());
  auto credentials = open_credentials(options.cluster.folder, foundation::SystemClock().wall());
  if (!credentials) return std::unexpected(credentials.error());
  auto cluster = LiveCluster::open(on, options.cluster, log);
  if (!cluster) return std::unexpected(cluster.error());
  std::unique_ptr<DemoServer> out(new DemoServer(std::move(*cluster), std::move(*credentials), on, log));
  if (auto listening = out->listen(on, options); !listening) return std::unexpected(listening.error());
  return out;
}

foundation::Done DemoServer::listen(async::asio::any_io_executor on, const Options& options) {
  http::TlsIdentity identity{credentials_.server.certificate, credentials_.server.key};
  auto plain = http::TlsServer::create(identity, std::nullopt);
  if (!plain) return std::unexpected(plain.error());
  auto asking = http::TlsServer::create(identity, credentials_.authority_pem);
  if (!asking) return std::unexpected(asking.error());
  auto token = http::Server::open(on, options.listen, api_.routes(),
                                  {.name = "token", .limits = {}, .tls = std::move(*plain)}, metrics_, log_);
  if (!token) return std::unexpected(token.error());
  auto certificate =
      http::Server::open(on, options.certificate_listen, api_.routes(),
                         {.name = "certificate", .limits = {}, .tls = std::move(*asking)}, metrics_, log_);
  if (!certificate) return std::unexpected(certificate.error());
  token_server_ = std::move(*token);
  certificate_server_ = std::move(*certificate);
  return {};
}

void DemoServer::start() {
  token_server_->start();
  certificate_server_->start();
  tasks_.spawn([cluster = cluster_.get()](async::Seat& seat) { return cluster->keep_time(seat); });
}

async::asio::awaitable<void> DemoServer::stop() {
  cluster_->close();
  tasks_.drain();
  if (!co_await tasks_.wait(kStopGrace)) tasks_.cancel();
  co_await tasks_.wait(kStopGrace);
  co_await token_server_->stop(kStopGrace);
  co_await certificate_server_->stop(kStopGrace);
}

}  // namespace demo_cluster::app
