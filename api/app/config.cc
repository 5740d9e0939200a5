#include "api/app/config.h"

#include <map>

#include "foundation/configuration/options.h"

namespace api::app {

using foundation::telemetry::LogFormat;
using namespace std::chrono_literals;

std::expected<Config, int> read_config(int argc, const char* const* argv) {
  Config config;
  CLI::App app("HKS control plane: authenticates users, decides, and is the only one that changes a cluster");
  app.add_option("--data", config.data, "folder of the database, keys and certificates")->envname("HKS_DATA");
  app.add_option("--pki", config.pki,
                 "folder of ca.crt, control-plane.crt and control-plane.key that somebody else makes and renews; "
                 "without it they are made in DATA/pki")
      ->envname("HKS_PKI");
  app.add_option("--service-account", config.service_account,
                 "folder of the pod's token and ca.crt, for workspaces whose cluster is in-cluster")
      ->envname("HKS_SERVICE_ACCOUNT");
  app.add_option("--public-listen", config.public_listen, "HOST:PORT or fd:N, for users")->envname("HKS_PUBLIC_LISTEN");
  app.add_option("--internal-listen", config.internal_listen, "HOST:PORT or fd:N, for the advisor (mutual TLS)")
      ->envname("HKS_INTERNAL_LISTEN");
  app.add_option("--ops-listen", config.ops_listen, "HOST:PORT or fd:N, for health and metrics")
      ->envname("HKS_OPS_LISTEN");
  app.add_option("--ai-ops-url", config.ai_ops_url, "where the advisor is")->envname("HKS_AI_OPS_URL");
  app.add_option("--trusted-proxies", config.trusted_proxies,
                 "NETWORK,... of the ingress: whose X-Forwarded-For is believed when failed logins are counted")
      ->envname("HKS_TRUSTED_PROXIES");
  int key_refresh_s = int(config.key_refresh / 1s);
  app.add_option("--key-refresh", key_refresh_s, "seconds between two looks at the keys that sign internal tokens")
      ->check(CLI::Range(1, int(turns::kSlowestKeyRefresh / 1s)))
      ->capture_default_str()
      ->envname("HKS_KEY_REFRESH");
  app.add_option("--seed", config.seed, "TOML file of organizations, workspaces and users to begin with")
      ->check(CLI::ExistingFile)
      ->envname("HKS_SEED");
  app.add_flag("--demo", config.demo, "give users without a password one, in data/demo-users.txt; loopback only")
      ->envname("HKS_DEMO");
  app.add_option("--ready-file", config.ready_file, "written with the addresses when ready")->envname("HKS_READY_FILE");
  const std::map<std::string, LogFormat> formats{{"text", LogFormat::text}, {"json", LogFormat::json}};
  app.add_option("--log-format", config.log_format, "json or text")
      ->transform(CLI::CheckedTransformer(formats))
      ->envname("HKS_LOG_FORMAT");
  auto* certificates =
      app.add_subcommand("certificates", "make the CA and one certificate a service, where missing or old");
  auto* routes = app.add_subcommand("routes", "print the route tables as JSON");
  auto* crash_points = app.add_subcommand("crash-points", "print where a test build honours HKS_CRASH_AT");
  auto* bootstrap = app.add_subcommand(
      "bootstrap-admin", "make a user the manager of an organization, both where missing; prints a one-time link");
  bootstrap->add_option("--organization", config.bootstrap.organization, "its name")->required();
  bootstrap->add_option("--user", config.bootstrap.user, "the user's name")->required();
  bootstrap->add_option("--public-url", config.bootstrap.public_url, "where users find this control plane");
  auto* rotate =
      app.add_subcommand("rotate-keys",
                         "publish the next key that signs internal tokens now; it signs in 10 minutes, and "
                         "the one before it is refused 10 minutes later. Beside a running control plane too");
  rotate->add_flag("--revoke", config.revoke,
                   "for keys that have leaked: a new key signs at once, all others are refused from the next look on, "
                   "and chats that are under way fail");
  app.require_subcommand(0, 1);
  if (auto exit_code = foundation::configuration::read_options(app, argc, argv)) return std::unexpected(*exit_code);
  if (certificates->parsed()) config.command = Command::certificates;
  if (routes->parsed()) config.command = Command::routes;
  if (crash_points->parsed()) config.command = Command::crash_points;
  if (bootstrap->parsed()) config.command = Command::bootstrap_admin;
  if (rotate->parsed()) config.command = Command::rotate_keys;
  config.key_refresh = std::chrono::seconds(key_refresh_s);
  return config;
}

}  // namespace api::app
