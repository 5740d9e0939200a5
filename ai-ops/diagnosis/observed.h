// What is seen of a cluster beside the objects of its API. It stands in the snapshot as objects of these kinds, so that
// rules look at it and cite it as at everything else:
//
//   NodeService   a service of a node's own system, as `systemctl status` tells it
//     metadata.name "<node>.<unit>"; spec {node, unit: "kubelet"|"containerd"|"kube-proxy"|"kube-scheduler"|...};
//     status {active: "active"|"inactive"|"failed"|"activating"|"deactivating", result?: "exit-code"|"timeout"|...,
//             unit_file?: "enabled"|"disabled"|"static"|"masked"|..., triggered?: true (a timer or socket starts it),
//             since?, lines?: [the last lines of its journal, oldest first]}
//   ServiceCheck  one try to open a connection to a Service
//     metadata {name, namespace}; spec {service, port, from?: the node that tried}; status {reached, message}
//   Alert         a metric that left its usual range
//     metadata {name, namespace?}; spec {kind: "Pod"|"Service"|"Node", name, metric: "latency"|"throughput"|"errors"|
//     "traffic"|"network_loss"|"network_delay"|"network" (worse, nothing says how)|"cpu"|"cpu_throttling"|"memory"|
//     "disk"|"restarts", quantile?: 0.5, of a latency};
//     status {normal?, current?, unit?: "ms"|"%"|..., since?, until?, text}   normal and current: numbers
//   CallGraph     which Services one Service calls, where a mesh or traces know it
//     metadata {name: the Service, namespace}; spec {calls: [name...], called_by: [name...]}
//   Manifest      an object that somebody wrote down and that the cluster does not have
//     metadata {name: "<kind>.<name>", namespace}; spec: the object as it is written
//
// Who has none of these loses only the findings that rest on them.
#pragma once
#include <chrono>
#include <optional>
#include <string_view>

#include "foundation/base/clock.h"
#include "foundation/json/view.h"

namespace ai_ops::diagnosis::observed {

inline constexpr std::string_view kNodeService = "NodeService";
inline constexpr std::string_view kServiceCheck = "ServiceCheck";
inline constexpr std::string_view kAlert = "Alert";
inline constexpr std::string_view kCallGraph = "CallGraph";
inline constexpr std::string_view kManifest = "Manifest";

// Of an alert; none where it is no number.
inline std::optional<double> number_of(foundation::json::View value) {
  if (!value || !value.value()->is_number()) return std::nullopt;
  return value.value()->to_number<double>();
}

// What was recorded a while after it ended still tells of what is looked for; an earlier one is another story.
inline constexpr std::chrono::minutes kAlertCounts{15};

inline bool is_over(foundation::json::View alert_status, foundation::WallTime now) {
  auto until = foundation::parse_rfc3339(alert_status["until"].text());
  return until && now - *until > kAlertCounts;
}

}  // namespace ai_ops::diagnosis::observed
