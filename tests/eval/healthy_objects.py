"""Kubernetes objects as an API server shows them when all is well: builders without a cluster's sense.

`Meta` says what the object is; times are counted back from NOW, so that what is written never changes.
"""
import base64
import dataclasses
import datetime
import uuid

NOW = datetime.datetime(2026, 1, 5, 12, 3, tzinfo=datetime.timezone.utc)
MINUTE, HOUR, DAY = 60, 3600, 86400  # seconds

API_VERSIONS = {
    "apps/v1": ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"), "batch/v1": ("CronJob", "Job"),
    "autoscaling/v2": ("HorizontalPodAutoscaler",), "policy/v1": ("PodDisruptionBudget",), "discovery.k8s.io/v1": ("EndpointSlice",),
    "networking.k8s.io/v1": ("Ingress", "IngressClass", "NetworkPolicy"), "storage.k8s.io/v1": ("StorageClass", "VolumeAttachment"),
    "admissionregistration.k8s.io/v1": ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"),
    "gateway.networking.k8s.io/v1": ("Gateway", "GatewayClass", "HTTPRoute"), "scheduling.k8s.io/v1": ("PriorityClass",),
    "rbac.authorization.k8s.io/v1": ("RoleBinding",), "coordination.k8s.io/v1": ("Lease",),
}
VERSION_OF = {kind: version for version, kinds in API_VERSIONS.items() for kind in kinds}


def ago(seconds: float) -> str:
    return (NOW - datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def uid_of(*names: str | None) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(name or "" for name in names)))


def made(kind: str, name: str, namespace: str | None = None, age: float = 40 * DAY, owner: dict | None = None,
         labels: dict | None = None, **parts) -> dict:
    """`parts` are what stands beside metadata: spec, status, data."""
    metadata = {"name": name, "uid": uid_of(kind, namespace, name), "resourceVersion": "1", "creationTimestamp": ago(age)}
    if namespace:
        metadata["namespace"] = namespace
    if labels:
        metadata["labels"] = labels
    if owner:
        metadata["ownerReferences"] = [owned_by(owner)]
    return {"apiVersion": VERSION_OF.get(kind, "v1"), "kind": kind, "metadata": metadata} | parts


def owned_by(owner: dict) -> dict:
    return {"apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": owner["metadata"]["name"],
            "uid": owner["metadata"]["uid"], "controller": True, "blockOwnerDeletion": True}


def condition(kind: str, status: str = "True", reason: str = "", message: str = "", age: float = DAY) -> dict:
    out = {"type": kind, "status": status, "lastTransitionTime": ago(age)}
    if reason:
        out["reason"] = reason
    if message:
        out["message"] = message
    return out


@dataclasses.dataclass
class App:
    """What runs in pods: one container that listens, or not."""
    namespace: str
    name: str
    port: int | None = 8080
    image: str = "registry.example.com/shop/app:1.8.2"
    env: list = dataclasses.field(default_factory=list)
    cpu: str = "100m"
    memory: str = "128Mi"
    volumes: list = dataclasses.field(default_factory=list)  # of the pod
    mounts: list = dataclasses.field(default_factory=list)  # of the container
    more: dict = dataclasses.field(default_factory=dict)  # of the pod's spec
    command: list = dataclasses.field(default_factory=list)
    probes: bool = True

    def labels(self) -> dict:
        return {"app.kubernetes.io/name": self.name}

    def container(self) -> dict:
        out = {"name": "app", "image": self.image, "imagePullPolicy": "IfNotPresent", "env": self.env, "volumeMounts": self.mounts,
               "resources": {"requests": {"cpu": self.cpu, "memory": self.memory}, "limits": {"memory": self.memory}},
               "securityContext": {"allowPrivilegeEscalation": False, "runAsNonRoot": True, "runAsUser": 1000},
               "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}
        if self.command:
            out["command"] = self.command
        if self.port:
            out["ports"] = [{"name": "main", "containerPort": self.port, "protocol": "TCP"}]
        if self.port and self.probes:
            probe = {"tcpSocket": {"port": "main"}, "periodSeconds": 10, "timeoutSeconds": 1, "failureThreshold": 3, "successThreshold": 1}
            out["readinessProbe"] = probe | {"initialDelaySeconds": 5}
            out["livenessProbe"] = probe | {"initialDelaySeconds": 30}
        return out

    def pod_spec(self) -> dict:
        return {"containers": [self.container()], "restartPolicy": "Always", "serviceAccountName": "default", "volumes": self.volumes,
                "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler",
                "securityContext": {}} | self.more

    def template(self, **labels) -> dict:
        return {"metadata": {"labels": self.labels() | labels}, "spec": self.pod_spec()}

    def selector(self) -> dict:
        return {"matchLabels": self.labels()}


def running(age: float) -> dict:
    return {"running": {"startedAt": ago(age)}}


def ended(age: float, code: int = 0, reason: str = "Completed", took: float = 20) -> dict:
    return {"terminated": {"exitCode": code, "reason": reason, "startedAt": ago(age + took), "finishedAt": ago(age)}}


def container_status(container: dict, state: dict, ready: bool, restarts: int = 0, last: dict | None = None) -> dict:
    return {"name": container["name"], "image": container["image"], "imageID": container["image"] + "@sha256:" + "0" * 64,
            "ready": ready, "started": "running" in state, "restartCount": restarts, "state": state, "lastState": last or {}}


def ready_conditions(age: float, ready: bool = True, scheduled_only: bool = False) -> list:
    unready = {"reason": "ContainersNotReady", "message": "containers with unready status: [app]"}
    status = "True" if ready else "False"
    more = {} if ready else unready
    return [condition("PodReadyToStartContainers", "False" if scheduled_only else "True", age=age), condition("Initialized", age=age),
            condition("Ready", status, age=age, **more), condition("ContainersReady", status, age=age, **more),
            condition("PodScheduled", age=age)]


def pod(name: str, namespace: str, owner: dict | None, template: dict, node: dict, ip: str, age: float, phase: str = "Running") -> dict:
    def state_of_init(one: dict) -> dict:
        return running(age) if one.get("restartPolicy") == "Always" else ended(age)

    spec = template["spec"] | {"nodeName": node["metadata"]["name"]}
    status = {"phase": phase, "hostIP": node["status"]["addresses"][0]["address"], "podIP": ip, "podIPs": [{"ip": ip}],
              "startTime": ago(age), "qosClass": "Burstable", "conditions": ready_conditions(age),
              "containerStatuses": [container_status(one, running(age), True) for one in spec["containers"]]}
    if "initContainers" in spec:
        status["initContainerStatuses"] = [container_status(one, state_of_init(one), True) for one in spec["initContainers"]]
    return made("Pod", name, namespace, age, owner, template["metadata"]["labels"], spec=spec, status=status)


def change_containers(one: dict, state: dict, ready: bool, restarts: int = 0, last: dict | None = None) -> None:
    """Every container of a pod in another state, its conditions with them."""
    one["status"]["containerStatuses"] = [container_status(each, state, ready, restarts, last) for each in one["spec"]["containers"]]


def as_starting(one: dict, age: float) -> None:
    change_containers(one, running(age), False)
    one["status"]["conditions"] = ready_conditions(age, ready=False)


def as_creating(one: dict, age: float) -> None:
    change_containers(one, {"waiting": {"reason": "ContainerCreating"}}, False)
    one["status"] |= {"phase": "Pending", "conditions": ready_conditions(age, ready=False, scheduled_only=True)}
    one["status"].pop("podIP")
    one["status"].pop("podIPs")


def as_ended(one: dict, age: float, code: int = 0) -> None:
    reason, phase = ("Completed", "Succeeded") if code == 0 else ("Error", "Failed")
    change_containers(one, ended(age, code, reason), False)
    one["status"] |= {"phase": phase, "conditions": ready_conditions(age, ready=False)}


def as_terminating(one: dict) -> None:
    """Asked to end ten seconds ago, within its grace."""
    one["metadata"] |= {"deletionTimestamp": ago(-20), "deletionGracePeriodSeconds": 30}


def service(app: App, **spec) -> dict:
    ports = [{"name": "main", "port": app.port, "targetPort": "main", "protocol": "TCP"}]
    usual = {"type": "ClusterIP", "selector": app.labels(), "ports": ports, "sessionAffinity": "None"}
    return made("Service", app.name, app.namespace, labels=app.labels(), spec=usual | spec, status={"loadBalancer": {}})


def endpoints_of(of: dict, pods: list, port: int) -> list:
    """Endpoints and the EndpointSlice of a Service with these pods."""
    def target(one: dict) -> dict:
        return {"kind": "Pod", "name": one["metadata"]["name"], "namespace": one["metadata"]["namespace"], "uid": one["metadata"]["uid"]}

    addressed = [one for one in pods if "podIP" in one["status"] and one["status"]["phase"] == "Running"]
    ready = {one["metadata"]["name"]: one["status"]["containerStatuses"][0]["ready"] and "deletionTimestamp" not in one["metadata"]
             for one in addressed}
    subset: dict = {"ports": [{"name": "main", "port": port, "protocol": "TCP"}]}
    for key, wanted in (("addresses", True), ("notReadyAddresses", False)):
        here = [{"ip": one["status"]["podIP"], "nodeName": one["spec"]["nodeName"], "targetRef": target(one)} for one in addressed
                if ready[one["metadata"]["name"]] == wanted]
        if here:
            subset[key] = here
    name, namespace = of["metadata"]["name"], of["metadata"]["namespace"]
    slice_endpoints = [{"addresses": [one["status"]["podIP"]], "nodeName": one["spec"]["nodeName"], "targetRef": target(one),
                        "conditions": {"ready": ready[one["metadata"]["name"]], "serving": True,
                                       "terminating": "deletionTimestamp" in one["metadata"]}} for one in addressed]
    return [made("Endpoints", name, namespace, subsets=[subset] if addressed else []),
            made("EndpointSlice", f"{name}-x7k2p", namespace, owner=of, labels={"kubernetes.io/service-name": name}, addressType="IPv4",
                 endpoints=slice_endpoints, ports=subset["ports"])]


def event(about: dict, kind: str, reason: str, message: str, first: float, last: float, count: int = 1, source: str = "kubelet") -> dict:
    namespace, name = about["metadata"].get("namespace", "default"), about["metadata"]["name"]
    involved = {"apiVersion": about["apiVersion"], "kind": about["kind"], "name": name, "uid": about["metadata"]["uid"]}
    if "namespace" in about["metadata"]:
        involved["namespace"] = namespace
    return made("Event", f"{name}.{uid_of(name, reason, message)[:16].replace('-', '')}", namespace, first, involvedObject=involved,
                type=kind, reason=reason, message=message, firstTimestamp=ago(first), lastTimestamp=ago(last), count=count,
                source={"component": source})


def autoscaler(target: dict, least: int, most: int, now: int, limited: bool) -> dict:
    """`limited`: it would like fewer than its least, as most do at night."""
    resource = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}
    used = {"name": "cpu", "current": {"averageUtilization": 12 if limited else 66, "averageValue": "66m"}}
    why = ("True", "TooFewReplicas", "the desired replica count is less than the minimum replica count") if limited else (
        "False", "DesiredWithinRange", "the desired count is within the acceptable range")
    return made("HorizontalPodAutoscaler", target["metadata"]["name"], target["metadata"]["namespace"],
                spec={"scaleTargetRef": {"apiVersion": "apps/v1", "kind": target["kind"], "name": target["metadata"]["name"]},
                      "minReplicas": least, "maxReplicas": most, "metrics": [{"type": "Resource", "resource": resource}]},
                status={"currentReplicas": now, "desiredReplicas": now, "lastScaleTime": ago(2 * HOUR),
                        "currentMetrics": [{"type": "Resource", "resource": used}],
                        "conditions": [condition("AbleToScale", reason="ReadyForNewScale", message="recommended size matches current size"),
                                       condition("ScalingActive", reason="ValidMetricFound"), condition("ScalingLimited", *why)]})


def disruption_budget(app: App, healthy: int) -> dict:
    return made("PodDisruptionBudget", app.name, app.namespace, spec={"maxUnavailable": 1, "selector": app.selector()},
                status={"currentHealthy": healthy, "desiredHealthy": healthy - 1, "disruptionsAllowed": 1, "expectedPods": healthy,
                        "observedGeneration": 1, "conditions": [condition("DisruptionAllowed", reason="SufficientPods")]})


def secret(namespace: str, name: str, keys: tuple, kind: str = "Opaque") -> dict:
    return made("Secret", name, namespace, type=kind, data={key: base64.b64encode(b"not a secret").decode() for key in keys})
