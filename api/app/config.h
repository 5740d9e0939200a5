// What hks-control-plane is told: flags over environment (HKS_...) over a TOML file. An unknown key is an error.
#pragma once
#include <filesystem>
#include <string>

#include "api/turns/key_ring.h"
#include "foundation/base/error.h"
#include "foundation/kubernetes_api/kubeconfig.h"
#include "foundation/telemetry/log.h"

namespace api::app {

enum class Command { serve, certificates, routes, crash_points, bootstrap_admin, rotate_keys };

// What bootstrap-admin is told.
struct Bootstrap {
  std::string organization;
  std::string user;
  std::string public_url = "http://127.0.0.1:8080";  // where users find this control plane
};

struct Config {
  Command command = Command::serve;
  std::filesystem::path data = "data";
  std::filesystem::path pki;  // of certificates that somebody else makes and renews; empty: DATA/pki, ours
  // Of the pod that we run in: signs in to the cluster of workspaces on "in-cluster".
  std::filesystem::path service_account = foundation::kubernetes_api::kServiceAccountFolder;
  std::string public_listen = "127.0.0.1:8080";
  std::string internal_listen = "127.0.0.1:8443";
  std::string ops_listen = "127.0.0.1:9090";
  std::string ai_ops_url = "https://127.0.0.1:8000";
  std::string trusted_proxies;       // networks, comma-separated; empty: none
  std::filesystem::path seed;        // empty: none
  bool demo = false;                 // passwords for users that have none, in data/demo-users.txt; loopback only
  std::filesystem::path ready_file;  // empty: none
  foundation::telemetry::LogFormat log_format = foundation::telemetry::LogFormat::text;
  foundation::Milliseconds key_refresh = turns::kKeyRefresh;  // between two looks at the signing keys
  Bootstrap bootstrap;
  bool revoke = false;  // rotate-keys: the keys that there are have leaked
};

// None when the program has said all there was to say (--help, a usage error): the exit code.
std::expected<Config, int> read_config(int argc, const char* const* argv);

}  // namespace api::app
