// The cluster's DNS does not answer: its Service has no ready endpoint. Symptom: names resolve nowhere, whatever asks.
// Evidence: the Service's selector, the pods behind it. Effects: the workloads whose logs say that names do not
// resolve. How Kubernetes works: the Service is kube-system/kube-dns whichever server stands behind it; every pod's
// resolv.conf names its address. Source: kubernetes.io/docs/concepts/services-networking/dns-pod-service.
#include <array>
#include <string>

#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

constexpr std::string_view kNamespace = "kube-system";
constexpr std::string_view kService = "kube-dns";

void link_resolvers(Case& c, std::size_t cause) {
  for (std::size_t i = 0; i < cause; ++i)
    if (c.drafts()[i].fault == "dns-failure") c.link(i, cause);
}

}  // namespace

void find_cluster_dns(Case& c) {
  auto service = c.cluster().snapshot().find("Service", kNamespace, kService);
  if (!service || c.cluster().ready_endpoints(*service) != 0) return;
  Draft& draft =
      c.symptom(service->ref(), "cluster-dns-unavailable", Severity::critical, "cluster DNS does not answer");
  std::size_t index = c.last_index();
  draft.detail = "no pod behind it is ready";
  draft.cite(*service, "spec.selector");
  for (const Workload* workload : c.cluster().behind(*service)) {
    draft.cite(workload->object, "status.readyReplicas");
    for (std::size_t symptom : c.symptoms_of(workload->ref)) c.link(index, symptom);
  }
  link_resolvers(c, index);
}

}  // namespace ai_ops::diagnosis
