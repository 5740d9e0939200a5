#include "cli/client/origin.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>

namespace cli::client {
namespace {

using foundation::Code;
using foundation::fail;
using foundation::Result;
namespace http = foundation::http;
namespace asio = foundation::async::asio;

constexpr std::string_view kPlain = "http://", kSecure = "https://";
constexpr const char* kAuthorityFiles[] = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                           "/etc/ssl/cert.pem"};
constexpr std::string_view kHostCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";  // no user info, no escapes

// The host of "host:port/path"; empty when it has characters that no host has.
std::string host_of(std::string_view rest) {
  std::string_view authority = rest.substr(0, rest.find('/'));
  if (authority.find_first_not_of(kHostCharacters) != std::string_view::npos) return {};
  if (authority.starts_with('[')) {
    auto end = authority.find(']');
    return end == std::string_view::npos ? std::string() : std::string(authority.substr(1, end - 1));
  }
  return std::string(authority.substr(0, authority.find(':')));
}

bool is_loopback(const std::string& host) {
  if (host == "localhost") return true;
  boost::system::error_code error;
  auto address = asio::ip::make_address(host, error);
  return !error && address.is_loopback();
}

Result<std::string> system_authorities() {
  const char* chosen = std::getenv("SSL_CERT_FILE");
  std::string names;
  auto read = [&](const char* name) {
    names += (names.empty() ? "" : ", ") + std::string(name);
    std::ifstream file(name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  if (chosen && *chosen) {
    if (auto pem = read(chosen); !pem.empty()) return pem;
  } else {
    for (const char* name : kAuthorityFiles)
      if (auto pem = read(name); !pem.empty()) return pem;
  }
  return fail(Code::invalid, "read the system's certificate authorities",
              "none of these can be read: " + names + "; name a file in SSL_CERT_FILE");
}

}  // namespace

std::string normal_server(std::string server) {
  while (server.ends_with('/')) server.pop_back();
  return server;
}

Result<http::Client::Options> origin_options(const std::string& server) {
  http::Client::Options options{.base_url = normal_server(server), .idle_connections = 1};
  std::string doing = "use server " + server;
  std::string_view url = options.base_url;
  if (url.starts_with(kSecure)) {
    if (host_of(url.substr(kSecure.size())).empty()) return fail(Code::invalid, doing, "it names no host");
    auto authorities = system_authorities();
    if (!authorities) return foundation::fail_with(doing, authorities.error());
    auto tls = http::TlsClient::create({.authority_pem = std::move(*authorities), .allow_tls12 = true});
    if (!tls) return foundation::fail_with(doing, tls.error());
    options.tls = std::move(*tls);
    return options;
  }
  if (!url.starts_with(kPlain)) return fail(Code::invalid, doing, "it must begin with https:// (or http://127.0.0.1)");
  std::string host = host_of(url.substr(kPlain.size()));
  if (host.empty()) return fail(Code::invalid, doing, "it names no host");
  if (!is_loopback(host))
    return fail(Code::invalid, doing, "plain http would show your password to the network; use https://");
  return options;
}

}  // namespace cli::client
