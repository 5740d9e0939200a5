#include "ai-ops/app/model_setup.h"

#include <cstdlib>

#include "ai-ops/app/model_address.h"
#include "ai-ops/llm/ollama.h"
#include "ai-ops/llm/openai.h"
#include "foundation/base/files.h"

namespace ai_ops::app {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::Milliseconds;
using foundation::Result;
using foundation::Secret;
namespace async = foundation::async;
namespace http = foundation::http;

namespace {

constexpr Milliseconds kResolveEvery{5'000};  // what a cluster's DNS lets answers live
constexpr const char* kAuthorities = "/etc/ssl/certs/ca-certificates.crt";

template <class Adapter>
Result<std::unique_ptr<llm::Server>> make(async::asio::any_io_executor on, llm::ServerOptions options) {
  auto made = Adapter::create(on, std::move(options));
  if (!made) return std::unexpected(made.error());
  return std::unique_ptr<llm::Server>(std::move(*made));
}

struct Api {
  const char* name;
  Result<std::unique_ptr<llm::Server>> (*make)(async::asio::any_io_executor, llm::ServerOptions);
};
const Api& row(ModelApi api) {
  static constexpr Api kApis[] = {{"ollama", &make<llm::OllamaModel>}, {"openai", &make<llm::OpenAiModel>}};
  return kApis[static_cast<int>(api)];
}

// A key's file often ends in a line break.
Result<Secret> read_key(const std::filesystem::path& file) {
  auto text = foundation::read_file(file);
  if (!text) return std::unexpected(text.error());
  text->erase(text->find_last_not_of(" \t\r\n") + 1);
  if (text->empty() || text->find_first_of(" \t\r\n") != text->npos)
    return fail(Code::invalid, "read " + file.string(), "want one key and nothing else");
  return Secret(std::move(*text));
}

// Those that the machine trusts; SSL_CERT_FILE names others, as it does for OpenSSL.
Result<http::TlsClient> trust_in_public_authorities() {
  const char* named = std::getenv("SSL_CERT_FILE");
  auto pem = foundation::read_file(named ? named : kAuthorities);
  if (!pem) return std::unexpected(pem.error());
  return http::TlsClient::create(
      {.authority_pem = std::move(*pem), .identity = {}, .server_name = {}, .allow_tls12 = true});
}

std::vector<std::string> urls_of(const ModelConfig& config) {
  return config.discover.empty() ? config.urls : std::vector{"http://" + config.discover};
}

Result<std::unique_ptr<llm::Discovery>> discovery_of(const ModelConfig& config) {
  if (config.discover.empty()) return std::make_unique<llm::FixedReplicas>(config.urls);
  auto colon = config.discover.rfind(':');
  auto port = colon == std::string::npos ? "" : config.discover.substr(colon + 1);
  if (!http::port_number(port))
    return fail(Code::invalid, "read --model-discover " + config.discover, "want HOST:PORT");
  return std::make_unique<llm::NamedReplicas>(config.discover.substr(0, colon), port, kResolveEvery);
}

Result<llm::ServerOptions> options_of(const ModelConfig& config) {
  llm::ServerOptions options{.model = config.name};
  if (!config.key_file.empty()) {
    auto key = read_key(config.key_file);
    if (!key) return std::unexpected(key.error());
    options.bearer = std::move(*key);
  }
  for (const auto& url : config.urls) {
    if (!url.starts_with("https://") || options.tls) continue;
    auto tls = trust_in_public_authorities();
    if (!tls) return std::unexpected(tls.error());
    options.tls = std::move(*tls);
  }
  return options;
}

}  // namespace

const char* to_string(ModelApi api) { return row(api).name; }

Result<std::unique_ptr<llm::ReplicaSet>> set_up_model(const ModelConfig& config,
                                                      foundation::telemetry::Metrics& metrics,
                                                      foundation::telemetry::Log log, async::TaskGroup& background) {
  auto options = options_of(config);
  if (!options) return std::unexpected(options.error());
  auto make_server = [on = background.executor(), options = std::move(*options),
                      api = config.api](const std::string& address) {
    auto its = options;
    its.base_url = address;
    if (!address.starts_with("https://")) its.tls.reset();
    return row(api).make(on, std::move(its));
  };
  for (const auto& url : urls_of(config)) {
    if (auto allowed = check_model_url(url, config.external); !allowed) return std::unexpected(allowed.error());
    if (auto server = make_server(url); !server) return std::unexpected(server.error());
  }
  auto discovery = discovery_of(config);
  if (!discovery) return std::unexpected(discovery.error());
  return std::make_unique<llm::ReplicaSet>(llm::ReplicaSet::Options{.model = config.name}, std::move(*discovery),
                                           std::move(make_server), metrics, std::move(log), background);
}

}  // namespace ai_ops::app
