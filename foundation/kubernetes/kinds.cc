#include "foundation/kubernetes/kinds.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "foundation/base/ascii.h"

namespace foundation::kubernetes {
namespace {

// Secret is absent on purpose: secret data is never fetched.
constexpr Kind kKinds[] = {
    {"ConfigMap", "", "v1", "configmaps", true, "cm"},
    {"Endpoints", "", "v1", "endpoints", true, "ep"},
    {"Event", "", "v1", "events", true, "ev"},
    {"LimitRange", "", "v1", "limitranges", true, "limits"},
    {"Namespace", "", "v1", "namespaces", false, "ns"},
    {"Node", "", "v1", "nodes", false, "no"},
    {"PersistentVolume", "", "v1", "persistentvolumes", false, "pv"},
    {"PersistentVolumeClaim", "", "v1", "persistentvolumeclaims", true, "pvc"},
    {"Pod", "", "v1", "pods", true, "po"},
    {"ResourceQuota", "", "v1", "resourcequotas", true, "quota"},
    {"Service", "", "v1", "services", true, "svc"},
    {"ServiceAccount", "", "v1", "serviceaccounts", true, "sa"},
    {"DaemonSet", "apps", "v1", "daemonsets", true, "ds"},
    {"Deployment", "apps", "v1", "deployments", true, "deploy"},
    {"ReplicaSet", "apps", "v1", "replicasets", true, "rs"},
    {"StatefulSet", "apps", "v1", "statefulsets", true, "sts"},
    {"HorizontalPodAutoscaler", "autoscaling", "v2", "horizontalpodautoscalers", true, "hpa"},
    {"CronJob", "batch", "v1", "cronjobs", true, "cj"},
    {"Job", "batch", "v1", "jobs", true, ""},
    {"EndpointSlice", "discovery.k8s.io", "v1", "endpointslices", true, ""},
    {"Ingress", "networking.k8s.io", "v1", "ingresses", true, "ing"},
    {"NetworkPolicy", "networking.k8s.io", "v1", "networkpolicies", true, "netpol"},
    {"PodDisruptionBudget", "policy", "v1", "poddisruptionbudgets", true, "pdb"},
    {"StorageClass", "storage.k8s.io", "v1", "storageclasses", false, "sc"},
};

bool equal_but_case(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lower, lower); }

template <class Matches>
const Kind* find(Matches matches) {
  const Kind* found = std::ranges::find_if(kKinds, matches);
  return found == std::end(kKinds) ? nullptr : found;
}

bool is_unreserved(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '~';
}

// "." and ".." would be steps, not names.
void append_segment(std::string& path, std::string_view segment) {
  bool is_step = segment == "." || segment == "..";
  path += '/';
  for (char c : segment) {
    if (is_unreserved(c) || (c == '.' && !is_step)) {
      path += c;
    } else {
      fmt::format_to(std::back_inserter(path), "%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
}

}  // namespace

std::span<const Kind> kinds() { return kKinds; }

const Kind* find_kind(std::string_view name) {
  return find([&](const Kind& kind) { return kind.name == name; });
}

const Kind* find_kind_by_plural(std::string_view group, std::string_view plural) {
  return find([&](const Kind& kind) { return kind.group == group && kind.plural == plural; });
}

const Kind* find_kind_by_word(std::string_view word) {
  if (word.empty()) return nullptr;
  return find([&](const Kind& kind) {
    return equal_but_case(word, kind.name) || equal_but_case(word, kind.plural) ||
           equal_but_case(word, kind.short_name);
  });
}

std::string api_version(const Kind& kind) {
  return kind.group.empty() ? std::string(kind.version) : fmt::format("{}/{}", kind.group, kind.version);
}

std::string object_path(const Kind& kind, std::string_view namespace_name, std::string_view name,
                        std::string_view subresource) {
  std::string path = kind.group.empty() ? "/api/" : "/apis/";
  path += api_version(kind);
  if (kind.namespaced && !namespace_name.empty()) {
    path += "/namespaces";
    append_segment(path, namespace_name);
  }
  append_segment(path, kind.plural);
  if (!name.empty()) append_segment(path, name);
  if (!subresource.empty()) append_segment(path, subresource);
  return path;
}

}  // namespace foundation::kubernetes
