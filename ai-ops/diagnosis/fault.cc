#include "ai-ops/diagnosis/fault.h"

#include <algorithm>
#include <iterator>

namespace ai_ops::diagnosis {
namespace {

using enum Family;

constexpr Fault kFaults[] = {
    // ---- what the API server refuses to create
    {"cpu-quota-exceeded", admission, "kubectl describe quota: CPU used against hard.", ""},
    {"memory-quota-exceeded", admission, "kubectl describe quota: memory used against hard.", ""},
    {"pod-quota-exceeded", admission, "kubectl describe quota: pods used against hard.", ""},
    {"service-quota-exceeded", admission, "kubectl describe quota: services used against hard.", ""},
    {"storage-quota-exceeded", admission, "kubectl describe quota: claims and storage used against hard.", ""},
    {"object-quota-exceeded", admission, "kubectl describe quota: used against hard of the resource that is named.",
     ""},
    {"quota-needs-requests", admission, "Whether each container requests what the quota counts.", "set-resources"},
    {"limit-range-violated", admission, "kubectl describe limitrange against the container's requests and limits.",
     "set-resources"},
    {"missing-service-account", admission, "kubectl get serviceaccount shows whether it exists by now.", ""},
    {"role-missing", admission, "kubectl get roles, clusterroles against the binding's roleRef.", ""},
    {"pod-security-violated", admission, "The namespace's pod-security labels against the pod's securityContext.", ""},
    {"webhook-unavailable", admission, "Whether the webhook's Service has ready endpoints and its certificate is good.",
     ""},
    {"webhook-denied", admission, "The policy that the webhook names in its message.", ""},
    {"pods-cannot-be-created", admission, "The message of the controller's last FailedCreate event.", ""},
    // ---- what the scheduler cannot place
    {"insufficient-cpu", scheduling, "The pod's CPU request against what each node has left.", "set-resources"},
    {"insufficient-memory", scheduling, "The pod's memory request against what each node has left.", "set-resources"},
    {"insufficient-resource", scheduling, "Whether any node offers the resource that is asked for.", ""},
    {"node-selector-mismatch", scheduling, "kubectl get nodes --show-labels against the pod's nodeSelector.", ""},
    {"node-affinity-mismatch", scheduling, "kubectl get nodes --show-labels against the pod's nodeAffinity.", ""},
    {"pod-anti-affinity-conflict", scheduling, "Which nodes already run a pod that the anti-affinity excludes.", ""},
    {"pod-affinity-unsatisfied", scheduling, "Whether a pod that the affinity asks for runs anywhere.", ""},
    {"untolerated-taint", scheduling, "The nodes' taints against the pod's tolerations.", ""},
    {"node-cordoned", scheduling, "kubectl get nodes: SchedulingDisabled goes with kubectl uncordon.", ""},
    {"topology-spread-unsatisfied", scheduling, "How the pods stand over the domains of the constraint.", ""},
    {"host-port-conflict", scheduling, "Which pods on the nodes hold the host port.", ""},
    {"too-many-pods", scheduling, "The nodes' pod capacity against the pods that run there.", ""},
    {"scheduling-gated", scheduling, "Who is to remove the pod's scheduling gates.", ""},
    {"unschedulable", scheduling, "The scheduler's message in the PodScheduled condition.", ""},
    {"scheduler-unavailable", infrastructure, "Whether kube-scheduler runs and holds its lease.", ""},
    // ---- claims and volumes
    {"claim-missing", storage, "kubectl get pvc shows whether it exists by now.", ""},
    {"claim-class-missing", storage, "kubectl get storageclass against the claim's storageClassName.", ""},
    {"claim-class-mismatch", storage, "The claim's storageClassName against that of the volumes that are free.", ""},
    {"claim-capacity-mismatch", storage, "The claim's request against the capacity of the volumes that are free.", ""},
    {"claim-access-mode-mismatch", storage, "The claim's access modes against those of the volumes that are free.", ""},
    {"claim-selector-mismatch", storage, "The claim's selector against the labels of the volumes that are free.", ""},
    {"volume-already-bound", storage, "Which claim the volume's claimRef names.", ""},
    {"volume-node-mismatch", storage, "The volume's nodeAffinity against the nodes that the pod may run on.", ""},
    {"claim-pending", storage, "The events of the claim, and whether its provisioner runs.", ""},
    {"claim-lost", storage, "Whether the claim's volume still exists.", ""},
    {"volume-failed", storage, "The volume's status message.", ""},
    {"volume-not-mounted", storage, "The last FailedMount event of the pod.", ""},
    {"volume-not-attached", storage, "The VolumeAttachment of the volume, and which node still holds it.", ""},
    {"volume-permission-denied", storage, "The file's owner against runAsUser and fsGroup of the pod.", ""},
    {"several-default-classes", storage, "kubectl get storageclass: those marked (default).", ""},
    // ---- containers that cannot start
    {"image-not-found", startup, "Whether the registry has the image and tag that the pod names.", "rollback"},
    {"image-pull-unauthorized", startup, "Whether the imagePullSecrets name a Secret that the registry accepts.", ""},
    {"pull-secret-missing", startup, "kubectl get secret against the imagePullSecrets of the pod and its account.", ""},
    {"registry-unresolvable", startup, "Whether the registry's name resolves from the node.", "rollback"},
    {"registry-unreachable", startup, "Whether the node reaches the registry.", ""},
    {"image-wrong-platform", startup, "The image's platforms against the node's architecture.", "rollback"},
    {"image-name-invalid", startup, "The image's name as the pod has it.", "rollback"},
    {"image-not-pulled", startup, "The message of the last Failed event of the pod.", "rollback"},
    {"config-map-missing", startup, "kubectl get configmap shows whether it exists by now.", ""},
    {"secret-missing", startup, "kubectl get secret shows whether it exists by now.", ""},
    {"config-key-missing", startup, "The keys of the ConfigMap or Secret against those that the pod reads.", ""},
    {"container-not-configured", startup, "The message of the container's waiting state.", "rollback"},
    {"command-not-found", startup, "Whether the image has the command that the container starts.", "rollback"},
    {"command-not-executable", startup, "Whether the command may be executed by the container's user.", "rollback"},
    {"must-not-run-as-root", startup, "The image's user against runAsNonRoot.", ""},
    {"init-container-failed", startup, "The log of the init container.", "rollback"},
    {"start-hook-failed", startup, "The message of the FailedPostStartHook event.", "rollback"},
    {"sandbox-not-created", startup, "The network plugin's pods on the node, and the message of the event.", ""},
    // ---- containers that do not stay up, or do not serve
    {"out-of-memory", runtime, "Memory use against the limit until it is killed.", "set-resources"},
    {"crash", runtime, "The last lines of the container's log before it exits.", "rollback"},
    {"endpoint-port-mismatch", runtime, "The address in the configuration against the Service's ports.", ""},
    {"endpoint-host-mismatch", routing, "The address in the configuration against the Services that exist.", ""},
    {"dependency-down", runtime, "Whether the workload behind the address is ready.", ""},
    {"wrong-credentials", runtime, "Whether the user and password are those that the server knows.", ""},
    {"database-read-only", runtime, "Whether the database accepts a write: read_only, standby, a full disk.", ""},
    {"connections-exhausted", runtime, "Open connections against the server's limit.", "restart"},
    {"port-conflict", runtime, "Which containers of the pod listen on the port.", "rollback"},
    {"disk-full", runtime, "The room left on the volume or the node's disk.", ""},
    {"liveness-port-mismatch", runtime, "The probe's port against the ports that the container opens.", "rollback"},
    {"liveness-protocol-mismatch", runtime, "What the port speaks against what the probe asks.", "rollback"},
    {"liveness-timing", runtime, "How long the container takes to start or answer against what the probe allows.",
     "rollback"},
    {"liveness-failed", runtime, "What the probe's request is answered.", "restart"},
    {"readiness-port-mismatch", runtime, "The probe's port against the ports that the container opens.", "rollback"},
    {"readiness-protocol-mismatch", runtime, "What the port speaks against what the probe asks.", "rollback"},
    {"readiness-timing", runtime, "How long the container takes to answer against what the probe allows.", "rollback"},
    {"readiness-failed", runtime, "What the probe's request is answered.", "restart"},
    {"startup-probe-failed", runtime, "How long the container takes to start against what the probe allows.",
     "rollback"},
    {"not-ready", runtime, "The pod's conditions and its containers' logs.", ""},
    {"evicted", runtime, "What the node was short of when it evicted the pod.", ""},
    {"errors-logged", runtime, "The lines of the log that are cited.", ""},
    {"job-failed", runtime, "The log of the Job's last pod.", ""},
    {"cron-job-suspended", runtime, "spec.suspend of the CronJob.", ""},
    {"cron-job-schedule-invalid", runtime, "The five fields of spec.schedule.", ""},
    {"cron-job-late", runtime, "status.lastScheduleTime against the schedule.", ""},
    {"scaled-to-zero", runtime, "spec.replicas, and who set it last.", "scale"},
    {"stuck-terminating", runtime, "The object's finalizers, and whether whoever removes them still runs.", ""},
    {"runs-privileged", runtime, "Whether the container needs every right of its node.", ""},
    // ---- workloads as a whole
    {"rollout-stuck", rollout, "The pods of the newest ReplicaSet.", "rollback"},
    {"replicas-unavailable", rollout, "The pods that are not available.", ""},
    {"rollout-paused", rollout, "spec.paused of the Deployment.", ""},
    {"autoscaler-cannot-read", rollout, "Whether the metrics API answers for the autoscaler's target.", ""},
    {"autoscaler-target-missing", rollout, "The autoscaler's scaleTargetRef.", ""},
    {"autoscaler-target-unsized", rollout, "Whether each container of the target requests the measured resource.",
     "set-resources"},
    {"autoscaler-at-limit", rollout, "The wish of the autoscaler against its maxReplicas.", ""},
    {"budget-blocks", rollout, "disruptionsAllowed of the budget against its healthy pods.", ""},
    {"budget-selects-nothing", rollout, "The budget's selector against the pods' labels.", ""},
    // ---- traffic
    {"service-selector-mismatch", routing, "The Service's selector against the labels of the pods.", ""},
    {"service-target-port-mismatch", routing, "The Service's targetPort against the ports that the pods open.", ""},
    {"service-protocol-mismatch", routing, "The Service's protocol against the one that the pods serve.", ""},
    {"service-without-endpoints", routing, "kubectl get endpointslices of the Service.", ""},
    {"governing-service-missing", routing, "kubectl get services against the StatefulSet's serviceName.", ""},
    {"dns-failure", routing, "Whether the name resolves from a pod, and whether cluster DNS runs.", ""},
    {"network-policy-denies", routing, "The NetworkPolicies that select either end.", ""},
    {"network-policy-selects-nothing", routing, "The policy's podSelector against the pods' labels.", ""},
    {"gateway-misrouted", routing, "The route's target against the Service that serves the path.", ""},
    {"ingress-backend-missing", routing, "The Ingress' backends against the Services that exist.", ""},
    {"ingress-unserved", routing, "kubectl get endpointslices of the Services behind it.", ""},
    {"ingress-class-missing", routing, "kubectl get ingressclass.", ""},
    {"ingress-secret-missing", routing, "Whether the TLS Secret exists.", ""},
    {"route-not-accepted", routing, "status.parents of the route.", ""},
    {"gateway-not-accepted", routing, "status.conditions of the Gateway.", ""},
    {"load-balancer-pending", routing, "Whether a load balancer controller runs.", ""},
    {"config-map-unused", runtime, "Which workloads should read it.", ""},
    // ---- what the cluster stands on
    {"kubelet-unavailable", infrastructure, "systemctl status kubelet on the node.", ""},
    {"container-runtime-unavailable", infrastructure, "systemctl status containerd on the node.", ""},
    {"kube-proxy-unavailable", infrastructure, "Whether kube-proxy runs on the node.", ""},
    {"node-service-unavailable", infrastructure, "systemctl status of the service on the node.", ""},
    {"network-plugin-unavailable", infrastructure, "The network plugin's pod on the node.", ""},
    {"cluster-dns-unavailable", infrastructure, "The pods of the cluster's DNS.", ""},
    {"node-not-ready", infrastructure, "The node's Ready condition and its kubelet.", ""},
    {"node-under-pressure", infrastructure, "The node's memory, disk and processes.", ""},
    {"node-network-delay", infrastructure, "Round-trip times to and from the node.", ""},
    {"node-network-loss", infrastructure, "Lost packets to and from the node.", ""},
    // ---- slow rather than broken
    {"cpu-overload", performance, "CPU use and throttling against the container's limit.", "set-resources"},
    {"memory-overload", performance, "Memory use against the container's limit.", "set-resources"},
    {"network-delay", performance, "Round-trip times to the pods.", ""},
    {"network-loss", performance, "Lost packets to and from the pods.", ""},
    {"slow", performance, "Which of the Services that it calls answers late.", ""},
};

// As the control plane's catalogue has it; tests/system/test_findings.py compares the two.
struct Reach {
  std::string_view operation, kind;
};
constexpr Reach kReaches[] = {
    {"scale", "Deployment"},         {"scale", "StatefulSet"},         {"restart", "Deployment"},
    {"restart", "StatefulSet"},      {"restart", "DaemonSet"},         {"rollback", "Deployment"},
    {"set-resources", "Deployment"}, {"set-resources", "StatefulSet"}, {"set-resources", "DaemonSet"},
};

}  // namespace

bool acts_on(std::string_view operation, std::string_view kind) {
  return std::ranges::any_of(kReaches, [&](const Reach& it) { return it.operation == operation && it.kind == kind; });
}

std::string_view to_string(Family family) {
  switch (family) {
    case admission: return "admission";
    case scheduling: return "scheduling";
    case storage: return "storage";
    case startup: return "startup";
    case runtime: return "runtime";
    case routing: return "routing";
    case infrastructure: return "infrastructure";
    case performance: return "performance";
    case rollout: return "rollout";
  }
  return "runtime";
}

std::span<const Fault> faults() { return kFaults; }

const Fault* find_fault(std::string_view code) {
  const Fault* found = std::ranges::find(kFaults, code, &Fault::code);
  return found == std::end(kFaults) ? nullptr : found;
}

}  // namespace ai_ops::diagnosis
