#include "foundation/kubernetes_api/kubeconfig.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "foundation/crypto/encoding.h"
#include "foundation/kubernetes/names.h"
#include "foundation/kubernetes_api/kubeconfig_document.h"

namespace foundation::kubernetes_api {

namespace {

constexpr std::string_view kSpace = " \t\r\n";

auto refused(std::string_view place, std::string_view why) {
  return fail(Code::invalid, "read kubeconfig", fmt::format("{}: {}", place, why));
}

Result<std::string> read_bounded(const std::filesystem::path& file) {
  std::error_code ec;
  if (!std::filesystem::is_regular_file(file, ec))  // a pipe would wait for ever
    return fail(Code::not_found, "read file", "there is no such file: " + file.string());
  std::ifstream in(file, std::ios::binary);
  std::string text(kMaxKubeconfigBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || !in.is_open()) return fail(Code::io, "read file", "cannot read " + file.string());
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kMaxKubeconfigBytes) return fail(Code::too_large, "read file", file.string() + " is over 256 KiB");
  return text;
}

std::string trimmed(std::string text) {
  text.erase(text.find_last_not_of(kSpace) + 1);
  text.erase(0, text.find_first_not_of(kSpace));
  return text;
}

std::filesystem::path place_under(const std::filesystem::path& base, const std::string& file) {
  return base / file;  // an absolute `file` replaces the base
}

Result<std::string> text_of_file(const Material& material, const std::filesystem::path& base) {
  if (base.empty()) return refused(material.place, "files may not be named here; put the data inside");
  auto text = read_bounded(place_under(base, material.file));
  if (!text) return fail_with("read kubeconfig: " + material.place, text.error());
  return text;
}

// PEM from a file, or from base64 that may be folded over lines.
Result<std::string> pem_of(const Material& material, const std::filesystem::path& base) {
  if (!material.file.empty()) return text_of_file(material, base);
  auto folded = material.data.reveal();
  std::erase_if(folded, [](char c) { return kSpace.find(c) != std::string_view::npos; });
  auto pem = crypto::from_base64(folded);
  if (!pem) return refused(material.place + "-data", "not base64");
  return pem;
}

Result<Secret> token_from(std::string text) {
  auto token = trimmed(std::move(text));
  // So that it cannot end its header line.
  bool is_plain = std::ranges::all_of(token, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
  if (!is_plain || token.empty()) return fail(Code::invalid, "read token", "not a token");
  return Secret(std::move(token));
}

Result<Secret> token_of(const Material& material, const std::filesystem::path& base) {
  auto text = material.file.empty() ? Result<std::string>(material.data.reveal()) : text_of_file(material, base);
  if (!text) return std::unexpected(text.error());
  auto token = token_from(std::move(*text));
  if (!token) return refused(material.place, "not a token");
  return token;
}

bool is_loopback(std::string_view authority) {
  for (std::string_view host : {"127.0.0.1", "localhost", "[::1]"})
    if (authority == host || authority.starts_with(std::string(host) + ":")) return true;
  return false;
}

Done check_server(const std::string& server, bool has_authority) {
  constexpr std::string_view kPlace = "server";
  bool encrypted = server.starts_with("https://");
  if (!encrypted && !server.starts_with("http://")) return refused(kPlace, "must begin with https://");
  auto rest = std::string_view(server).substr(encrypted ? 8 : 7);
  auto authority = rest.substr(0, rest.find('/'));
  auto unfit = [](unsigned char c) { return c <= 0x20 || c >= 0x7f || c == '@' || c == '?' || c == '#' || c == '\\'; };
  if (authority.empty() || std::ranges::any_of(rest, unfit)) return refused(kPlace, "not an address");
  if (!encrypted && !is_loopback(authority)) return refused(kPlace, "plain http is for this machine only; use https");
  if (encrypted && !has_authority) return refused("certificate-authority", "missing");
  return {};
}

Result<Kubeconfig> load(const KubeconfigDocument& document, const std::filesystem::path& base) {
  if (auto done = check_server(document.server, !document.authority.absent()); !done)
    return std::unexpected(done.error());
  if (!document.namespace_name.empty() && !kubernetes::is_label(document.namespace_name))
    return refused("namespace", "not a namespace's name");
  Kubeconfig config{.server = document.server,
                    .authority_pem = {},
                    .identity = {},
                    .token = {},
                    .token_file = {},
                    .server_name = document.server_name,
                    .namespace_name = document.namespace_name};
  if (!document.authority.absent()) {
    auto pem = pem_of(document.authority, base);
    if (!pem) return std::unexpected(pem.error());
    config.authority_pem = std::move(*pem);
  }
  if (!document.certificate.absent()) {
    auto certificate = pem_of(document.certificate, base);
    if (!certificate) return std::unexpected(certificate.error());
    auto key = pem_of(document.key, base);
    if (!key) return std::unexpected(key.error());
    config.identity = {std::move(*certificate), Secret(std::move(*key))};
  }
  if (!document.token.absent()) {
    auto token = token_of(document.token, base);
    if (!token) return std::unexpected(token.error());
    config.token = std::move(*token);
    if (!document.token.file.empty()) config.token_file = place_under(base, document.token.file);
  }
  return config;
}

}  // namespace

Result<Kubeconfig> parse_kubeconfig(std::string_view yaml, const std::filesystem::path& base) {
  auto document = read_kubeconfig_document(yaml);
  if (!document) return std::unexpected(document.error());
  return load(*document, base);
}

Result<Kubeconfig> read_kubeconfig(const std::filesystem::path& file) {
  auto yaml = read_bounded(file);
  if (!yaml) return fail_with("read kubeconfig", yaml.error());
  std::error_code ec;
  auto base = std::filesystem::absolute(file, ec).parent_path();
  if (ec) return fail(Code::io, "read kubeconfig", ec.message());
  return parse_kubeconfig(*yaml, base);
}

Result<Secret> read_token_file(const std::filesystem::path& file) {
  auto text = read_bounded(file);
  if (!text) return std::unexpected(text.error());
  return token_from(std::move(*text));
}

Result<Kubeconfig> in_cluster_kubeconfig(std::string_view host, std::string_view port,
                                         const std::filesystem::path& folder) {
  bool is_v6 = host.find(':') != std::string_view::npos;
  KubeconfigDocument document;
  document.server = fmt::format(fmt::runtime(is_v6 ? "https://[{}]:{}" : "https://{}:{}"), host, port);
  document.authority = {.data = {}, .file = "ca.crt", .place = "ca.crt"};
  document.token = {.data = {}, .file = "token", .place = "token"};
  return load(document, folder);
}

}  // namespace foundation::kubernetes_api
