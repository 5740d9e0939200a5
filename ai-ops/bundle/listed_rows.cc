#include "ai-ops/bundle/listed_rows.h"

#include <algorithm>
#include <set>
#include <string>

#include "ai-ops/bundle/fields.h"
#include "ai-ops/bundle/lines.h"

namespace ai_ops::bundle {
namespace {

// "1/3" -> 1 and 3
void put_ratio(json::Object& object, std::string_view text, std::string_view first, std::string_view second) {
  put(object, first, integer(text));
  std::size_t slash = text.find('/');
  if (slash != text.npos) put(object, second, integer(text.substr(slash + 1)));
}

// STATUS is a phase, or the reason that stands for it: of a waiting or ended container, or of the pod.
constexpr std::array<std::string_view, 4> kPhases{"Running", "Pending", "Succeeded", "Failed"};
constexpr std::array<std::string_view, 3> kEnded{"Error", "OOMKilled", "ContainerCannotRun"};

void put_pod_row(json::Object& object, const Row& row) {
  std::string_view status = row["STATUS"];
  put(object, "spec.nodeName", json::Value(row["NODE"]));
  put(object, "status.podIP", json::Value(row["IP"]));
  bool is_phase = std::ranges::find(kPhases, status) != kPhases.end();
  if (status == "Completed") return put(object, "status.phase", "Succeeded");
  if (status == "Evicted") return put(object, "status.reason", "Evicted"), put(object, "status.phase", "Failed");
  bool runs = status == "Running" || status == "Terminating" || status == "CrashLoopBackOff";
  put(object, "status.phase", json::Value(is_phase ? status : runs ? "Running" : "Pending"));
  auto ready = leading_integer(row["READY"]);
  std::string_view all = row["READY"].substr(std::min(row["READY"].size(), row["READY"].find('/') + 1));
  bool is_ready = ready && ready == leading_integer(all);
  if (status == "Terminating") put(object, "metadata.deletionTimestamp", json::Value(foundation::to_rfc3339(row.now)));
  put(object, "status.conditions",
      json::Array{json::Object{{"type", "Ready"}, {"status", is_ready ? "True" : "False"}}});
  if (is_phase || status == "Terminating" || status.starts_with("Init:")) return;
  bool has_ended = std::ranges::find(kEnded, status) != kEnded.end();
  json::Object state{{has_ended ? "terminated" : "waiting", json::Object{{"reason", status}}}};
  json::Object container{{"ready", is_ready}, {"state", std::move(state)}};
  put(container, "restartCount", integer(row["RESTARTS"]));
  put(object, "status.containerStatuses", json::Array{std::move(container)});
}

// Of wide tables: "app,proxy", "shop/web:1,proxy:2" and "app=web"
void put_template(json::Object& object, const Row& row) {
  auto names = words(row["CONTAINERS"], ",");
  auto images = words(row["IMAGES"], ",");
  json::Array containers;
  for (std::size_t i = 0; i < std::min(names.size(), images.size()); ++i)
    containers.emplace_back(json::Object{{"name", names[i]}, {"image", images[i]}});
  put(object, "spec.template.spec.containers", std::move(containers));
  put(object, "spec.selector.matchLabels", pairs({std::string(row["SELECTOR"])}));
}

void put_deployment_row(json::Object& object, const Row& row) {
  put_ratio(object, row["READY"], "status.readyReplicas", "spec.replicas");
  put(object, "status.updatedReplicas", integer(row["UP-TO-DATE"]));
  put(object, "status.availableReplicas", integer(row["AVAILABLE"]));
  put_template(object, row);
}

void put_stateful_set_row(json::Object& object, const Row& row) {
  put_ratio(object, row["READY"], "status.readyReplicas", "spec.replicas");
  put_template(object, row);
}

void put_replica_set_row(json::Object& object, const Row& row) {
  put(object, "spec.replicas", integer(row["DESIRED"]));
  put(object, "status.replicas", integer(row["CURRENT"]));
  put(object, "status.readyReplicas", integer(row["READY"]));
  put_template(object, row);
}

void put_daemon_set_row(json::Object& object, const Row& row) {
  put(object, "status.desiredNumberScheduled", integer(row["DESIRED"]));
  put(object, "status.currentNumberScheduled", integer(row["CURRENT"]));
  put(object, "status.numberReady", integer(row["READY"]));
  put(object, "status.numberAvailable", integer(row["AVAILABLE"]));
  put_template(object, row);
}

// "80/TCP,443:30443/TCP"
void put_service_row(json::Object& object, const Row& row) {
  put(object, "spec.type", json::Value(row["TYPE"]));
  put(object, "spec.clusterIP", json::Value(row["CLUSTER-IP"]));
  json::Array ports;
  for (std::string_view text : words(row["PORT(S)"], ","))
    if (auto port = leading_integer(text))
      ports.emplace_back(json::Object{{"port", *port}, {"protocol", text.substr(text.rfind('/') + 1)}});
  put(object, "spec.ports", std::move(ports));
  if (row.table.has("SELECTOR")) put(object, "spec.selector", pairs({std::string(row["SELECTOR"])}));
}

// "Ready,SchedulingDisabled"
void put_node_row(json::Object& object, const Row& row) {
  std::string_view status = row["STATUS"];
  bool is_ready = status.starts_with("Ready");
  put(object, "status.conditions",
      json::Array{json::Object{{"type", "Ready"}, {"status", is_ready ? "True" : "Unknown"}}});
  if (status.find("SchedulingDisabled") != status.npos) put(object, "spec.unschedulable", true);
}

void put_claim_row(json::Object& object, const Row& row) {
  put(object, "status.phase", json::Value(row["STATUS"]));
  put(object, "spec.volumeName", json::Value(row["VOLUME"]));
  put(object, "status.capacity.storage", json::Value(row["CAPACITY"]));
  put(object, "spec.storageClassName", json::Value(row["STORAGECLASS"]));
}

void put_volume_row(json::Object& object, const Row& row) {
  put(object, "status.phase", json::Value(row["STATUS"]));
  put(object, "spec.capacity.storage", json::Value(row["CAPACITY"]));
  put(object, "spec.storageClassName", json::Value(row["STORAGECLASS"]));
  std::string_view claim = row["CLAIM"];
  if (std::size_t slash = claim.find('/'); slash != claim.npos) {
    put(object, "spec.claimRef.namespace", json::Value(claim.substr(0, slash)));
    put(object, "spec.claimRef.name", json::Value(claim.substr(slash + 1)));
  }
}

// The name of the default one is "fast (default)".
void put_storage_class_row(json::Object& object, const Row& row) {
  constexpr std::string_view kDefault = " (default)";
  std::string_view name = row["NAME"];
  if (name.ends_with(kDefault)) {
    put(object, "metadata.name", json::Value(name.substr(0, name.size() - kDefault.size())));
    put_default_class(object, kDefaultStorageClass);
  }
  put(object, "provisioner", json::Value(row["PROVISIONER"]));
  put(object, "reclaimPolicy", json::Value(row["RECLAIMPOLICY"]));
  put(object, "volumeBindingMode", json::Value(row["VOLUMEBINDINGMODE"]));
}

void put_job_row(json::Object& object, const Row& row) {
  put_ratio(object, row["COMPLETIONS"], "status.succeeded", "spec.completions");
}

void put_autoscaler_row(json::Object& object, const Row& row) {
  std::string_view target = row["REFERENCE"];
  put(object, "spec.scaleTargetRef.kind", json::Value(target.substr(0, target.find('/'))));
  put(object, "spec.scaleTargetRef.name", json::Value(target.substr(target.find('/') + 1)));
  put(object, "spec.minReplicas", integer(row["MINPODS"]));
  put(object, "spec.maxReplicas", integer(row["MAXPODS"]));
}

void put_namespace_row(json::Object& object, const Row& row) {
  put(object, "status.phase", json::Value(row["STATUS"]));
}

// "10.1.0.7:8080,10.1.0.8:8080 + 2 more..."; those that are not ready do not stand there.
void put_endpoints_row(json::Object& object, const Row& row) {
  json::Array addresses, ports;
  std::set<std::string_view> seen_addresses, seen_ports;
  for (std::string_view text : words(row["ENDPOINTS"], ", ")) {
    std::size_t colon = text.rfind(':');
    if (colon == text.npos) continue;
    std::string_view address = text.substr(0, colon), port = text.substr(colon + 1);
    if (seen_addresses.insert(address).second) addresses.emplace_back(json::Object{{"ip", address}});
    if (seen_ports.insert(port).second) ports.emplace_back(json::Object{{"port", integer(port)}});
  }
  if (addresses.empty()) return;
  json::Object subset;
  put(subset, "addresses", std::move(addresses));
  put(subset, "ports", std::move(ports));
  put(object, "subsets", json::Array{std::move(subset)});
}

// "IPv4", "80" and "10.1.0.7,10.1.0.8 + 1 more...", whether they are ready or not, which stays open.
void put_endpoint_slice_row(json::Object& object, const Row& row) {
  put(object, "addressType", json::Value(row["ADDRESSTYPE"]));
  json::Array ports, endpoints;
  for (std::string_view text : words(row["PORTS"]))
    if (auto port = leading_integer(text)) ports.emplace_back(json::Object{{"port", *port}});
  for (std::string_view text : words(row["ENDPOINTS"].substr(0, row["ENDPOINTS"].find(" + "))))
    if (text != "<unset>") endpoints.emplace_back(json::Object{{"addresses", json::Array{json::Value(text)}}});
  put(object, "ports", std::move(ports));
  put(object, "endpoints", std::move(endpoints));
}

// "requests.cpu: 1/2, pods: 3/10"
void put_quota_row(json::Object& object, const Row& row) {
  json::Object hard, used;
  for (std::string_view column : {"REQUEST", "LIMIT"}) {
    for (std::string_view text : words(row[column], ",")) {
      std::size_t colon = text.rfind(": "), slash = text.rfind('/');
      if (colon == text.npos || slash == text.npos || slash < colon) continue;
      std::string_view resource = trimmed(text.substr(0, colon));
      used[resource] = trimmed(text.substr(colon + 1, slash - colon - 1));
      hard[resource] = trimmed(text.substr(slash + 1));
    }
  }
  put(object, "spec.hard", hard);
  put(object, "status.hard", std::move(hard));
  put(object, "status.used", std::move(used));
}

void put_cron_job_row(json::Object& object, const Row& row) {
  put(object, "spec.schedule", json::Value(row["SCHEDULE"]));
  put(object, "spec.suspend", truth(row["SUSPEND"]));
}

// "N/A" is no number.
void put_disruption_budget_row(json::Object& object, const Row& row) {
  put(object, "spec.minAvailable", amount(row["MIN AVAILABLE"]));
  put(object, "spec.maxUnavailable", amount(row["MAX UNAVAILABLE"]));
  put(object, "status.disruptionsAllowed", integer(row["ALLOWED DISRUPTIONS"]));
}

void put_ingress_row(json::Object& object, const Row& row) {
  put(object, "spec.ingressClassName", json::Value(row["CLASS"]));
  json::Array addresses;
  for (std::string_view address : words(row["ADDRESS"])) addresses.emplace_back(json::Object{{"ip", address}});
  put(object, "status.loadBalancer.ingress", std::move(addresses));
}

void put_ingress_class_row(json::Object& object, const Row& row) {
  put(object, "spec.controller", json::Value(row["CONTROLLER"]));
}

// "ClusterRole/view"; of wide tables "ann,bob", "admins" and "shop/default".
void put_binding_row(json::Object& object, const Row& row) {
  std::string_view role = row["ROLE"];
  std::size_t slash = role.find('/');
  if (slash == role.npos) return;
  put(object, "roleRef.kind", json::Value(role.substr(0, slash)));
  put(object, "roleRef.name", json::Value(role.substr(slash + 1)));
  json::Array subjects;
  for (std::string_view user : words(row["USERS"]))
    subjects.emplace_back(json::Object{{"kind", "User"}, {"name", user}});
  for (std::string_view group : words(row["GROUPS"]))
    subjects.emplace_back(json::Object{{"kind", "Group"}, {"name", group}});
  for (std::string_view account : words(row["SERVICEACCOUNTS"])) {
    std::size_t end = std::min(account.find('/'), account.size());
    json::Object subject{{"kind", "ServiceAccount"}, {"name", account.substr(std::min(end + 1, account.size()))}};
    put(subject, "namespace", json::Value(account.substr(0, end)));
    subjects.emplace_back(std::move(subject));
  }
  put(object, "subjects", std::move(subjects));
}

void put_nothing_more(json::Object&, const Row&) {}

constexpr std::array kKinds{
    ListedKind{"Pod", "pod", {"READY", "STATUS", "RESTARTS"}, put_pod_row},
    ListedKind{"DaemonSet", "daemonset.apps", {"DESIRED", "NODE SELECTOR", ""}, put_daemon_set_row},
    ListedKind{"Deployment", "deployment.apps", {"READY", "UP-TO-DATE", "AVAILABLE"}, put_deployment_row},
    ListedKind{"ReplicaSet", "replicaset.apps", {"DESIRED", "CURRENT", "READY"}, put_replica_set_row},
    ListedKind{"Service", "service", {"TYPE", "CLUSTER-IP", "PORT(S)"}, put_service_row},
    ListedKind{
        "EndpointSlice", "endpointslice.discovery.k8s.io", {"ADDRESSTYPE", "ENDPOINTS", ""}, put_endpoint_slice_row},
    ListedKind{"Endpoints", "endpoints", {"ENDPOINTS", "", ""}, put_endpoints_row},
    ListedKind{"Node", "node", {"STATUS", "ROLES", "VERSION"}, put_node_row, false},
    ListedKind{"PersistentVolumeClaim", "persistentvolumeclaim", {"STATUS", "VOLUME", "STORAGECLASS"}, put_claim_row},
    ListedKind{"PersistentVolume", "persistentvolume", {"CAPACITY", "RECLAIM POLICY", "CLAIM"}, put_volume_row, false},
    ListedKind{"StorageClass", "storageclass.storage.k8s.io", {"PROVISIONER", "", ""}, put_storage_class_row, false},
    ListedKind{"Job", "job.batch", {"COMPLETIONS", "DURATION", ""}, put_job_row},
    ListedKind{"CronJob", "cronjob.batch", {"SCHEDULE", "SUSPEND", ""}, put_cron_job_row},
    ListedKind{"HorizontalPodAutoscaler",
               "horizontalpodautoscaler.autoscaling",
               {"REFERENCE", "MINPODS", ""},
               put_autoscaler_row},
    ListedKind{"PodDisruptionBudget",
               "poddisruptionbudget.policy",
               {"MIN AVAILABLE", "ALLOWED DISRUPTIONS", ""},
               put_disruption_budget_row},
    ListedKind{"Ingress", "ingress.networking.k8s.io", {"CLASS", "HOSTS", ""}, put_ingress_row},
    ListedKind{"IngressClass",
               "ingressclass.networking.k8s.io",
               {"CONTROLLER", "PARAMETERS", ""},
               put_ingress_class_row,
               false},
    ListedKind{"NetworkPolicy", "networkpolicy.networking.k8s.io", {"POD-SELECTOR", "", ""}, put_nothing_more},
    ListedKind{"ResourceQuota", "resourcequota", {"REQUEST", "LIMIT", ""}, put_quota_row},
    ListedKind{"Secret", "secret", {"TYPE", "DATA", ""}, put_nothing_more, true, true},
    ListedKind{"ConfigMap", "configmap", {"DATA", "AGE", ""}, put_nothing_more, true, true},
    ListedKind{"ServiceAccount", "serviceaccount", {"SECRETS", "AGE", ""}, put_nothing_more, true, true},
    ListedKind{
        "RoleBinding", "rolebinding.rbac.authorization.k8s.io", {"ROLE", "AGE", ""}, put_binding_row, true, true},
    ListedKind{"RoleBinding", "rolebinding.rbac.authorization.k8s.io", {"ROLE", "USERS", "GROUPS"}, put_binding_row},
    ListedKind{"StatefulSet", "statefulset.apps", {"READY", "AGE", ""}, put_stateful_set_row, true, true},
    ListedKind{"Namespace", "namespace", {"STATUS", "AGE", ""}, put_namespace_row, false, true},
};

}  // namespace

std::span<const ListedKind> listed_kinds() { return kKinds; }

}  // namespace ai_ops::bundle
