"""What Cloud-OpsBench calls the faults of ai-ops/diagnosis/fault.cc: "taxonomy/object/root_cause", in small letters.

A fault that has no name there keeps its own, so that it still counts as a wrong answer where it stands.
"""
import re
from typing import NamedTuple

APP, NODE, NAMESPACE = "app", "node", "namespace"  # the first part of the benchmark's objects


class Label(NamedTuple):
    taxonomy: str
    root_cause: str
    object: str = APP


# Names that the benchmark writes in two ways: {other: usual}. Only the figures that are called normalized use them.
ALIASES = {"gateway_misrouted": "gateway_misroute", "db_readonly_mode": "db_read_only"}

ADMISSION, SCHEDULING, STARTUP, RUNTIME = "Admission_Fault", "Scheduling_Fault", "Startup_Fault", "Runtime_Fault"
ROUTING, INFRASTRUCTURE, PERFORMANCE = "Service_Routing_Fault", "Infrastructure_Fault", "Performance_Fault"

LABELS = {
    "cpu-quota-exceeded": Label(ADMISSION, "namespace_cpu_quota_exceeded", NAMESPACE),
    "memory-quota-exceeded": Label(ADMISSION, "namespace_memory_quota_exceeded", NAMESPACE),
    "pod-quota-exceeded": Label(ADMISSION, "namespace_pod_quota_exceeded", NAMESPACE),
    "service-quota-exceeded": Label(ADMISSION, "namespace_service_quota_exceeded", NAMESPACE),
    "storage-quota-exceeded": Label(ADMISSION, "namespace_storage_quota_exceeded", NAMESPACE),
    "missing-service-account": Label(ADMISSION, "missing_service_account"),
    "container-runtime-unavailable": Label(INFRASTRUCTURE, "containerd_unavailable", NODE),
    "kube-proxy-unavailable": Label(INFRASTRUCTURE, "kube_proxy_unavailable", NODE),
    "scheduler-unavailable": Label(INFRASTRUCTURE, "kube_scheduler_unavailable", NODE),
    "kubelet-unavailable": Label(INFRASTRUCTURE, "kubelet_unavailable", NODE),
    "node-network-delay": Label(INFRASTRUCTURE, "node_network_delay", NODE),
    "node-network-loss": Label(INFRASTRUCTURE, "node_network_packet_loss", NODE),
    "cpu-overload": Label(PERFORMANCE, "pod_cpu_overload"),
    "network-delay": Label(PERFORMANCE, "pod_network_delay"),
    "connections-exhausted": Label(RUNTIME, "db_connection_exhaustion"),
    "database-read-only": Label(RUNTIME, "db_read_only"),
    "scaled-to-zero": Label(RUNTIME, "deployment_zero_replicas"),
    "liveness-port-mismatch": Label(RUNTIME, "liveness_probe_incorrect_port"),
    "liveness-protocol-mismatch": Label(RUNTIME, "liveness_probe_incorrect_protocol"),
    "liveness-timing": Label(RUNTIME, "liveness_probe_incorrect_timing"),
    "wrong-credentials": Label(RUNTIME, "mysql_invalid_credentials"),
    "out-of-memory": Label(RUNTIME, "oom_killed"),
    "readiness-port-mismatch": Label(RUNTIME, "readiness_probe_incorrect_port"),
    "readiness-protocol-mismatch": Label(RUNTIME, "readiness_probe_incorrect_protocol"),
    "port-conflict": Label(RUNTIME, "service_sidecar_port_conflict"),
    "insufficient-cpu": Label(SCHEDULING, "cpu_capacity_mismatch"),
    "insufficient-memory": Label(SCHEDULING, "memory_capacity_mismatch"),
    "node-affinity-mismatch": Label(SCHEDULING, "node_affinity_mismatch"),
    "node-cordoned": Label(SCHEDULING, "node_cordon_mismatch"),
    "node-selector-mismatch": Label(SCHEDULING, "node_selector_mismatch"),
    "pod-anti-affinity-conflict": Label(SCHEDULING, "pod_anti_affinity_conflict"),
    "volume-already-bound": Label(SCHEDULING, "pv_binding_occupied"),
    "claim-access-mode-mismatch": Label(SCHEDULING, "pvc_access_mode_mismatch"),
    "claim-capacity-mismatch": Label(SCHEDULING, "pvc_capacity_mismatch"),
    "claim-selector-mismatch": Label(SCHEDULING, "pvc_selector_mismatch"),
    "claim-class-missing": Label(SCHEDULING, "pvc_storage_class_mismatch"),
    "claim-class-mismatch": Label(SCHEDULING, "pvc_storage_class_mismatch"),
    "untolerated-taint": Label(SCHEDULING, "taint_toleration_mismatch"),
    "gateway-misrouted": Label(ROUTING, "gateway_misroute"),
    "dns-failure": Label(ROUTING, "service_dns_resolution_failure"),
    "endpoint-host-mismatch": Label(ROUTING, "service_env_var_address_mismatch"),
    "service-target-port-mismatch": Label(ROUTING, "service_port_mapping_mismatch"),
    "service-protocol-mismatch": Label(ROUTING, "service_protocol_mismatch"),
    "service-selector-mismatch": Label(ROUTING, "service_selector_mismatch"),
    "registry-unresolvable": Label(STARTUP, "image_registry_dns_failure"),
    "image-not-found": Label(STARTUP, "incorrect_image_reference"),
    "image-name-invalid": Label(STARTUP, "incorrect_image_reference"),
    "image-pull-unauthorized": Label(STARTUP, "missing_image_pull_secret"),
    "pull-secret-missing": Label(STARTUP, "missing_image_pull_secret"),
    "secret-missing": Label(STARTUP, "missing_secret_binding"),
    "volume-permission-denied": Label(STARTUP, "volume_mount_permission_denied"),
    # By analogy: no case that was at hand has these.
    "readiness-timing": Label(RUNTIME, "readiness_probe_incorrect_timing"),
    "memory-overload": Label(PERFORMANCE, "pod_memory_overload"),
    "network-loss": Label(PERFORMANCE, "pod_network_packet_loss"),
}

# One fault of ours, several of theirs: the first whose words are in what the finding says and cites.
BY_WORDS = {
    "endpoint-port-mismatch": [(r"mysql|\b3306\b", Label(RUNTIME, "mysql_invalid_port")),
                               (r"", Label(ROUTING, "service_env_var_address_mismatch"))],
}


def label_of(fault: str, words: str) -> Label:
    for pattern, label in BY_WORDS.get(fault, []):
        if re.search(pattern, words, re.IGNORECASE):
            return label
    return LABELS.get(fault, Label("no_fault", fault.replace("-", "_")))


def written(taxonomy: str, thing: str, root_cause: str) -> str:
    return f"{taxonomy}/{thing}/{root_cause}".lower()


def normalized(prediction: str) -> str:
    rest, _, root_cause = prediction.rpartition("/")
    return f"{rest}/{ALIASES.get(root_cause, root_cause)}"
