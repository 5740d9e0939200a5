// Where a cluster is and how to sign in to it: the parts of a kubeconfig that we use (current context; server; CA as
// file or data; client certificate as file or data; token or tokenFile; tls-server-name; namespace). What else could
// change who we are or whom we trust is refused by name: exec and auth-provider plugins (a control plane runs no
// foreign program), insecure-skip-tls-verify, passwords, impersonation, proxies, and every key that is not known here.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "foundation/base/error.h"
#include "foundation/base/secret.h"
#include "foundation/http/tls.h"

namespace foundation::kubernetes_api {

inline constexpr std::size_t kMaxKubeconfigBytes = 256 << 10;  // of it, and of each file that it names

struct Kubeconfig {
  std::string server;         // "https://127.0.0.1:6443"; plain http on loopback only
  std::string authority_pem;  // empty for plain http only
  std::optional<http::TlsIdentity> identity;
  Secret token;                      // empty: none
  std::filesystem::path token_file;  // where the token came from, if from a file: it is rotated there
  std::string server_name;           // expected of the certificate; empty: the server's host
  std::string namespace_name;        // of the context; may be empty
};

// `base` is the folder that relative file names in it are relative to. Empty: a kubeconfig that somebody else wrote
// (one from the database), which may not name this machine's files at all. Errors: Code::invalid with the key's place
// ("users[0].user.exec, line 12: ..."), never with a value.
Result<Kubeconfig> parse_kubeconfig(std::string_view yaml, const std::filesystem::path& base);
Result<Kubeconfig> read_kubeconfig(const std::filesystem::path& file);
Result<Secret> read_token_file(const std::filesystem::path& file);  // without the white space around it

// The service account of the pod that we run in; host and port are KUBERNETES_SERVICE_HOST and _PORT.
inline constexpr std::string_view kServiceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";
Result<Kubeconfig> in_cluster_kubeconfig(std::string_view host, std::string_view port,
                                         const std::filesystem::path& folder);

}  // namespace foundation::kubernetes_api
