// What hks-ai-ops is told: flags over environment (HKS_...) over a TOML file. An unknown key is an error.
#pragma once
#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/telemetry/log.h"

namespace ai_ops::app {

enum class Command { serve, routes };

enum class ModelApi { ollama, openai };

struct ModelConfig {
  std::string name = {};  // empty: no model
  ModelApi api = ModelApi::ollama;
  std::vector<std::string> urls = {};   // one a replica
  std::string discover = {};            // HOST:PORT whose every address is a replica; instead of urls
  std::filesystem::path key_file = {};  // of the bearer that the server wants; empty: none
  bool external = false;                // it may stand beyond this machine, the cluster and private networks
};

struct Config {
  Command command = Command::serve;
  std::filesystem::path data = "data";
  std::filesystem::path pki;  // ca.crt, ai-ops.crt and ai-ops.key; DATA/pki when not given
  std::string listen = "127.0.0.1:8000";
  std::string ops_listen = "127.0.0.1:9091";
  std::string control_plane_url = "https://127.0.0.1:8443";
  std::string control_plane_id = "spiffe://hks/control-plane";  // the URI in its certificate
  int max_turns = 8'192;                                        // that run at the same time
  foundation::Milliseconds key_refresh{30'000};                 // between two looks at the keys of Internal JWTs
  ModelConfig model;
  std::filesystem::path ready_file;  // empty: none
  foundation::telemetry::LogFormat log_format = foundation::telemetry::LogFormat::text;
};

// None when the program has said all there was to say (--help, a usage error): the exit code.
std::expected<Config, int> read_config(int argc, const char* const* argv);

}  // namespace ai_ops::app
