#include "ai-ops/app/config.h"

#include <fmt/format.h>

#include <map>

#include "foundation/configuration/options.h"

namespace ai_ops::app {

using foundation::telemetry::LogFormat;

namespace {

constexpr int kMostTurns = 16'384;
constexpr int kSlowestKeyRefreshS = 120;  // the control plane publishes a key 600 s before it signs
constexpr int kUsage = 2;

void add_model_options(CLI::App& app, ModelConfig& model) {
  const std::map<std::string, ModelApi> apis{{"ollama", ModelApi::ollama}, {"openai", ModelApi::openai}};
  auto* name = app.add_option("--model", model.name, "the language model; without it the built-in reader answers alone")
                   ->envname("HKS_MODEL");
  app.add_option("--model-api", model.api, "ollama, or openai for any OpenAI-compatible server")
      ->transform(CLI::CheckedTransformer(apis))
      ->envname("HKS_MODEL_API");
  auto* urls = app.add_option("--model-url", model.urls, "its server's URL; once for each replica")
                   ->allow_extra_args(false)
                   ->delimiter(',')
                   ->needs(name)
                   ->envname("HKS_MODEL_URL");
  app.add_option("--model-discover", model.discover,
                 "HOST:PORT of a headless service, of which every address is a replica")
      ->needs(name)
      ->excludes(urls)
      ->envname("HKS_MODEL_DISCOVER");
  app.add_option("--model-key-file", model.key_file, "holds the key that the model's server wants")
      ->check(CLI::ExistingFile)
      ->needs(name)
      ->envname("HKS_MODEL_KEY_FILE");
  app.add_flag("--model-external", model.external,
               "let prompts go to a server beyond this machine, the cluster and private networks")
      ->envname("HKS_MODEL_EXTERNAL");
}

}  // namespace

std::expected<Config, int> read_config(int argc, const char* const* argv) {
  Config config;
  CLI::App app("HKS AIOps: reads, reasons and proposes; it holds no cluster credential and changes nothing itself");
  app.add_option("--data", config.data, "folder of its own data")->envname("HKS_DATA");
  app.add_option("--pki", config.pki, "folder of ca.crt, ai-ops.crt and ai-ops.key; DATA/pki by default")
      ->envname("HKS_PKI");
  app.add_option("--listen", config.listen, "HOST:PORT or fd:N, for the control plane (mutual TLS)")
      ->envname("HKS_LISTEN");
  app.add_option("--ops-listen", config.ops_listen, "HOST:PORT or fd:N, for health and metrics")
      ->envname("HKS_OPS_LISTEN");
  app.add_option("--control-plane-url", config.control_plane_url, "the control plane's internal API")
      ->envname("HKS_CONTROL_PLANE_URL");
  app.add_option("--control-plane-id", config.control_plane_id, "the workload id in the certificate of who may call")
      ->check([](const std::string& id) { return id.empty() ? "must not be empty" : std::string(); })
      ->envname("HKS_CONTROL_PLANE_ID");
  app.add_option("--max-turns", config.max_turns, "how many turns may run at the same time")
      ->check(CLI::Range(1, kMostTurns))
      ->envname("HKS_MAX_TURNS");
  int key_refresh_s = int(config.key_refresh / std::chrono::seconds(1));
  app.add_option("--key-refresh", key_refresh_s,
                 "seconds between two looks at the keys that the control plane signs its tokens with")
      ->check(CLI::Range(1, kSlowestKeyRefreshS))
      ->capture_default_str()
      ->envname("HKS_KEY_REFRESH");
  add_model_options(app, config.model);
  app.add_option("--ready-file", config.ready_file, "written with the addresses when ready")->envname("HKS_READY_FILE");
  const std::map<std::string, LogFormat> formats{{"text", LogFormat::text}, {"json", LogFormat::json}};
  app.add_option("--log-format", config.log_format, "json or text")
      ->transform(CLI::CheckedTransformer(formats))
      ->envname("HKS_LOG_FORMAT");
  auto* routes = app.add_subcommand("routes", "print the route tables as JSON");
  app.require_subcommand(0, 1);
  if (auto exit_code = foundation::configuration::read_options(app, argc, argv)) return std::unexpected(*exit_code);
  if (!config.model.name.empty() && config.model.urls.empty() && config.model.discover.empty()) {
    fmt::print(stderr, "--model needs --model-url or --model-discover\n");
    return std::unexpected(kUsage);
  }
  config.key_refresh = std::chrono::seconds(key_refresh_s);
  if (routes->parsed()) config.command = Command::routes;
  if (config.pki.empty()) config.pki = config.data / "pki";
  return config;
}

}  // namespace ai_ops::app
