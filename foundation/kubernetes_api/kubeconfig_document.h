// A kubeconfig's current context as its text has it. Pure: any bytes may be given to it and no file is touched, which
// is what the fuzzer asks of it. Files and base64 are read one step later (kubeconfig.cc).
#pragma once
#include <string>
#include <string_view>

#include "foundation/base/error.h"
#include "foundation/base/secret.h"

namespace foundation::kubernetes_api {

// At most one of the two is set.
struct Material {
  Secret data;  // base64, or the token itself
  std::string file;
  std::string place;  // "users[0].user.client-key"
  bool absent() const { return data.empty() && file.empty(); }
};

struct KubeconfigDocument {
  std::string server;
  std::string server_name;
  std::string namespace_name;
  Material authority;
  Material certificate;
  Material key;
  Material token;
};

Result<KubeconfigDocument> read_kubeconfig_document(std::string_view yaml);

}  // namespace foundation::kubernetes_api
