#include "ai-ops/diagnose/live_kinds.h"

#include <vector>

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

}  // namespace ai_ops::diagnose
