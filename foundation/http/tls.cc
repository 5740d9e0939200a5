#include "foundation/http/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <utility>
#include <vector>

namespace foundation::http {
namespace {

template <class T, void (*Free)(T*)>
struct Freed {
  void operator()(T* raw) const { Free(raw); }
};
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
struct BioFreed {
  void operator()(BIO* raw) const { BIO_free(raw); }
};
using Bio = std::unique_ptr<BIO, BioFreed>;

Bio bytes_of(const std::string& text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

std::unexpected<Error> refused(std::string doing) {
  char text[256] = "no further cause";
  if (auto error = ERR_peek_last_error()) ERR_error_string_n(error, text, sizeof text);
  ERR_clear_error();
  return fail(Code::invalid, std::move(doing), text);
}

std::vector<Certificate> certificates_of(const std::string& pem) {
  std::vector<Certificate> all;
  auto bio = bytes_of(pem);
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) all.emplace_back(next);
  ERR_clear_error();  // the end of the text is told as an error
  return all;
}

Done use_identity(SSL_CTX* context, const TlsIdentity& identity) {
  auto chain = certificates_of(identity.certificate_pem);
  if (chain.empty()) return fail(Code::invalid, "read TLS certificate", "no certificate in the PEM text");
  if (SSL_CTX_use_certificate(context, chain.front().get()) != 1) return refused("use TLS certificate");
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, chain[i].get()) != 1) return refused("use TLS certificate chain");
  }
  auto bio = bytes_of(identity.key_pem.reveal());
  // An empty password: the default callback would ask on the terminal.
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, const_cast<char*>("")));
  if (!key) return refused("read TLS key");
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) return refused("use TLS key");
  return {};
}

Done trust_only(SSL_CTX* context, const std::string& authority_pem) {
  auto authorities = certificates_of(authority_pem);
  if (authorities.empty()) return fail(Code::invalid, "read TLS authority", "no certificate in the PEM text");
  for (auto& authority : authorities) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) != 1) return refused("trust authority");
  }
  return {};
}

// As a SPIFFE certificate names its workload: by the only URI there is.
bool is_of_workload(X509* certificate, std::string_view workload) {
  struct Freed {
    void operator()(GENERAL_NAMES* raw) const { GENERAL_NAMES_free(raw); }
  };
  std::unique_ptr<GENERAL_NAMES, Freed> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  int uris = 0;
  bool named = false;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    ++uris;
    const ASN1_STRING* uri = name->d.uniformResourceIdentifier;
    named = workload == std::string_view(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                                         static_cast<std::size_t>(ASN1_STRING_length(uri)));
  }
  return uris == 1 && named;
}

// Where a context keeps the workload that its clients must be: a string of its own.
int workload_slot() {
  static const int slot = SSL_CTX_get_ex_new_index(
      0, nullptr, nullptr, nullptr,
      [](void*, void* kept, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<std::string*>(kept); });
  return slot;
}

// OpenSSL asks it of each certificate of the chain; the leaf's depth is 0.
int check_workload(int good_so_far, X509_STORE_CTX* chain) {
  if (!good_so_far || X509_STORE_CTX_get_error_depth(chain) != 0) return good_so_far;
  auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* workload = static_cast<std::string*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), workload_slot()));
  if (workload && is_of_workload(X509_STORE_CTX_get_current_cert(chain), *workload)) return 1;
  X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
  return 0;
}

Done expect_workload(SSL_CTX* context, const std::string& workload) {
  auto kept = std::make_unique<std::string>(workload);
  if (SSL_CTX_set_ex_data(context, workload_slot(), kept.get()) != 1) return refused("keep the workload");
  (void)kept.release();  // the context's own from here
  return {};
}

// Released buffers, no tickets and no session cache: what keeps an idle connection at about 24 KB.
std::shared_ptr<SSL_CTX> small_context(const SSL_METHOD* method, int least_version) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(method), SSL_CTX_free);
  if (!context) return context;
  SSL_CTX_set_min_proto_version(context.get(), least_version);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context.get(), 1);  // else each record costs two reads, one for its head
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  return context;
}

}  // namespace

Result<TlsServer> TlsServer::create(const TlsIdentity& identity, std::optional<std::string> client_authority_pem,
                                    const std::string& client_workload) {
  auto context = small_context(TLS_server_method(), TLS1_3_VERSION);
  if (!context) return refused("make TLS context");
  SSL_CTX_set_num_tickets(context.get(), 0);
  if (auto used = use_identity(context.get(), identity); !used) return std::unexpected(used.error());
  if (client_authority_pem) {
    if (auto trusted = trust_only(context.get(), *client_authority_pem); !trusted) {
      return std::unexpected(trusted.error());
    }
    if (!client_workload.empty())
      if (auto kept = expect_workload(context.get(), client_workload); !kept) return std::unexpected(kept.error());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                       client_workload.empty() ? nullptr : check_workload);
  }
  return TlsServer(std::move(context));
}

Result<TlsClient> TlsClient::create(Options options) {
  auto context = small_context(TLS_client_method(), options.allow_tls12 ? TLS1_2_VERSION : TLS1_3_VERSION);
  if (!context) return refused("make TLS context");
  if (auto trusted = trust_only(context.get(), options.authority_pem); !trusted) {
    return std::unexpected(trusted.error());
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (options.identity) {
    if (auto used = use_identity(context.get(), *options.identity); !used) return std::unexpected(used.error());
  }
  return TlsClient(std::move(context), std::move(options.server_name));
}

}  // namespace foundation::http
