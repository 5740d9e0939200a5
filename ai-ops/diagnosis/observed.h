// What is seen of a cluster beside the objects of its API. It stands in the snapshot as objects of these kinds, so that
// rules look at it and cite it as at everything else:
//
//   NodeService   a service of a node's own system, as `systemctl status` tells it
//     metadata.name "<node>.<unit>"; spec {node, unit: "kubelet"|"containerd"|"kube-proxy"|"kube-scheduler"|...};
//     status {active: "active"|"inactive"|"failed"|"activating"|"deactivating", result?: "exit-code"|"timeout"|...,
//             since?, lines?: [the last lines of its journal, oldest first]}
//   ServiceCheck  one try to open a connection to a Service
//     metadata {name, namespace}; spec {service, port, from?: the node that tried}; status {reached, message}
//   Alert         a metric that left its usual range
//     metadata {name, namespace?}; spec {kind: "Pod"|"Service"|"Node", name, metric: "latency"|"throughput"|"errors"|
//     "traffic"|"network_loss"|"network_delay"|"cpu"|"cpu_throttling"|"memory"|"disk"|"restarts", quantile?: 0.5, of a
//     latency}; status {normal?, current?, unit?: "ms"|"%"|..., since?, until?, text}   normal and current: numbers
//   CallGraph     which Services one Service calls, where a mesh or traces know it
//     metadata {name: the Service, namespace}; spec {calls: [name...], called_by: [name...]}
//
// Who has none of these loses only the findings that rest on them.
#pragma once
#include <string_view>

namespace ai_ops::diagnosis::observed {

inline constexpr std::string_view kNodeService = "NodeService";
inline constexpr std::string_view kServiceCheck = "ServiceCheck";
inline constexpr std::string_view kAlert = "Alert";
inline constexpr std::string_view kCallGraph = "CallGraph";

}  // namespace ai_ops::diagnosis::observed
