#include "ai-ops/bundle/listed_objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "ai-ops/bundle/fields.h"
#include "ai-ops/bundle/lines.h"
#include "ai-ops/bundle/table.h"

namespace ai_ops::bundle {
namespace {

struct Row {
  const Table& table;
  std::size_t number;
  std::string_view operator[](std::string_view column) const { return table.cell(number, column); }
};

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
  put(object, "status.conditions",
      json::Array{json::Object{{"type", "Ready"}, {"status", is_ready ? "True" : "False"}}});
  if (is_phase || status == "Terminating" || status.starts_with("Init:")) return;
  bool has_ended = std::ranges::find(kEnded, status) != kEnded.end();
  json::Object state{{has_ended ? "terminated" : "waiting", json::Object{{"reason", status}}}};
  json::Object container{{"ready", is_ready}, {"state", std::move(state)}};
  put(container, "restartCount", integer(row["RESTARTS"]));
  put(object, "status.containerStatuses", json::Array{std::move(container)});
}

void put_deployment_row(json::Object& object, const Row& row) {
  put_ratio(object, row["READY"], "status.readyReplicas", "spec.replicas");
  put(object, "status.updatedReplicas", integer(row["UP-TO-DATE"]));
  put(object, "status.availableReplicas", integer(row["AVAILABLE"]));
}

void put_stateful_set_row(json::Object& object, const Row& row) {
  put_ratio(object, row["READY"], "status.readyReplicas", "spec.replicas");
}

void put_replica_set_row(json::Object& object, const Row& row) {
  put(object, "spec.replicas", integer(row["DESIRED"]));
  put(object, "status.replicas", integer(row["CURRENT"]));
  put(object, "status.readyReplicas", integer(row["READY"]));
}

void put_daemon_set_row(json::Object& object, const Row& row) {
  put(object, "status.desiredNumberScheduled", integer(row["DESIRED"]));
  put(object, "status.currentNumberScheduled", integer(row["CURRENT"]));
  put(object, "status.numberReady", integer(row["READY"]));
  put(object, "status.numberAvailable", integer(row["AVAILABLE"]));
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

void put_storage_class_row(json::Object& object, const Row& row) {
  put(object, "provisioner", json::Value(row["PROVISIONER"]));
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

void put_nothing_more(json::Object&, const Row&) {}

struct Kind {
  std::string_view name, resource;  // resource: as rows of several kinds name it
  std::array<std::string_view, 3> columns;
  void (*put)(json::Object&, const Row&);
};
// The first that has all its columns; those with more of their own stand first.
constexpr std::array kKinds{
    Kind{"Pod", "pod", {"READY", "STATUS", "RESTARTS"}, put_pod_row},
    Kind{"Deployment", "deployment.apps", {"READY", "UP-TO-DATE", "AVAILABLE"}, put_deployment_row},
    Kind{"DaemonSet", "daemonset.apps", {"DESIRED", "NODE SELECTOR", ""}, put_daemon_set_row},
    Kind{"ReplicaSet", "replicaset.apps", {"DESIRED", "CURRENT", "READY"}, put_replica_set_row},
    Kind{"Service", "service", {"TYPE", "CLUSTER-IP", "PORT(S)"}, put_service_row},
    Kind{"Endpoints", "endpoints", {"ENDPOINTS", "", ""}, put_nothing_more},
    Kind{"Node", "node", {"STATUS", "ROLES", "VERSION"}, put_node_row},
    Kind{"PersistentVolumeClaim", "persistentvolumeclaim", {"STATUS", "VOLUME", "STORAGECLASS"}, put_claim_row},
    Kind{"PersistentVolume", "persistentvolume", {"CAPACITY", "RECLAIM POLICY", "CLAIM"}, put_volume_row},
    Kind{"StorageClass", "storageclass.storage.k8s.io", {"PROVISIONER", "", ""}, put_storage_class_row},
    Kind{"Job", "job.batch", {"COMPLETIONS", "DURATION", ""}, put_job_row},
    Kind{"CronJob", "cronjob.batch", {"SCHEDULE", "SUSPEND", ""}, put_nothing_more},
    Kind{"HorizontalPodAutoscaler",
         "horizontalpodautoscaler.autoscaling",
         {"REFERENCE", "MINPODS", ""},
         put_autoscaler_row},
    Kind{"Ingress", "ingress.networking.k8s.io", {"CLASS", "HOSTS", ""}, put_nothing_more},
    Kind{"NetworkPolicy", "networkpolicy.networking.k8s.io", {"POD-SELECTOR", "", ""}, put_nothing_more},
    Kind{"ResourceQuota", "resourcequota", {"REQUEST", "LIMIT", ""}, put_nothing_more},
    Kind{"Secret", "secret", {"TYPE", "DATA", ""}, put_nothing_more},
    Kind{"ConfigMap", "configmap", {"DATA", "AGE", ""}, put_nothing_more},
    Kind{"ServiceAccount", "serviceaccount", {"SECRETS", "AGE", ""}, put_nothing_more},
    Kind{"RoleBinding", "rolebinding.rbac.authorization.k8s.io", {"ROLE", "AGE", ""}, put_nothing_more},
    Kind{"StatefulSet", "statefulset.apps", {"READY", "AGE", ""}, put_stateful_set_row},
    Kind{"Namespace", "namespace", {"STATUS", "AGE", ""}, put_namespace_row},
};
constexpr std::array<std::string_view, 4> kClusterScoped{"Node", "PersistentVolume", "StorageClass", "Namespace"};

const Kind* kind_of(const Table& table) {
  auto has_all = [&](const Kind& kind) {
    return std::ranges::all_of(kind.columns, [&](std::string_view c) { return c.empty() || table.has(c); });
  };
  auto found = std::ranges::find_if(kKinds, has_all);
  return found == kKinds.end() ? nullptr : &*found;
}

// "pod/web-1" -> Pod; the API's word in lower case.
const Kind* kind_named(std::string_view resource) {
  auto is_it = [&](const Kind& kind) {
    return kind.resource == resource || kind.resource.substr(0, kind.resource.find('.')) == resource;
  };
  auto found = std::ranges::find_if(kKinds, is_it);
  return found == kKinds.end() ? nullptr : &*found;
}

json::Object event_of(const Row& row, std::string_view home, std::size_t number, foundation::WallTime now) {
  json::Object event{{"kind", "Event"}};
  std::string_view object = row["OBJECT"];
  std::string_view resource = object.substr(0, object.find('/'));
  std::string_view name = object.substr(object.find('/') + 1);
  const Kind* kind = kind_named(resource);
  std::string_view space = row["NAMESPACE"].empty() ? home : row["NAMESPACE"];
  put(event, "metadata.name", json::Value(fmt::format("{}.listed-{}", name, number)));
  put(event, "metadata.namespace", json::Value(space));
  put(event, "involvedObject.kind", json::Value(kind == nullptr ? resource : kind->name));
  put(event, "involvedObject.name", json::Value(name));
  put(event, "involvedObject.namespace", json::Value(space));
  put(event, "type", json::Value(row["TYPE"]));
  put(event, "reason", json::Value(row["REASON"]));
  put(event, "message", json::Value(row["MESSAGE"]));
  if (auto last = ago(row["LAST SEEN"], now)) put(event, "lastTimestamp", json::Value(foundation::to_rfc3339(*last)));
  return event;
}

void read_table(const std::vector<std::string_view>& lines, std::string_view home, foundation::WallTime now,
                Listed& out) {
  Table table(lines);
  bool is_events = table.has("OBJECT") && table.has("REASON");
  const Kind* of_all = is_events ? nullptr : kind_of(table);
  if (!is_events && of_all == nullptr) return ++out.unknown_tables, void();
  for (std::size_t number = 0; number < table.size(); ++number) {
    Row row{table, number};
    if (is_events) {
      out.objects.push_back(event_of(row, home, out.objects.size() + 1, now));
      continue;
    }
    std::string_view name = row["NAME"];
    std::size_t slash = name.find('/');
    const Kind* kind = slash == name.npos ? of_all : kind_named(name.substr(0, slash));
    if (kind == nullptr || name.empty()) continue;
    json::Object object{{"kind", kind->name}};
    put(object, "metadata.name", json::Value(name.substr(slash == name.npos ? 0 : slash + 1)));
    bool is_scoped = std::ranges::find(kClusterScoped, kind->name) == kClusterScoped.end();
    if (is_scoped) put(object, "metadata.namespace", json::Value(row["NAMESPACE"].empty() ? home : row["NAMESPACE"]));
    if (auto made = ago(row["AGE"], now))
      put(object, "metadata.creationTimestamp", json::Value(foundation::to_rfc3339(*made)));
    put(object, "metadata.labels", pairs({std::string(row["LABELS"])}));
    kind->put(object, row);
    out.objects.push_back(std::move(object));
  }
}

}  // namespace

Listed read_listed(std::string_view text, std::string_view home, foundation::WallTime now) {
  Listed out;
  std::vector<std::string_view> lines;
  auto flush = [&] {
    if (!lines.empty()) read_table(lines, home, now, out);
    lines.clear();
  };
  for (Lines each(text); auto line = each.next();) {
    if (is_head(*line)) flush();
    if (!lines.empty() || is_head(*line)) lines.push_back(*line);
  }
  flush();
  return out;
}

bool is_listed(std::string_view text) {
  for (Lines lines(text); auto line = lines.next();)
    if (!is_blank(*line)) return is_head(*line);
  return false;
}

}  // namespace ai_ops::bundle
