"""Plays the cases of live-faults/ on the real Kubernetes of tests/kubernetes: makes their objects, writes what kubelets
would write of them, and waits until the real controllers and the scheduler have said all that the cases wait for."""
import hashlib
import itertools
import time

import live_cases
from api_client import ApiClient
from live_cases import TOLD, Case, path_of, said
from real_cluster import RealCluster

SETTLE_S = 300  # of the whole set, on a busy machine; a CronJob alone needs a minute
EVERY_S = 0.5
AGE_S = 330  # of the objects before anything is told of them: young nodes, certificates and the like are given time to come
MANAGER = "live-faults"
NODE_STAGES = ("node-initialize", "node-heartbeat-with-lease")
GATEWAY_KINDS = ("GatewayClass", "Gateway", "HTTPRoute")
READY_COUNT = {"Deployment": "readyReplicas", "ReplicaSet": "readyReplicas", "StatefulSet": "readyReplicas", "DaemonSet": "numberReady"}


class Cluster(RealCluster):
    """Its nodes can be told too. Webhooks are asked at their endpoints, as where the API server's host has no kube-proxy:
    the cluster IPs lead nowhere here, and what answers there instead would be this machine's affair."""

    def _api_flags(self) -> list:
        return [*super()._api_flags(), "--enable-aggregator-routing=true"]

    def _kwok_configuration(self) -> list:
        configuration = super()._kwok_configuration()
        for one in configuration:
            if one.get("metadata", {}).get("name") in NODE_STAGES:
                one["spec"]["selector"]["matchExpressions"].append({"key": f'.metadata.annotations["{TOLD}"]', "operator": "DoesNotExist"})
        return configuration


def gateway_definition(kind: str) -> dict:
    """Serves the kind, and leaves its validation to the real definitions."""
    version, plural, namespaced = live_cases.KINDS[kind]
    group = version.split("/")[0]
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural}.{group}", "annotations": {"api-approved.kubernetes.io": "unapproved, for tests"}},
            "spec": {"group": group, "scope": "Namespaced" if namespaced else "Cluster",
                     "names": {"kind": kind, "plural": plural, "singular": kind.lower(), "listKind": f"{kind}List"},
                     "versions": [{"name": "v1", "served": True, "storage": True, "subresources": {"status": {}},
                                   "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": anything, "status": anything}}}}]}}


def container_status(container: dict, told: dict) -> dict:
    state, restarts = told["state"], told.get("restartCount", 0)
    ready = told.get("ready", "running" in state)
    has_run = restarts > 0 or "waiting" not in state
    digest = f"sha256:{hashlib.sha256(container['image'].encode()).hexdigest()}" if has_run else ""
    return {"name": container["name"], "image": container["image"], "imageID": digest, "ready": ready,
            "started": "running" in state, "restartCount": restarts, "lastState": {}, **told}


def pod_conditions(phase: str, init: list, containers: list) -> list:
    def unless(names: list, reason: str, what: str) -> dict:
        if not names:
            return {"status": "True"}
        return {"status": "False", "reason": reason, "message": f"containers with {what} status: [{' '.join(names)}]"}
    over = {"Failed": "PodFailed", "Succeeded": "PodCompleted"}.get(phase)
    creating = any(one["state"].get("waiting", {}).get("reason") == "ContainerCreating" for one in containers)
    ready = unless([one["name"] for one in containers if not one["ready"]], "ContainersNotReady", "unready")
    if over:
        ready = {"status": "False", "reason": over}
    rows = {"PodReadyToStartContainers": {"status": "False" if creating or over else "True"},
            "Initialized": unless([one["name"] for one in init if not one["ready"]], "ContainersNotInitialized", "incomplete"),
            "Ready": ready, "ContainersReady": ready}
    return [{"type": kind, "lastTransitionTime": live_cases.time_ago(0), **row} for kind, row in rows.items()]


def pod_status(pod: dict, told: dict, ip: str) -> dict:
    """What the kubelet of its node would write."""
    phase = told.get("phase", "Running")
    init = [container_status(one, told["init"][one["name"]]) for one in pod["spec"].get("initContainers", []) if "init" in told]
    containers = [container_status(one, told["containers"][one["name"]]) for one in pod["spec"]["containers"]]
    conditions = pod_conditions(phase, init, containers)
    address = {} if conditions[0]["status"] == "False" and phase == "Pending" else {"podIP": ip, "podIPs": [{"ip": ip}]}
    return {**{key: told[key] for key in ("reason", "message") if key in told}, "phase": phase, "conditions": conditions,
            "containerStatuses": containers, **({"initContainerStatuses": init} if init else {}),
            "hostIP": "127.0.0.1", "startTime": pod["metadata"]["creationTimestamp"], **address}


class Play:
    """One case: what has been done for it, and whether it has settled."""

    def __init__(self, stage: "Stage", case: Case):
        self.stage, self.case = stage, case
        self.changed = not case.then
        self.given = self.nodes_given = False
        self.told: set = set()  # pods, by uid

    def is_settled(self) -> bool:
        if not self.given:
            self._give_status()
        if not self.changed and self._are_up(self.case.objects):
            self.stage.make(self.case.later_objects())
            self.changed = True
        return self.changed and self._nodes_are_told() and self._pods_are_told() and self._is_said() and self._agrees()

    def _give_status(self) -> None:
        for key, status in self.case.status.items():
            kind, name = key.split("/")
            self.stage.write("PATCH", path_of(kind, self.case.name, name, "status"), {"status": said(status, {})}, "merge")
        self.given = True

    def _status(self, key: str) -> dict:
        kind, name = key.split("/")
        return self.stage.read(path_of(kind, self.case.name, name)).get("status", {})

    def _are_up(self, keys) -> bool:
        counts = {key: READY_COUNT[key.split("/")[0]] for key in keys if key.split("/")[0] in READY_COUNT}
        return all(self._status(key).get(count, 0) == self.case.objects[key]["spec"].get("replicas", 1) for key, count in counts.items())

    def _scheduled(self, key: str) -> list:
        """The pods of the workload that are to be told, the oldest first."""
        pods = [pod for pod in self.stage.pods_of(self.case.name, key.split("/")[1])
                if TOLD in pod["metadata"].get("annotations", {}) and pod["spec"].get("nodeName")]
        return pods[:self.case.told[key]["count"]]

    def _nodes_are_told(self) -> bool:
        case, stage = self.case, self.stage
        if not case.nodes:
            return True
        if not self.nodes_given:
            if not self._are_up(set(case.objects) - set(case.told)):
                return False
            if any(len(self._scheduled(key)) < told["count"] for key, told in case.told.items()):
                return False
            for name, told in case.nodes.items():
                stage.tell_node(name, told)
            self.nodes_given = True
        taints = {name: stage.read(path_of("Node", name=name))["spec"].get("taints", []) for name in case.nodes}
        return all(any(taint["key"].startswith("node.kubernetes.io/") for taint in of_node) for of_node in taints.values())

    def _pods_are_told(self) -> bool:
        for key, told in self.case.told.items():
            for number, pod in enumerate(self._scheduled(key)):
                if pod["metadata"]["uid"] not in self.told:
                    self.told.add(pod["metadata"]["uid"])
                    self.stage.tell_pod(pod, told["status"][min(number, len(told["status"]) - 1)], told.get("events", []))
        return len(self.told) >= sum(told["count"] for told in self.case.told.values())

    def _is_said(self) -> bool:
        until = dict(self.case.until)
        reasons = {event["reason"] for event in self.stage.events if event["metadata"]["namespace"] == self.case.name}
        return set(until.pop("events", [])) <= reasons and all(live_cases.holds(part, self._status(key)) for key, part in until.items())

    def _agrees(self) -> bool:
        """The controllers have seen the last of their pods' states."""
        for key in self.case.objects:
            kind, name = key.split("/")
            if kind in READY_COUNT:
                ready = [pod for pod in self.stage.pods_of(self.case.name, name)
                         if live_cases.holds({"conditions": [{"type": "Ready", "status": "True"}]}, pod["status"])]
                if self._status(key).get(READY_COUNT[kind], 0) != len(ready):
                    return False
        return True


class Stage:
    def __init__(self, cluster: Cluster, cases: list):
        self.cluster, self.cases = cluster, cases
        self.names = {case.name for case in cases}
        self.client = ApiClient.administrator(cluster)
        self.addresses = (f"10.65.{number // 250}.{number % 250 + 1}" for number in itertools.count())
        self.pods, self.events = [], []

    def play(self) -> None:
        for case in self.cases:
            for container, text in case.logs.items():
                self.cluster.print_log(container, text)
        self._serve_gateways()
        self._make_objects()
        self.wait_for(self._are_old, f"they are {AGE_S} s old", AGE_S + SETTLE_S)
        left = [Play(self, case) for case in self.cases]

        def all_settled() -> bool:
            self._look()
            left[:] = [play for play in left if not play.is_settled()]
            return not left
        self.wait_for(all_settled, lambda: f"these settle: {', '.join(play.case.name for play in left)}")

    def _serve_gateways(self) -> None:
        self.make([gateway_definition(kind) for kind in GATEWAY_KINDS])
        established = {"status": {"conditions": [{"type": "Established", "status": "True"}]}}
        definitions = path_of("CustomResourceDefinition")
        self.wait_for(lambda: all(live_cases.holds(established, one) for one in self.read(definitions)["items"]), "the Gateway API is served")

    def _make_objects(self) -> None:
        """Workloads last, so that what admits their pods is there."""
        objects = [one for case in self.cases for one in case.first_objects()]
        namespaced = [one for one in objects if live_cases.is_in_namespace(one["kind"])]
        self.make([one for one in objects if not live_cases.is_in_namespace(one["kind"])])
        accounts = path_of("ServiceAccount")
        self.wait_for(lambda: self.names <= {one["metadata"]["namespace"] for one in self.read(accounts)["items"]}, "namespaces have accounts")
        self.make([one for one in namespaced if one["kind"] not in live_cases.WORKLOADS])
        quotas = path_of("ResourceQuota")
        self.wait_for(lambda: all("hard" in one.get("status", {}) for one in self.read(quotas)["items"]), "quotas are counted")
        self.make([one for one in namespaced if one["kind"] in live_cases.WORKLOADS])

    def _are_old(self) -> bool:
        namespaces = [one["metadata"] for one in self.read(path_of("Namespace"))["items"]]
        return all(one["creationTimestamp"] <= live_cases.time_ago(AGE_S) for one in namespaces if one["name"] in self.names)

    def _look(self) -> None:
        pods = self.read(path_of("Pod"))["items"]
        self.pods = sorted(pods, key=lambda pod: (pod["metadata"]["creationTimestamp"], pod["metadata"]["name"]))
        self.events = self.read(path_of("Event"))["items"]

    def wait_for(self, check, claim, seconds: float = SETTLE_S) -> None:
        until = time.monotonic() + seconds
        while not check():
            if time.monotonic() > until:
                raise SystemExit(f"not so in {seconds} s: {claim() if callable(claim) else claim}")
            time.sleep(EVERY_S)

    def read(self, path: str) -> dict:
        return self.client.get(path)

    def write(self, method: str, path: str, body: dict, kind: str = "application/json") -> None:
        status, answer = self.client.ask(method, path, body, kind)
        if status >= 300:
            raise SystemExit(f"{method} {path}: {answer}")

    def make(self, objects: list) -> None:
        for one in objects:
            metadata = one["metadata"]
            place = path_of(one["kind"], metadata.get("namespace", ""), metadata["name"])
            if one["kind"] == "Node":  # alone of all may be made with its status
                self.write("POST", path_of("Node"), one)
            else:
                self.write("PATCH", f"{place}?fieldManager={MANAGER}&force=true", one, "apply")

    def pods_of(self, namespace: str, app: str) -> list:
        return [pod for pod in self.pods if pod["metadata"]["namespace"] == namespace and pod["metadata"].get("labels", {}).get("app") == app]

    def tell_pod(self, pod: dict, status: dict, events: list) -> None:
        metadata, ip = pod["metadata"], next(self.addresses)
        namespace, node = metadata["namespace"], pod["spec"]["nodeName"]
        words = {"pod": metadata["name"], "uid": metadata["uid"], "namespace": namespace, "node": node, "ip": ip,
                 "old": self.pods_of(namespace, metadata["labels"]["app"])[0]["metadata"]["name"]}
        self.write("PATCH", path_of("Pod", namespace, metadata["name"], "status"), {"status": pod_status(pod, said(status, words), ip)}, "strategic")
        about = {"apiVersion": "v1", "kind": "Pod", "namespace": namespace, "name": metadata["name"], "uid": metadata["uid"]}
        for number, event in enumerate(events):
            self.tell_event(about, said(event, words), node, number)

    def tell_node(self, name: str, told: dict) -> None:
        self.write("PATCH", path_of("Node", name=name), {"metadata": {"annotations": {TOLD: "Told"}}}, "merge")
        conditions = [{"lastHeartbeatTime": "-0s", "lastTransitionTime": "-0s", **one} for one in told["conditions"]]
        self.write("PATCH", path_of("Node", name=name, part="status"), {"status": {"conditions": said(conditions, {})}}, "strategic")
        for number, event in enumerate(told.get("events", [])):
            self.tell_event({"kind": "Node", "name": name, "uid": name}, said(event, {}), name, number)

    def tell_event(self, about: dict, event: dict, node: str, number: int) -> None:
        fields = {key: f"spec.{place}{{{event[key]}}}" for key, place in (("container", "containers"), ("init", "initContainers")) if key in event}
        component = event.get("from", "kubelet")
        namespace = about.get("namespace", "default")
        self.write("POST", path_of("Event", namespace), {
            "apiVersion": "v1", "kind": "Event", "metadata": {"name": f"{about['name']}.{number:016x}", "namespace": namespace},
            "involvedObject": about | {"fieldPath": path for path in fields.values()},
            "reason": event["reason"], "message": event["message"], "type": event.get("type", "Normal"), "count": event["count"],
            "firstTimestamp": event["first"], "lastTimestamp": event["last"], "reportingComponent": component,
            "source": {"component": component, **({"host": node} if component == "kubelet" else {})}})
