#include "demo-cluster/world/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "foundation/base/ascii.h"

namespace demo_cluster::world {
namespace {

struct Cell {
  std::string_view title;
  json::Value (*value)(json::View object, WallTime now);
  bool wide = false;  // only with -o wide
};

json::Value count(json::View value) { return value.integer_or(0); }

// kubectl's short form: "45s", "12m", "3h", "6d".
std::string age_text(WallTime since, WallTime now) {
  auto seconds = std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(now - since).count());
  if (seconds < 120) return fmt::format("{}s", seconds);
  if (seconds < 2 * 3'600) return fmt::format("{}m", seconds / 60);
  if (seconds < 2 * 86'400) return fmt::format("{}h", seconds / 3'600);
  return fmt::format("{}d", seconds / 86'400);
}

json::Value name(json::View o, WallTime) { return copy_of(o["metadata"]["name"]); }
json::Value age(json::View o, WallTime now) {
  return json::Value(age_text(time_of(o["metadata"]["creationTimestamp"]), now));
}

json::Value ready_of_replicas(json::View o, WallTime) {
  return json::Value(
      fmt::format("{}/{}", o["status"]["readyReplicas"].integer_or(0), o["spec"]["replicas"].integer_or(0)));
}
json::Value updated(json::View o, WallTime) { return count(o["status"]["updatedReplicas"]); }
json::Value available(json::View o, WallTime) { return count(o["status"]["availableReplicas"]); }
json::Value desired(json::View o, WallTime) { return count(o["spec"]["replicas"]); }
json::Value current(json::View o, WallTime) { return count(o["status"]["replicas"]); }
json::Value ready(json::View o, WallTime) { return count(o["status"]["readyReplicas"]); }

json::Value pod_ready(json::View o, WallTime) {
  const auto& statuses = o["status"]["containerStatuses"].array();
  auto up =
      std::ranges::count_if(statuses, [](const json::Value& s) { return json::View(s)["ready"].boolean_or(false); });
  return json::Value(fmt::format("{}/{}", up, o["spec"]["containers"].array().size()));
}
json::Value pod_status(json::View o, WallTime) {
  if (o["metadata"]["deletionTimestamp"]) return json::Value("Terminating");
  for (const auto& status : o["status"]["containerStatuses"].array())
    for (auto state : {"waiting", "terminated"})
      if (auto reason = json::View(status)["state"][state]["reason"].text(); !reason.empty())
        return json::Value(reason);
  return copy_of(o["status"]["phase"]);
}
json::Value pod_restarts(json::View o, WallTime) {
  std::int64_t sum = 0;
  for (const auto& status : o["status"]["containerStatuses"].array())
    sum += json::View(status)["restartCount"].integer_or(0);
  return sum;
}
json::Value pod_ip(json::View o, WallTime) { return copy_of(o["status"]["podIP"]); }
json::Value pod_node(json::View o, WallTime) { return copy_of(o["spec"]["nodeName"]); }

json::Value service_type(json::View o, WallTime) { return copy_of(o["spec"]["type"]); }
json::Value service_ip(json::View o, WallTime) { return copy_of(o["spec"]["clusterIP"]); }
json::Value service_external(json::View, WallTime) { return json::Value("<none>"); }
json::Value service_ports(json::View o, WallTime) {
  std::string text;
  for (const auto& port : o["spec"]["ports"].array())
    text += fmt::format("{}{}/{}", text.empty() ? "" : ",", json::View(port)["port"].integer_or(0),
                        json::View(port)["protocol"].text("TCP"));
  return json::Value(text);
}

json::Value node_status(json::View o, WallTime) {
  std::string text = "Unknown";
  for (const auto& condition : o["status"]["conditions"].array())
    if (json::View(condition)["type"].text() == "Ready")
      text = json::View(condition)["status"].text() == "True" ? "Ready" : "NotReady";
  if (o["spec"]["unschedulable"].boolean_or(false)) text += ",SchedulingDisabled";
  return json::Value(text);
}
json::Value node_roles(json::View, WallTime) { return json::Value("<none>"); }
json::Value node_version(json::View o, WallTime) { return copy_of(o["status"]["nodeInfo"]["kubeletVersion"]); }

json::Value event_age(json::View o, WallTime now) { return json::Value(age_text(time_of(o["lastTimestamp"]), now)); }
json::Value event_type(json::View o, WallTime) { return copy_of(o["type"]); }
json::Value event_reason(json::View o, WallTime) { return copy_of(o["reason"]); }
json::Value event_object(json::View o, WallTime) {
  auto kind = std::string(o["involvedObject"]["kind"].text());
  kind = foundation::lowered(kind);
  return json::Value(fmt::format("{}/{}", kind, o["involvedObject"]["name"].text()));
}
json::Value event_message(json::View o, WallTime) { return copy_of(o["message"]); }

json::Value set_desired(json::View o, WallTime) { return count(o["status"]["desiredNumberScheduled"]); }
json::Value set_current(json::View o, WallTime) { return count(o["status"]["currentNumberScheduled"]); }
json::Value set_ready(json::View o, WallTime) { return count(o["status"]["numberReady"]); }
json::Value set_updated(json::View o, WallTime) { return count(o["status"]["updatedNumberScheduled"]); }
json::Value set_available(json::View o, WallTime) { return count(o["status"]["numberAvailable"]); }

json::Value scaler_target(json::View o, WallTime) {
  return json::Value(
      fmt::format("{}/{}", o["spec"]["scaleTargetRef"]["kind"].text(), o["spec"]["scaleTargetRef"]["name"].text()));
}
json::Value scaler_min(json::View o, WallTime) { return count(o["spec"]["minReplicas"]); }
json::Value scaler_max(json::View o, WallTime) { return count(o["spec"]["maxReplicas"]); }
json::Value scaler_now(json::View o, WallTime) { return count(o["status"]["currentReplicas"]); }
json::Value phase(json::View o, WallTime) { return copy_of(o["status"]["phase"]); }

// Of a workload's template, with commas between.
std::string of_containers(json::View o, std::string_view member) {
  std::string text;
  for (const auto& container : o["spec"]["template"]["spec"]["containers"].array())
    text += fmt::format("{}{}", text.empty() ? "" : ",", json::View(container)[member].text());
  return text;
}
json::Value containers(json::View o, WallTime) { return json::Value(of_containers(o, "name")); }
json::Value images(json::View o, WallTime) { return json::Value(of_containers(o, "image")); }

constexpr Cell kPlain[] = {{"Name", name}, {"Age", age}};
constexpr Cell kPods[] = {{"Name", name}, {"Ready", pod_ready}, {"Status", pod_status},  {"Restarts", pod_restarts},
                          {"Age", age},   {"IP", pod_ip, true}, {"Node", pod_node, true}};
constexpr Cell kDeployments[] = {
    {"Name", name}, {"Ready", ready_of_replicas},     {"Up-to-date", updated}, {"Available", available},
    {"Age", age},   {"Containers", containers, true}, {"Images", images, true}};
constexpr Cell kReplicaSets[] = {{"Name", name},          {"Desired", desired}, {"Current", current},
                                 {"Ready", ready},        {"Age", age},         {"Containers", containers, true},
                                 {"Images", images, true}};
constexpr Cell kStatefulSets[] = {{"Name", name}, {"Ready", ready_of_replicas}, {"Age", age}};
constexpr Cell kDaemonSets[] = {{"Name", name},       {"Desired", set_desired},    {"Current", set_current},
                                {"Ready", set_ready}, {"Up-to-date", set_updated}, {"Available", set_available},
                                {"Age", age}};
constexpr Cell kServices[] = {{"Name", name},
                              {"Type", service_type},
                              {"Cluster-IP", service_ip},
                              {"External-IP", service_external},
                              {"Port(s)", service_ports},
                              {"Age", age}};
constexpr Cell kNodes[] = {
    {"Name", name}, {"Status", node_status}, {"Roles", node_roles}, {"Age", age}, {"Version", node_version}};
constexpr Cell kEvents[] = {{"Last Seen", event_age}, {"Type", event_type},       {"Reason", event_reason},
                            {"Object", event_object}, {"Message", event_message}, {"Name", name, true}};
constexpr Cell kScalers[] = {{"Name", name},          {"Reference", scaler_target}, {"MinPods", scaler_min},
                             {"MaxPods", scaler_max}, {"Replicas", scaler_now},     {"Age", age}};
constexpr Cell kPhased[] = {{"Name", name}, {"Status", phase}, {"Age", age}};

struct Row {
  std::string_view kind;
  std::span<const Cell> cells;
};
constexpr Row kTables[] = {
    {"Pod", kPods},
    {"Deployment", kDeployments},
    {"ReplicaSet", kReplicaSets},
    {"StatefulSet", kStatefulSets},
    {"DaemonSet", kDaemonSets},
    {"Service", kServices},
    {"Node", kNodes},
    {"Event", kEvents},
    {"HorizontalPodAutoscaler", kScalers},
    {"Namespace", kPhased},
    {"PersistentVolumeClaim", kPhased},
};

std::span<const Cell> cells_of(std::string_view kind) {
  for (const auto& row : kTables)
    if (row.kind == kind) return row.cells;
  return kPlain;
}

json::Value row_of(std::span<const Cell> cells, json::View object, WallTime now) {
  json::Array values;
  for (const auto& cell : cells) values.push_back(cell.value(object, now));
  return json::Object{{"cells", std::move(values)},
                      {"object", json::Object{{"kind", "PartialObjectMetadata"},
                                              {"apiVersion", "meta.k8s.io/v1"},
                                              {"metadata", copy_of(object["metadata"])}}}};
}

}  // namespace

json::Value table_of(const ServedKind& kind, const json::Value& object_or_list, WallTime now) {
  auto cells = cells_of(kind.kind.name);
  json::View view(object_or_list);
  json::Array columns, rows;
  for (const auto& cell : cells)
    columns.push_back(json::Object{{"name", cell.title},
                                   {"type", "string"},
                                   {"format", cell.title == "Name" ? "name" : ""},
                                   {"description", ""},
                                   {"priority", cell.wide ? 1 : 0}});
  if (auto items = view["items"]; items && view["kind"].text().ends_with("List")) {
    for (const auto& item : items.array()) rows.push_back(row_of(cells, item, now));
  } else {
    rows.push_back(row_of(cells, view, now));
  }
  return json::Object{{"kind", "Table"},
                      {"apiVersion", "meta.k8s.io/v1"},
                      {"metadata", copy_of(view["metadata"])},
                      {"columnDefinitions", std::move(columns)},
                      {"rows", std::move(rows)}};
}

}  // namespace demo_cluster::world
