// A StatefulSet whose governing Service does not exist. Fault: governing-service-missing.
// Symptoms: its pods have no names of their own in DNS, so that peers do not find each other. Evidence:
// spec.serviceName against the Services of the namespace. Effects: what its pods suffer that may come of a dependency.
// How Kubernetes works: a pod's name is <pod>.<serviceName>.<namespace>.svc, and DNS has it by that Service's
// endpoints; nothing makes the Service, and the API server takes any name. Source:
// kubernetes.io/docs/concepts/workloads/controllers/statefulset (stable network ID).
#include <fmt/format.h>

#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {

void find_governing_services(Case& c) {
  for (const ObjectView& set : c.cluster().snapshot().of_kind("StatefulSet")) {
    std::string_view name = set.spec()["serviceName"].text(), home = set.namespace_name();
    if (name.empty() || set.spec()["replicas"].integer_or(1) == 0 || !c.cluster().sees("Service", home)) continue;
    if (c.cluster().snapshot().find("Service", home, name)) continue;
    std::vector<std::size_t> suffering;
    for (std::size_t symptom : c.symptoms_of(set.ref()))
      if (c.drafts()[symptom].may_come_from_a_dependency) suffering.push_back(symptom);
    Draft& draft = c.cause(set.ref(), "governing-service-missing", "its pods have no names in DNS");
    draft.severity = suffering.empty() ? Severity::info : Severity::warning;  // who asks for no peer misses nothing
    draft.detail = fmt::format("there is no Service {} in {}", quote(name), home);
    draft.cite(set, "spec.serviceName");
    std::size_t cause = c.last_index();
    for (std::size_t symptom : suffering) c.link(symptom, cause);
  }
}

}  // namespace ai_ops::diagnosis
