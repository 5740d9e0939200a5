// What hks-ai-ops is told: flags over environment (HKS_...) over a TOML file. An unknown key is an error.
#pragma once
#include <expected>
#include <filesystem>
#include <string>

#include "foundation/telemetry/log.h"

namespace ai_ops::app {

enum class Command { serve, routes };

struct Config {
  Command command = Command::serve;
  std::filesystem::path data = "data";
  std::filesystem::path pki;  // ca.crt, ai-ops.crt and ai-ops.key; DATA/pki when not given
  std::string listen = "127.0.0.1:8000";
  std::string ops_listen = "127.0.0.1:9091";
  std::string control_plane_url = "https://127.0.0.1:8443";
  int max_turns = 8'192;             // that run at the same time
  std::filesystem::path ready_file;  // empty: none
  foundation::telemetry::LogFormat log_format = foundation::telemetry::LogFormat::text;
};

// None when the program has said all there was to say (--help, a usage error): the exit code.
std::expected<Config, int> read_config(int argc, const char* const* argv);

}  // namespace ai_ops::app
