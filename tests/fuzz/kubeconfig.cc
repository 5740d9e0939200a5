// A kubeconfig that a tenant wrote: what is taken reaches nothing of ours, and no refusal tells a secret of it.
#include "foundation/kubernetes_api/kubeconfig.h"

#include <algorithm>
#include <string>

#include "foundation/base/unicode.h"
#include "foundation/kubernetes/names.h"
#include "tests/fuzz/laws.h"
#include "tests/fuzz/targets.h"

namespace fuzz {
namespace {

constexpr std::string_view kCanary = "kX9-canary-7Qz-vR2m";
constexpr std::size_t kMaxRefusalBytes = 64 << 10;

// A whole kubeconfig with a canary for its token, before the words of the input.
const std::string& beginning() {
  static const std::string text =
      "users: [{name: u, user: {token: " + std::string(kCanary) +
      "}}]\nclusters: [{name: c, cluster: {server: 'https://c', certificate-authority-data: QQ==}}]\n"
      "contexts: [{name: x, context: {cluster: c, user: u}}]\nkind: Config\n";
  return text;
}

void config_laws(const foundation::kubernetes_api::Kubeconfig& config) {
  bool loopback = config.server.starts_with("http://127.0.0.1") || config.server.starts_with("http://localhost") ||
                  config.server.starts_with("http://[::1]");
  must(config.server.starts_with("https://") || loopback, "plain http is for this machine only", config.server);
  must(config.server.starts_with("http://") || !config.authority_pem.empty(), "https has an authority to trust");
  must(config.server.find_first_of("@?#\\ \t\r\n") == std::string::npos, "a server is an address", config.server);
  must(config.token_file.empty(), "a foreign kubeconfig names no file of this machine", config.token_file.native());
  auto token = config.token.reveal();
  must(std::ranges::all_of(token, [](unsigned char c) { return c > 0x20 && c < 0x7f; }), "a token ends no line");
  must(config.namespace_name.empty() || foundation::kubernetes::is_label(config.namespace_name), "a namespace's name");
}

void refusal_laws(const foundation::Error& error) {
  auto text = error.text();
  must(error.code == foundation::Code::invalid || error.code == foundation::Code::too_large, "a refusal says why",
       text);
  must(text.size() <= kMaxRefusalBytes, "a refusal is bounded");
  must(foundation::visible_text(text) == text, "a refusal is visible text", text);
  must(!text.contains(kCanary), "no refusal tells a value", text);
}

}  // namespace

void kubeconfig(std::string_view input) {
  if (input.contains(kCanary)) return;  // a key of that name is told
  for (const auto& text : {std::string(input), beginning() + std::string(input)}) {
    auto config = foundation::kubernetes_api::parse_kubeconfig(text, {});
    config ? config_laws(*config) : refusal_laws(config.error());
  }
}

}  // namespace fuzz
