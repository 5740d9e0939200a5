// The rules, one a file (rule_<what>.cc). Each states how Kubernetes works, looks at the whole case and adds drafts.
// The table with their order is in diagnose.cc.
#pragma once
#include "ai-ops/diagnosis/draft.h"

namespace ai_ops::diagnosis {

void find_probe_kills(Case& c);
void find_crashes(Case& c);
void find_admission(Case& c);
void find_node_faults(Case& c);
void find_evictions(Case& c);
void find_cluster_dns(Case& c);
void find_log_reasons(Case& c);
void find_slowness(Case& c);
void find_missing_for_quota(Case& c);
void find_gateway_routes(Case& c);
void find_waiting(Case& c);
void find_unschedulable(Case& c);
void find_failed_jobs(Case& c);
void find_probes(Case& c);
void find_not_ready(Case& c);
void find_services(Case& c);
void find_not_progressing(Case& c);
void find_endpoints(Case& c);
void find_hygiene(Case& c);
void find_network_policies(Case& c);
void find_webhooks(Case& c);
void find_load_balancers(Case& c);
void find_gateways(Case& c);
void find_ingresses(Case& c);
void find_rollouts(Case& c);
void find_terminating(Case& c);
void find_scaled_to_zero(Case& c);
void find_cron_jobs(Case& c);
void find_budgets(Case& c);
void find_autoscalers(Case& c);
void find_volume_permissions(Case& c);
void find_volumes(Case& c);
void find_claims(Case& c);
void find_role_bindings(Case& c);
void find_governing_services(Case& c);

}  // namespace ai_ops::diagnosis
