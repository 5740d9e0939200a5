// The kinds that we speak of: one row each.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace foundation::kubernetes {

struct Kind {
  std::string_view name;     // "Deployment"
  std::string_view group;    // "apps"; "" is the core group
  std::string_view version;  // "v1"
  std::string_view plural;   // "deployments"
  bool namespaced;
  std::string_view short_name;  // kubectl's: "deploy"; "" when it has none
};

std::span<const Kind> kinds();
const Kind* find_kind(std::string_view name);  // "Deployment"
const Kind* find_kind_by_plural(std::string_view group, std::string_view plural);
// What a person may call a kind, in any case: "deployment", "deployments", "deploy", "sts", "Pod", "svc"...; null if
// none.
const Kind* find_kind_by_word(std::string_view word);
std::string api_version(const Kind& kind);  // "apps/v1", "v1"
// "/apis/apps/v1/namespaces/shop/deployments/web"; namespace empty: all namespaces (or a cluster-scoped kind);
// name empty: the collection. Names are validated before (names.h); they are percent-encoded all the same.
std::string object_path(const Kind& kind, std::string_view namespace_name, std::string_view name = {},
                        std::string_view subresource = {});

}  // namespace foundation::kubernetes
