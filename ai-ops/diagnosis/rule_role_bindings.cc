// A binding that gives nothing, for its role does not exist. Fault: role-missing.
// Symptoms: whoever it binds may do nothing of what it should; programs log that they are forbidden. Evidence: roleRef
// against the Roles of the namespace and the ClusterRoles. Effects: ill workloads that run as one of its subjects and
// whose log says so.
// How Kubernetes works: the API server takes a binding to a role that is not there, and reads the role at each request;
// roleRef cannot be changed afterwards. Source: kubernetes.io/docs/reference/access-authn-authz/rbac.
#include <fmt/format.h>

#include <algorithm>

#include "ai-ops/diagnosis/phrases.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

bool is_subject(const ObjectView& binding, const Workload& workload) {
  json::View account = at_path(workload.object.root(), pod_spec_path(workload.ref.kind))["serviceAccountName"];
  return std::ranges::any_of(binding.root()["subjects"].array(), [&](const json::Value& value) {
    json::View subject(value);
    return subject["kind"].text() == "ServiceAccount" && subject["name"].text() == account.text("default") &&
           subject["namespace"].text(binding.namespace_name()) == workload.ref.namespace_name;
  });
}

bool says_forbidden(const Case& c, const Workload& workload) {
  return std::ranges::any_of(c.logs_of(workload, {}), [](const LogExcerpt* log) {
    return std::ranges::any_of(telling_lines(*log),
                               [](const LogLine& line) { return contains_words(line.text, "is forbidden: user"); });
  });
}

void link_subjects(Case& c, const ObjectView& binding, std::size_t cause) {
  for (const Workload& workload : c.cluster().workloads()) {
    auto symptoms = c.symptoms_of(workload.ref);
    if (symptoms.empty() || !is_subject(binding, workload) || !says_forbidden(c, workload)) continue;
    for (std::size_t symptom : symptoms) c.link(symptom, cause);
  }
}

}  // namespace

void find_role_bindings(Case& c) {
  for (const ObjectView& binding : c.cluster().snapshot().of_kind("RoleBinding")) {
    json::View role = binding.root()["roleRef"];
    std::string_view kind = role["kind"].text(), name = role["name"].text();
    bool is_role = kind == "Role";
    if (name.empty() || (!is_role && kind != "ClusterRole")) continue;
    std::string_view home = is_role ? binding.namespace_name() : std::string_view();
    bool is_in_view = is_role ? c.cluster().sees(kind, home) : c.cluster().sees(kind);
    if (!is_in_view || c.cluster().snapshot().find(kind, home, name)) continue;
    Draft& draft = c.symptom(binding.ref(), "role-missing", Severity::warning, "gives nobody anything");
    draft.detail = fmt::format("there is no {} {}", quote(kind), quote(name));
    draft.cite(binding, "roleRef.kind");
    draft.cite(binding, "roleRef.name");
    link_subjects(c, binding, c.last_index());
  }
}

}  // namespace ai_ops::diagnosis
