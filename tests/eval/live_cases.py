"""The cases of live-faults/ as data, and the objects that they stand for, complete (live-faults/README.md has the form)."""
import copy
import dataclasses
import datetime
import pathlib
import re

import yaml

HERE = pathlib.Path(__file__).resolve().parent / "live-faults"
TOLD = "demo/fail"  # kwok leaves alone what has this annotation with a word that it does not know
RESOURCES = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}}

# Kind: version, plural, whether it stands in a namespace.
KINDS = {
    "CustomResourceDefinition": ("apiextensions.k8s.io/v1", "customresourcedefinitions", False),
    "Namespace": ("v1", "namespaces", False),
    "Node": ("v1", "nodes", False),
    "PersistentVolume": ("v1", "persistentvolumes", False),
    "StorageClass": ("storage.k8s.io/v1", "storageclasses", False),
    "IngressClass": ("networking.k8s.io/v1", "ingressclasses", False),
    "GatewayClass": ("gateway.networking.k8s.io/v1", "gatewayclasses", False),
    "ValidatingWebhookConfiguration": ("admissionregistration.k8s.io/v1", "validatingwebhookconfigurations", False),
    "MutatingWebhookConfiguration": ("admissionregistration.k8s.io/v1", "mutatingwebhookconfigurations", False),
    "Pod": ("v1", "pods", True),
    "Event": ("v1", "events", True),
    "Secret": ("v1", "secrets", True),
    "Service": ("v1", "services", True),
    "ConfigMap": ("v1", "configmaps", True),
    "ResourceQuota": ("v1", "resourcequotas", True),
    "ServiceAccount": ("v1", "serviceaccounts", True),
    "PersistentVolumeClaim": ("v1", "persistentvolumeclaims", True),
    "Job": ("batch/v1", "jobs", True),
    "CronJob": ("batch/v1", "cronjobs", True),
    "Deployment": ("apps/v1", "deployments", True),
    "ReplicaSet": ("apps/v1", "replicasets", True),
    "DaemonSet": ("apps/v1", "daemonsets", True),
    "StatefulSet": ("apps/v1", "statefulsets", True),
    "Ingress": ("networking.k8s.io/v1", "ingresses", True),
    "NetworkPolicy": ("networking.k8s.io/v1", "networkpolicies", True),
    "EndpointSlice": ("discovery.k8s.io/v1", "endpointslices", True),
    "Gateway": ("gateway.networking.k8s.io/v1", "gateways", True),
    "HTTPRoute": ("gateway.networking.k8s.io/v1", "httproutes", True),
    "Role": ("rbac.authorization.k8s.io/v1", "roles", True),
    "RoleBinding": ("rbac.authorization.k8s.io/v1", "rolebindings", True),
    "HorizontalPodAutoscaler": ("autoscaling/v2", "horizontalpodautoscalers", True),
    "PodDisruptionBudget": ("policy/v1", "poddisruptionbudgets", True),
}
SELECTING = ("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet")
WORKLOADS = (*SELECTING, "Job", "CronJob")


def path_of(kind: str, namespace: str = "", name: str = "", part: str = "") -> str:
    version, plural, namespaced = KINDS[kind]
    root = "/api/v1" if version == "v1" else f"/apis/{version}"
    inside = f"/namespaces/{namespace}" if namespaced and namespace else ""
    return "/".join(filter(None, [root + inside, plural, name, part]))


def is_in_namespace(kind: str) -> bool:
    return KINDS[kind][2]


@dataclasses.dataclass
class Case:
    name: str
    story: str
    family: str
    objects: dict = dataclasses.field(default_factory=dict)
    expect: dict = None  # of a fault
    then: dict = dataclasses.field(default_factory=dict)
    told: dict = dataclasses.field(default_factory=dict)
    nodes: dict = dataclasses.field(default_factory=dict)
    status: dict = dataclasses.field(default_factory=dict)
    logs: dict = dataclasses.field(default_factory=dict)
    until: dict = dataclasses.field(default_factory=dict)

    def first_objects(self) -> list:
        namespace = f"Namespace/{self.name}"
        bodies = {namespace: {}} | self.objects
        return [self._complete(key, body, key in self.told and key not in self.then) for key, body in bodies.items()]

    def later_objects(self) -> list:
        return [self._complete(key, body, key in self.told) for key, body in self.then.items()]

    def _complete(self, key: str, body: dict, told: bool) -> dict:
        kind, name = key.split("/")
        one = {"apiVersion": KINDS[kind][0], "kind": kind, **copy.deepcopy(body)}
        one["metadata"] = {"name": name, **one.get("metadata", {})}
        if is_in_namespace(kind):
            one["metadata"]["namespace"] = self.name
        if kind == "Node":
            one["status"] = {size: {"cpu": "8", "memory": "32Gi", "pods": "110"} for size in ("capacity", "allocatable")}
        if kind in WORKLOADS:
            complete_workload(one, told)
        return one


def template_of(workload: dict) -> dict:
    spec = workload["spec"]
    return spec["jobTemplate"]["spec"]["template"] if workload["kind"] == "CronJob" else spec["template"]


def complete_workload(workload: dict, told: bool) -> None:
    labels = {"app": workload["metadata"]["name"]}
    template = template_of(workload)
    metadata = template.setdefault("metadata", {})
    metadata.setdefault("labels", labels)
    if workload["kind"] in SELECTING:
        workload["spec"].setdefault("selector", {"matchLabels": labels})
    if told:
        metadata["annotations"] = {TOLD: "Told"}
    for container in template["spec"].get("initContainers", []) + template["spec"]["containers"]:
        container.setdefault("resources", RESOURCES)


def cases_of_set(folder: pathlib.Path = HERE) -> list:
    cases = []
    for file in sorted(folder.glob("*.yaml")):
        cases += [Case(family=file.stem, **one) for one in yaml.safe_load_all(file.read_text()) if one]
    assert len({case.name for case in cases}) == len(cases), "two cases of one name"
    return cases


AGO = re.compile(r"-(\d+)([smh])")
SECONDS = {"s": 1, "m": 60, "h": 3600}


def time_ago(seconds: int) -> str:
    then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=seconds)
    return then.strftime("%Y-%m-%dT%H:%M:%SZ")


def said(value, words: dict):
    """The same with times for what is written as -5m, and the words in their places."""
    if isinstance(value, dict):
        return {key: said(inner, words) for key, inner in value.items()}
    if isinstance(value, list):
        return [said(inner, words) for inner in value]
    if not isinstance(value, str):
        return value
    if ago := AGO.fullmatch(value):
        return time_ago(int(ago[1]) * SECONDS[ago[2]])
    return re.sub(r"\{(\w+)\}", lambda match: words[match[1]], value)


def holds(expected, actual) -> bool:
    """Whether all that is expected is there: of a list, each item in any place."""
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(holds(part, actual.get(key)) for key, part in expected.items())
    if isinstance(expected, list):
        return all(any(holds(part, item) for item in actual or []) for part in expected)
    return expected == actual
