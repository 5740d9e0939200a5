#include "ai-ops/diagnosis/diagnose.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "ai-ops/diagnosis/container.h"
#include "ai-ops/diagnosis/draft.h"
#include "ai-ops/diagnosis/endpoint.h"
#include "ai-ops/diagnosis/failed_job.h"
#include "ai-ops/diagnosis/observed.h"
#include "ai-ops/diagnosis/rules.h"
#include "ai-ops/diagnosis/runner.h"

namespace ai_ops::diagnosis {
namespace {

// The order is the meaning: what says more comes first, and the rules after it leave such workloads alone.
constexpr std::array kRules{
    Rule{"probe-kills", find_probe_kills},          // before what else a container may die of: the kubelet says so
    Rule{"crashes", find_crashes},                  // a container that dies explains all that follows
    Rule{"admission", find_admission},              // pods that were never made
    Rule{"claims", find_claims},                    // why a pod waits for its volume, before the scheduler's own words
    Rule{"volumes", find_volumes},                  // the same of one that another node holds
    Rule{"waiting", find_waiting},                  // never started
    Rule{"unschedulable", find_unschedulable},      // never got a node
    Rule{"failed-jobs", find_failed_jobs},          // touches Jobs only
    Rule{"probes", find_probes},                    // runs, and was not told above
    Rule{"not-ready", find_not_ready},              // the same, and no probe to tell why
    Rule{"not-progressing", find_not_progressing},  // what the Deployment itself says, when its pods say nothing
    Rule{"nodes", find_node_faults},                // explains what stands on them
    Rule{"evictions", find_evictions, "Pod"},       // what a node under pressure did
    Rule{"volume-permissions", find_volume_permissions},  // why, of what fails on its own volume
    Rule{"log-reasons", find_log_reasons},                // why, of what only tells that
    Rule{"cluster-dns", find_cluster_dns, "Service"},     // explains logs that say that names do not resolve
    Rule{"services", find_services, "Service"},           // those that do not lead to their pods
    Rule{"scaled-to-zero", find_scaled_to_zero},          // what the next one finds behind an address
    Rule{"endpoints", find_endpoints},                    // explains the symptoms above
    Rule{"network-policies", find_network_policies, "NetworkPolicy"},    // what is there and may not be reached
    Rule{"missing-for-quota", find_missing_for_quota, "ResourceQuota"},  // why what they miss is not there
    Rule{"governing-services", find_governing_services, "StatefulSet"},  // why peers are not found
    Rule{"role-bindings", find_role_bindings, "RoleBinding"},            // why programs are forbidden what they do
    Rule{"webhooks", find_webhooks},                                     // explains what admission refused
    Rule{"autoscalers", find_autoscalers, "HorizontalPodAutoscaler"},    // links to what is wrong with their targets
    Rule{"budgets", find_budgets, "PodDisruptionBudget"},                // objects of their own
    Rule{"cron-jobs", find_cron_jobs, "CronJob"},                        // objects of their own
    Rule{"ingresses", find_ingresses, "Ingress"},                        // by what they name
    Rule{"gateways", find_gateways},                           // by what they name, and what their controllers say
    Rule{"load-balancers", find_load_balancers, "Service"},    // objects of their own
    Rule{"gateway-routes", find_gateway_routes, "ConfigMap"},  // by what a gateway's own configuration says
    Rule{"slowness", find_slowness, observed::kAlert},         // measures, when nothing of the above says more
    Rule{"terminating", find_terminating},                     // deleted, and still there
    Rule{"rollouts", find_rollouts},                           // which of the symptoms above began with a change
    Rule{"hygiene", find_hygiene},                             // last: nothing is broken by it
};

bool is_about(const Workload& workload, const ObjectRef& only) {
  auto fits = [&](const ObjectRef& ref) {
    return ref.kind == only.kind && ref.namespace_name == only.namespace_name && ref.name == only.name;
  };
  if (only.name.empty()) return only.namespace_name.empty() || only.namespace_name == workload.ref.namespace_name;
  return fits(workload.ref) ||
         std::ranges::any_of(workload.pods, [&](const ObjectView& pod) { return fits(pod.ref()); });
}

LogWanted log_of(const Workload& workload, const Container& container, bool previous) {
  return {workload.ref.namespace_name, std::string(container.pod.name()), container.name, previous};
}

// The finding cites the pod as one of its own (a pod's name begins with that of its workload), so it is about it too.
bool is_about_pod(const Finding& finding, const ObjectRef& pod) {
  bool is_its_own =
      finding.object.namespace_name == pod.namespace_name && pod.name.starts_with(finding.object.name + "-");
  std::string start = pod.text() + " ";
  return pod.kind == "Pod" && is_its_own &&
         std::ranges::any_of(finding.evidence, [&](const Evidence& e) { return e.ref.starts_with(start); });
}

}  // namespace

std::vector<LogWanted> logs_wanted(const Cluster& cluster, const ObjectRef& only, std::size_t most) {
  std::vector<LogWanted> wanted;
  for (const Workload& workload : cluster.workloads()) {
    if (wanted.size() >= most) return wanted;
    if (!is_about(workload, only)) continue;
    auto crashes = crashes_of(workload, cluster.snapshot().at());
    if (crashes.empty()) continue;
    const Crash& worst = *std::ranges::max_element(crashes, {}, [](const Crash& x) { return x.container.restarts(); });
    wanted.push_back(log_of(workload, worst.container, worst.previous));
  }
  for (const FailedJob& failed : failed_jobs(cluster)) {
    if (wanted.size() >= most) return wanted;
    if (failed.died && is_about(*failed.workload, only))
      wanted.push_back(log_of(*failed.workload, *failed.died, false));
  }
  for (const Workload& workload : cluster.workloads()) {
    if (!is_about(workload, only) || !calls_something_not_ready(cluster, workload)) continue;
    for (const Container& container : containers_of(workload.pods.front())) {
      bool is_main = container.role == Container::Role::main && container.status["state"]["running"];
      if (is_main && wanted.size() < most) wanted.push_back(log_of(workload, container, false));
    }
  }
  return wanted;
}

Diagnosis examine(const Material& material) {
  Diagnosis out;
  if (material.cluster == nullptr) return out;
  Case c(*material.cluster, material.logs, material.now);
  for (const RuleRun& run : run_rules(c, kRules, std::chrono::steady_clock::now() + material.time))
    if (!run.failure.empty()) out.skipped.push_back(fmt::format("rule {}: {}", run.rule, run.failure));
  out.findings = conclude(std::move(c).take());
  return out;
}

std::vector<Finding> diagnose(const Material& material) { return examine(material).findings; }

std::vector<Finding> about(const std::vector<Finding>& findings, const ObjectRef& object) {
  std::set<std::string> wanted;
  // Causes stand before what they cause, so one pass from the end collects them all.
  for (auto finding = findings.rbegin(); finding != findings.rend(); ++finding) {
    const ObjectRef& its = finding->object;
    bool is_itself = its.kind == object.kind && its.namespace_name == object.namespace_name && its.name == object.name;
    if (is_itself || is_about_pod(*finding, object)) wanted.insert(finding->id);
    if (wanted.contains(finding->id)) wanted.insert(finding->causes.begin(), finding->causes.end());
  }
  std::vector<Finding> out;
  std::ranges::copy_if(findings, std::back_inserter(out), [&](const Finding& f) { return wanted.contains(f.id); });
  return out;
}

ObjectRef workload_behind(const Cluster& cluster, const ObjectRef& object) {
  auto found = cluster.snapshot().find(object.kind, object.namespace_name, object.name);
  if (!found) return object;
  if (object.kind == "Service") {
    auto behind = cluster.behind(*found);
    return behind.empty() ? object : behind.front()->ref;
  }
  const Workload* workload = cluster.workload_of(*found);
  return workload == nullptr ? object : workload->ref;
}

}  // namespace ai_ops::diagnosis
