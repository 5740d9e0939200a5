#include "ai-ops/diagnose/live_kinds.h"

#include <vector>

#include "ai-ops/bundle/facts.h"
#include "foundation/kubernetes_api/api_server.h"

namespace ai_ops::diagnose {
namespace {

constexpr LiveKind kOwnersOnly[] = {
    {{"Secret", "", "v1", "secrets", true, ""}, true},
    {{"MutatingWebhookConfiguration", "admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", false,
      ""}},
    {{"ValidatingWebhookConfiguration", "admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", false,
      ""}},
    {{"Gateway", "gateway.networking.k8s.io", "v1", "gateways", true, ""}},
    {{"GatewayClass", "gateway.networking.k8s.io", "v1", "gatewayclasses", false, ""}},
    {{"HTTPRoute", "gateway.networking.k8s.io", "v1", "httproutes", true, ""}},
    {{"RoleBinding", "rbac.authorization.k8s.io", "v1", "rolebindings", true, ""}},
    {{"Role", "rbac.authorization.k8s.io", "v1", "roles", true, ""}, true},
    {{"ClusterRole", "rbac.authorization.k8s.io", "v1", "clusterroles", false, ""}, true},
    {{"IngressClass", "networking.k8s.io", "v1", "ingressclasses", false, ""}},
    {{"CSIDriver", "storage.k8s.io", "v1", "csidrivers", false, ""}},
    {{"VolumeAttachment", "storage.k8s.io", "v1", "volumeattachments", false, ""}},
};

std::vector<LiveKind> all() {
  std::vector<LiveKind> out;
  for (const auto& kind : foundation::kubernetes::kinds()) out.push_back({kind});
  out.insert(out.end(), std::begin(kOwnersOnly), std::end(kOwnersOnly));
  return out;
}

}  // namespace

std::span<const LiveKind> live_kinds() {
  static const std::vector<LiveKind> kinds = all();
  return kinds;
}

std::vector<Listing> listings(const std::vector<std::string>& namespaces) {
  std::vector<Listing> out;
  for (const LiveKind& each : live_kinds()) {
    if (!each.kind.namespaced || namespaces.empty()) out.push_back({&each, ""});
    if (!each.kind.namespaced) continue;
    for (const std::string& name : namespaces) out.push_back({&each, name});
  }
  return out;
}

std::string list_accept(const LiveKind& kind) {
  return kind.metadata_only ? foundation::kubernetes_api::kMetadataOnly : foundation::kubernetes_api::kJson;
}

foundation::json::Object shown_part(foundation::json::Object object, const LiveKind& kind) {
  bundle::keep_facts_only(object);
  if (kind.metadata_only) return {{"kind", kind.kind.name}, {"metadata", object["metadata"]}};
  return object;
}

}  // namespace ai_ops::diagnose
