// TLS settings as values that own their OpenSSL context. TLS 1.3 only between our services; 1.2 too towards a cluster
// API.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "foundation/base/error.h"
#include "foundation/base/secret.h"

struct ssl_ctx_st;

namespace foundation::http {

struct TlsIdentity {
  std::string certificate_pem;  // the leaf, then any intermediates
  Secret key_pem;
};

class TlsServer {
 public:
  // With client_authority every client must present a certificate that it issued; with client_workload one of that
  // workload: its only URI name ("spiffe://hks/control-plane").
  static Result<TlsServer> create(const TlsIdentity& identity, std::optional<std::string> client_authority_pem,
                                  const std::string& client_workload = {});
  ssl_ctx_st* context() const { return context_.get(); }

 private:
  explicit TlsServer(std::shared_ptr<ssl_ctx_st> context) : context_(std::move(context)) {}
  std::shared_ptr<ssl_ctx_st> context_;  // shared with the connections that came from it
};

class TlsClient {
 public:
  struct Options {
    std::string authority_pem = {};            // the only roots that are trusted
    std::optional<TlsIdentity> identity = {};  // a client certificate
    std::string server_name = {};              // overrides the host for the name check; empty: the host
    bool allow_tls12 = false;
  };
  static Result<TlsClient> create(Options options);
  ssl_ctx_st* context() const { return context_.get(); }
  const std::string& server_name() const { return server_name_; }

 private:
  TlsClient(std::shared_ptr<ssl_ctx_st> context, std::string server_name)
      : context_(std::move(context)), server_name_(std::move(server_name)) {}
  std::shared_ptr<ssl_ctx_st> context_;  // shared with the connections that came from it
  std::string server_name_;
};

}  // namespace foundation::http
