// hks-demo-cluster: a small Kubernetes API server with live controllers and scripted faults.
#include <cstdio>

#include "demo-cluster/app/server.h"
#include "foundation/base/files.h"
#include "foundation/configuration/options.h"
#include "foundation/http/process.h"

namespace demo_cluster::app {
namespace {

using foundation::telemetry::Log;
using foundation::telemetry::LogFormat;

struct Flags {
  DemoServer::Options server;
  std::string data;
  std::string seed = "demo-cluster/seed/shop.yaml";
  std::string kubeconfig;
  std::string ready_file;
  std::string log_format = "text";
  bool manual_clock = false;
};

void describe(CLI::App& cli, Flags& flags) {
  cli.add_option("--listen", flags.server.listen, "HOST:PORT or fd:N, for the bearer token")
      ->capture_default_str()
      ->envname("HKS_LISTEN");
  cli.add_option("--certificate-listen", flags.server.certificate_listen, "the same, for the client certificate")
      ->capture_default_str()
      ->envname("HKS_CERTIFICATE_LISTEN");
  cli.add_option("--data", flags.data, "folder that keeps objects and credentials over a restart; none: in memory")
      ->envname("HKS_DATA");
  cli.add_option("--seed", flags.seed, "manifests of a new cluster, or \"none\" for three empty nodes")
      ->capture_default_str()
      ->envname("HKS_SEED");
  cli.add_option("--kubeconfig-out", flags.kubeconfig,
                 "write a kubeconfig here, and FILE.certificate with the certificate")
      ->envname("HKS_KUBECONFIG_OUT");
  cli.add_option("--ready-file", flags.ready_file, "write the addresses here, as JSON, once ready")
      ->envname("HKS_READY_FILE");
  auto* speed = cli.add_option("--speed", flags.server.cluster.speed, "seconds of the cluster that pass in one")
                    ->check(CLI::Range(1, 1'000))
                    ->capture_default_str()
                    ->envname("HKS_SPEED");
  cli.add_flag("--manual-clock", flags.manual_clock, "time passes only by POST /demo/v1/advance?ms=N")
      ->excludes(speed)
      ->envname("HKS_MANUAL_CLOCK");
  cli.add_option("--log-format", flags.log_format, "json or text")
      ->check(CLI::IsMember({"json", "text"}))
      ->capture_default_str()
      ->envname("HKS_LOG_FORMAT");
}

foundation::Done announce(const DemoServer& server, const Flags& flags) {
  if (!flags.kubeconfig.empty()) {
    if (auto done = foundation::replace_file(flags.kubeconfig, token_kubeconfig(server.url(), server.credentials()));
        !done)
      return done;
    auto second = certificate_kubeconfig(server.certificate_url(), server.credentials());
    if (auto done = foundation::replace_file(flags.kubeconfig + ".certificate", second); !done) return done;
  }
  if (flags.ready_file.empty()) return {};
  json::Object ready{{"address", server.url()}, {"certificate_address", server.certificate_url()}};
  if (!flags.kubeconfig.empty()) ready["kubeconfig"] = flags.kubeconfig;
  return foundation::replace_file(flags.ready_file, json::to_text(ready) + "\n");
}

async::Task<void> serve_until_signal(DemoServer& server) {
  server.start();
  (void)co_await http::stop_signal();
  co_await server.stop();
  co_return foundation::Done{};
}

int fail_with(const foundation::Error& error) {
  std::fprintf(stderr, "hks-demo-cluster: %s\n", error.text().c_str());
  return 1;
}

int run(Flags flags) {
  auto format = flags.log_format == "json" ? LogFormat::json : LogFormat::text;
  foundation::telemetry::configure_log(format, foundation::telemetry::LogLevel::info);
  if (flags.manual_clock) flags.server.cluster.speed = 0;
  if (!flags.data.empty()) flags.server.cluster.folder = flags.data;
  flags.server.cluster.seed = flags.seed;
  async::asio::io_context loop(1);
  auto server = DemoServer::open(loop.get_executor(), flags.server, Log());
  if (!server) return fail_with(server.error());
  if (auto announced = announce(**server, flags); !announced) return fail_with(announced.error());
  return http::run_to_end("hks-demo-cluster", loop, serve_until_signal(**server));
}

}  // namespace
}  // namespace demo_cluster::app

int main(int argc, char** argv) {
  foundation::http::prepare_process();
  CLI::App cli("A small Kubernetes API server with live controllers and scripted faults");
  demo_cluster::app::Flags flags;
  demo_cluster::app::describe(cli, flags);
  if (auto exit_code = foundation::configuration::read_options(cli, argc, argv)) return *exit_code;
  return demo_cluster::app::run(std::move(flags));
}
