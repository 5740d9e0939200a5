#include "demo-cluster/world/defaults.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace demo_cluster::world {
namespace {

struct Filling {
  json::Value& object;
  const Store& store;
  Random& random;
  WallTime now;

  json::Object& spec() { return object_at(object, {"spec"}); }
};

// A limit without a request is a request too.
void fill_resources(json::Value& container) {
  auto limits = json::View(container)["resources"]["limits"];
  if (!limits) return;
  json::Object copy = limits.object();
  auto& requests = object_at(container, {"resources", "requests"});
  for (auto& [name, value] : copy) set_default(requests, name, value);
}

void fill_probe(json::Value& probe) {
  auto& object = probe.as_object();
  if (auto* get = object.if_contains("httpGet"); get != nullptr && get->is_object())
    set_default(get->as_object(), "scheme", "HTTP");
  for (auto [name, value] :
       {std::pair("timeoutSeconds", 1), {"periodSeconds", 10}, {"successThreshold", 1}, {"failureThreshold", 3}})
    set_default(object, name, value);
}

void fill_container(json::Value& container) {
  auto& object = container.as_object();
  auto image = json::View(container)["image"].text();
  bool latest = image.ends_with(":latest") || image.substr(image.rfind('/') + 1).find(':') == std::string_view::npos;
  set_default(object, "imagePullPolicy", latest ? "Always" : "IfNotPresent");
  set_default(object, "resources", json::Object{});
  set_default(object, "terminationMessagePath", "/dev/termination-log");
  set_default(object, "terminationMessagePolicy", "File");
  fill_resources(container);
  for (auto probe : {"readinessProbe", "livenessProbe", "startupProbe"})
    if (auto* standing = object.if_contains(probe); standing != nullptr && standing->is_object()) fill_probe(*standing);
  if (auto* ports = object.if_contains("ports"); ports != nullptr && ports->is_array())
    for (auto& port : ports->as_array())
      if (port.is_object()) set_default(port.as_object(), "protocol", "TCP");
}

void fill_pod_spec(json::Object& spec) {
  set_default(spec, "restartPolicy", "Always");
  set_default(spec, "terminationGracePeriodSeconds", 30);
  set_default(spec, "dnsPolicy", "ClusterFirst");
  set_default(spec, "schedulerName", "default-scheduler");
  set_default(spec, "securityContext", json::Object{});
  for (auto list : {"containers", "initContainers"})
    if (auto* items = spec.if_contains(list); items != nullptr && items->is_array())
      for (auto& container : items->as_array())
        if (container.is_object()) fill_container(container);
}

void fill_template(Filling& f) { fill_pod_spec(object_at(f.object, {"spec", "template", "spec"})); }

void fill_pod(Filling& f) {
  fill_pod_spec(f.spec());
  set_default(object_at(f.object, {"status"}), "phase", "Pending");
}

void fill_rolling_update(json::Object& strategy, json::Object rolling) {
  set_default(strategy, "type", "RollingUpdate");
  if (strategy["type"] != "RollingUpdate") return;
  auto& place = strategy["rollingUpdate"];
  if (!place.is_object()) place = json::Object{};
  for (auto& [name, value] : rolling) set_default(place.as_object(), name, value);
}

void fill_deployment(Filling& f) {
  set_default(f.spec(), "replicas", 1);
  set_default(f.spec(), "revisionHistoryLimit", 10);
  set_default(f.spec(), "progressDeadlineSeconds", 600);
  fill_rolling_update(object_at(f.object, {"spec", "strategy"}), {{"maxUnavailable", "25%"}, {"maxSurge", "25%"}});
  fill_template(f);
}

void fill_replica_set(Filling& f) {
  set_default(f.spec(), "replicas", 1);
  fill_template(f);
}

void fill_stateful_set(Filling& f) {
  set_default(f.spec(), "replicas", 1);
  set_default(f.spec(), "revisionHistoryLimit", 10);
  set_default(f.spec(), "podManagementPolicy", "OrderedReady");
  fill_rolling_update(object_at(f.object, {"spec", "updateStrategy"}), {{"partition", 0}});
  fill_template(f);
}

void fill_daemon_set(Filling& f) {
  set_default(f.spec(), "revisionHistoryLimit", 10);
  fill_rolling_update(object_at(f.object, {"spec", "updateStrategy"}), {{"maxUnavailable", 1}, {"maxSurge", 0}});
  fill_template(f);
}

std::string free_address(Filling& f) {
  std::set<std::string, std::less<>> taken;
  for (const auto& service : f.store.list("Service")) taken.emplace(json::View(*service)["spec"]["clusterIP"].text());
  for (;;) {
    auto address = fmt::format("10.96.{}.{}", 1 + f.random.below(254), 1 + f.random.below(254));
    if (!taken.contains(address)) return address;
  }
}

void fill_service(Filling& f) {
  auto& spec = f.spec();
  set_default(spec, "type", "ClusterIP");
  set_default(spec, "sessionAffinity", "None");
  if (spec["type"] != "ExternalName") {
    if (json::View(spec["clusterIP"]).text().empty()) spec["clusterIP"] = free_address(f);
    set_default(spec, "clusterIPs", json::Array{spec["clusterIP"]});
  }
  for (auto& port : array_at(f.object, {"spec", "ports"})) {
    if (!port.is_object()) continue;
    set_default(port.as_object(), "protocol", "TCP");
    set_default(port.as_object(), "targetPort", copy_of(json::View(port)["port"]));
  }
  set_default(object_at(f.object, {"status"}), "loadBalancer", json::Object{});
}

void fill_node(Filling& f) {
  auto& status = object_at(f.object, {"status"});
  set_default(status, "capacity", json::Object{{"cpu", "8"}, {"memory", "32Gi"}, {"pods", "110"}});
  set_default(status, "allocatable", status["capacity"]);
  set_default(status, "nodeInfo",
              json::Object{{"kubeletVersion", "v1.34.4"},
                           {"osImage", "demo"},
                           {"operatingSystem", "linux"},
                           {"architecture", "amd64"},
                           {"containerRuntimeVersion", "demo://1"}});
  auto& conditions = array_at(f.object, {"status", "conditions"});
  if (!conditions.empty()) return;
  for (auto pressure : {"MemoryPressure", "DiskPressure", "PIDPressure"})
    set_condition(conditions, pressure, false, "KubeletHasSufficientResources", "kubelet has sufficient resources",
                  f.now);
  set_condition(conditions, "Ready", true, "KubeletReady", "kubelet is posting ready status", f.now);
  for (auto& condition : conditions) condition.as_object()["lastHeartbeatTime"] = time_text(f.now);
}

void fill_namespace(Filling& f) {
  auto name = copy_of(json::View(f.object)["metadata"]["name"]);
  set_default(object_at(f.object, {"metadata", "labels"}), "kubernetes.io/metadata.name", name);
  set_default(object_at(f.object, {"status"}), "phase", "Active");
}

void fill_claim(Filling& f) {
  set_default(f.spec(), "volumeMode", "Filesystem");
  set_default(object_at(f.object, {"status"}), "phase", "Pending");
}

void fill_autoscaler(Filling& f) { set_default(f.spec(), "minReplicas", 1); }

void fill_event(Filling& f) {
  auto& event = f.object.as_object();
  set_default(event, "count", 1);
  set_default(event, "type", "Normal");
}

struct Row {
  std::string_view kind;
  void (*fill)(Filling&);
};

constexpr Row kRows[] = {
    {"Pod", fill_pod},
    {"Deployment", fill_deployment},
    {"ReplicaSet", fill_replica_set},
    {"StatefulSet", fill_stateful_set},
    {"DaemonSet", fill_daemon_set},
    {"Job", fill_template},
    {"Service", fill_service},
    {"Node", fill_node},
    {"Namespace", fill_namespace},
    {"PersistentVolumeClaim", fill_claim},
    {"HorizontalPodAutoscaler", fill_autoscaler},
    {"Event", fill_event},
};

}  // namespace

void fill_defaults(json::Value& object, const Store& store, Random& random, WallTime now) {
  Filling filling{object, store, random, now};
  auto kind = json::View(object)["kind"].text();
  for (const auto& row : kRows)
    if (row.kind == kind) return row.fill(filling);
}

}  // namespace demo_cluster::world
