"""A healthy cluster of any size, with what looks like trouble and is none: rollouts under way, jobs that failed once, warnings
that are an hour old, a cordoned node, an evicted pod that nobody cleared away, workloads that are meant to be off.

The same size and seed give the same objects.
"""
import collections
import random

from healthy_objects import (DAY, HOUR, MINUTE, App, ago, as_creating, as_ended, as_starting, as_terminating, change_containers,
                             condition, ended, event, made, ready_conditions, running)
from healthy_objects import pod as pod_of

PODS_A_NODE = 25
ZONES = ("zone-a", "zone-b", "zone-c")
NODE_CPU, NODE_MEMORY = "16", "65000000Ki"
SETTLED = 30 * DAY  # age of what has been there long


class Cluster:
    def __init__(self, pods: int, seed: int):
        self.random = random.Random(seed)
        self.objects: list = []
        self.logs: dict = {}  # path: text
        self.counts: collections.Counter = collections.Counter()
        self.nodes = [self.node(number) for number in range(max(4, pods // PODS_A_NODE))]
        self.workers = [node for node in self.nodes if not node["spec"].get("unschedulable") and not node["spec"].get("taints")]

    def add(self, *objects: dict) -> dict:
        self.objects += objects
        for one in objects:
            self.counts[one["kind"]] += 1
        return objects[0]

    def hash(self) -> str:
        return "".join(self.random.choice("bcdfghjklmnpqrstvwxz2456789") for _ in range(9))

    def suffix(self) -> str:
        return self.hash()[:5]

    def address(self, block: int) -> str:
        self.counts[f"addresses {block}"] += 1
        number = self.counts[f"addresses {block}"]
        return f"10.{block + number // 65536}.{number // 256 % 256}.{number % 256}"

    # ---- nodes

    def node(self, number: int) -> dict:
        """The first is the control plane's, the last is cordoned."""
        is_master = number == 0
        name = "control-plane-1" if is_master else f"worker-{number:04}"
        role = "control-plane" if is_master else "worker"
        labels = {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", "disk": "ssd",
                  "topology.kubernetes.io/zone": ZONES[number % len(ZONES)], f"node-role.kubernetes.io/{role}": ""}
        size = {"cpu": NODE_CPU, "memory": NODE_MEMORY, "pods": "110", "ephemeral-storage": "100Gi"}
        beat = {"lastHeartbeatTime": ago(20)}
        conditions = [condition(kind, "False", f"KubeletHas{why}", age=SETTLED) | beat for kind, why in (
            ("MemoryPressure", "SufficientMemory"), ("DiskPressure", "NoDiskPressure"), ("PIDPressure", "SufficientPID"))]
        conditions.append(condition("Ready", reason="KubeletReady", message="kubelet is posting ready status", age=SETTLED) | beat)
        node = made("Node", name, age=90 * DAY, labels=labels, spec={"podCIDR": f"10.{number // 256}.{number % 256}.0/24"},
                    status={"addresses": [{"type": "InternalIP", "address": f"192.168.{number // 256}.{number % 256}"}], "capacity": size,
                            "allocatable": size, "conditions": conditions, "nodeInfo": {"kubeletVersion": "v1.31.2"}})
        if is_master:
            node["spec"]["taints"] = [{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}]
        self.counts["cordoned"] += number == 2
        if number == 2:
            node["spec"] |= {"unschedulable": True, "taints": [{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}]}
            self.add(event(node, "Normal", "NodeNotSchedulable", f"Node {name} status is now: NodeNotSchedulable", 2 * HOUR, 2 * HOUR))
        if number % 50 == 3:  # was away this morning
            for reason, age in (("NodeNotReady", 5 * HOUR), ("NodeReady", 5 * HOUR - 90)):
                self.add(event(node, "Normal", reason, f"Node {name} status is now: {reason}", age, age, source="node-controller"))
        for unit in ("kubelet", "containerd", "kube-proxy"):
            self.add({"kind": "NodeService", "metadata": {"name": f"{name}.{unit}"}, "spec": {"node": name, "unit": unit},
                      "status": {"active": "active", "since": ago(SETTLED), "lines": [f"Started {unit}."]}})
        return self.add(node)

    def next_node(self) -> dict:
        self.counts["placed"] += 1
        return self.workers[self.counts["placed"] % len(self.workers)]

    # ---- workloads

    def pod(self, name: str, app: App, owner: dict | None, age: float = SETTLED, node: dict | None = None, **labels) -> dict:
        return self.add(pod_of(name, app.namespace, owner, app.template(**labels), node or self.next_node(), self.address(128), age))

    def replica_set(self, app: App, of: dict, replicas: int, ready: int, age: float, revision: int) -> tuple:
        """(the ReplicaSet, its pods)"""
        digest = self.hash()
        hashed = {"pod-template-hash": digest}
        one = made("ReplicaSet", f"{app.name}-{digest}", app.namespace, age, of, app.labels() | hashed,
                   spec={"replicas": replicas, "selector": {"matchLabels": app.labels() | hashed}, "template": app.template(**hashed)},
                   status={"replicas": replicas, "fullyLabeledReplicas": replicas, "readyReplicas": ready, "availableReplicas": ready,
                           "observedGeneration": 1})
        one["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": str(revision)}
        self.add(one)
        return one, [self.pod(f"{one['metadata']['name']}-{self.suffix()}", app, one, age, **hashed) for _ in range(replicas)]

    def another_pod(self, app: App, of: dict, age: float = SETTLED) -> dict:
        """One more than the ReplicaSet counts."""
        digest = of["metadata"]["labels"]["pod-template-hash"]
        return self.pod(f"{of['metadata']['name']}-{self.suffix()}", app, of, age, **{"pod-template-hash": digest})

    def deployment_of(self, app: App, replicas: int, revision: int, progress: str = "NewReplicaSetAvailable", age: float = SETTLED) -> dict:
        one = made("Deployment", app.name, app.namespace, age, labels=app.labels(),
                   spec={"replicas": replicas, "selector": app.selector(), "template": app.template(), "revisionHistoryLimit": 10,
                         "progressDeadlineSeconds": 600,
                         "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}})
        one["metadata"] |= {"generation": revision, "annotations": {"deployment.kubernetes.io/revision": str(revision)}}
        counts = {key: replicas for key in ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas") if replicas}
        changed = {"lastUpdateTime": ago(15 if progress == "ReplicaSetUpdated" else age)}
        one["status"] = counts | {"observedGeneration": revision, "conditions": [
            condition("Available", reason="MinimumReplicasAvailable", message="Deployment has minimum availability.", age=age),
            condition("Progressing", reason=progress, age=age) | changed]}
        return self.add(one)

    def deployment(self, app: App, replicas: int, age: float = SETTLED) -> tuple:
        """(the Deployment, its ReplicaSet, its pods), with an older ReplicaSet that is empty."""
        one = self.deployment_of(app, replicas, 2, age=age)
        self.replica_set(app, one, 0, 0, age + DAY, 1)
        return one, *self.replica_set(app, one, replicas, replicas, age, 2)

    def rollout(self, app: App) -> tuple:
        """Four replicas, two of them new: one starts, another is still being created; an old one ends."""
        one = self.deployment_of(app, 4, 3, "ReplicaSetUpdated")
        one["status"] |= {"replicas": 5, "updatedReplicas": 2, "readyReplicas": 3, "availableReplicas": 3, "unavailableReplicas": 2}
        old, staying = self.replica_set(app, one, 3, 3, SETTLED, 2)
        young, fresh = self.replica_set(app, one, 2, 0, 15, 3)
        as_starting(fresh[0], 12)
        as_creating(fresh[1], 6)
        leaving = self.another_pod(app, old)
        as_terminating(leaving)
        refused = f"dial tcp {fresh[0]['status']['podIP']}:{app.port}: connect: connection refused"
        self.add(event(fresh[0], "Warning", "Unhealthy", f"Readiness probe failed: {refused}", 4, 4),
                 event(fresh[1], "Normal", "Pulling", f'Pulling image "{app.image}"', 5, 5),
                 event(one, "Normal", "ScalingReplicaSet", f"Scaled up replica set {young['metadata']['name']} to 2", 15, 15,
                       source="deployment-controller"))
        return one, [*staying, *fresh, leaving]

    def stateful_set(self, app: App, replicas: int, size: str) -> tuple:
        counts = {key: replicas for key in ("replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas")}
        revisions = {"currentRevision": f"{app.name}-1", "updateRevision": f"{app.name}-1", "observedGeneration": 1}
        one = self.add(made("StatefulSet", app.name, app.namespace, SETTLED, labels=app.labels(), status=counts | revisions,
                            spec={"replicas": replicas, "serviceName": app.name, "selector": app.selector(), "template": app.template(),
                                  "podManagementPolicy": "OrderedReady", "updateStrategy": {"type": "RollingUpdate"},
                                  "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": self.claim_spec(size)}]}))
        pods = []
        for number in range(replicas):
            pods.append(self.pod(f"{app.name}-{number}", app, one, **{"statefulset.kubernetes.io/pod-name": f"{app.name}-{number}"}))
            claim = self.claim(app.namespace, f"data-{app.name}-{number}", size, pods[-1]["spec"]["nodeName"])
            volume = {"name": "data", "persistentVolumeClaim": {"claimName": claim["metadata"]["name"]}}
            pods[-1]["spec"] = pods[-1]["spec"] | {"volumes": [*app.volumes, volume]}
        return one, pods

    def daemon_set(self, app: App) -> None:
        count = len(self.nodes)
        counts = ("desiredNumberScheduled", "currentNumberScheduled", "numberReady", "numberAvailable", "updatedNumberScheduled")
        one = self.add(made("DaemonSet", app.name, app.namespace, SETTLED, labels=app.labels(),
                            spec={"selector": app.selector(), "template": app.template(), "updateStrategy": {"type": "RollingUpdate"}},
                            status={key: count for key in counts} | {"numberMisscheduled": 0, "observedGeneration": 1}))
        for node in self.nodes:
            self.pod(f"{app.name}-{self.suffix()}", app, one, node=node)

    # ---- storage

    def claim_spec(self, size: str) -> dict:
        return {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}, "storageClassName": "fast",
                "volumeMode": "Filesystem"}

    def claim(self, namespace: str, name: str, size: str, node: str) -> dict:
        claim = made("PersistentVolumeClaim", name, namespace, spec=self.claim_spec(size),
                     status={"phase": "Bound", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": size}})
        volume = f"pvc-{claim['metadata']['uid']}"
        claim["spec"]["volumeName"] = volume
        reference = {"kind": "PersistentVolumeClaim", "namespace": namespace, "name": name, "uid": claim["metadata"]["uid"]}
        attachment = {"attacher": "disk.csi.example.com", "nodeName": node, "source": {"persistentVolumeName": volume}}
        self.add(self.volume(volume, size, "Bound", reference),
                 made("VolumeAttachment", f"csi-{self.hash()}", spec=attachment, status={"attached": True}))
        return self.add(claim)

    def volume(self, name: str, size: str, phase: str, claim: dict | None) -> dict:
        spec = {"capacity": {"storage": size}, "accessModes": ["ReadWriteOnce"], "storageClassName": "fast", "volumeMode": "Filesystem",
                "persistentVolumeReclaimPolicy": "Retain", "csi": {"driver": "disk.csi.example.com", "volumeHandle": name}}
        return made("PersistentVolume", name, spec=spec | ({"claimRef": claim} if claim else {}), status={"phase": phase})

    # ---- jobs

    def job(self, app: App, name: str, age: float, owner: dict | None, code: int | None) -> dict:
        """Ended `age` ago with this code; None: it runs."""
        done = {} if code is None else {"succeeded": 1, "completionTime": ago(age), "conditions": [condition("Complete", age=age)]}
        if code:
            done = {"failed": 1, "conditions": [condition("Failed", reason="BackoffLimitExceeded", age=age,
                                                          message="Job has reached the specified backoff limit")]}
        one = self.add(made("Job", name, app.namespace, age + 30, owner, app.labels(),
                            spec={"parallelism": 1, "completions": 1, "backoffLimit": 0, "template": app.template()},
                            status={"startTime": ago(age + 30)} | ({"active": 1, "ready": 1} if code is None else done)))
        pod = self.pod(f"{name}-{self.suffix()}", app, one, age + 30)
        if code is not None:
            as_ended(pod, age, code)
        return one

    def cron_job(self, app: App, schedule: str, last: float, succeeded: float, suspended: bool = False, active: tuple = ()) -> dict:
        """Scheduled `last` ago; `succeeded`: when its last success was."""
        references = [{"apiVersion": "batch/v1", "kind": "Job", "namespace": app.namespace, "name": name} for name in active]
        return self.add(made("CronJob", app.name, app.namespace, labels=app.labels(),
                             spec={"schedule": schedule, "suspend": suspended, "concurrencyPolicy": "Forbid", "failedJobsHistoryLimit": 1,
                                   "successfulJobsHistoryLimit": 3, "jobTemplate": {"spec": {"template": app.template()}}},
                             status={"lastScheduleTime": ago(last), "lastSuccessfulTime": ago(succeeded)}
                             | ({"active": references} if references else {})))

    # ---- what has happened before

    def history(self, pods: list) -> None:
        """Warnings of pods that run: each is old, and what it told of is over."""
        first, second, third = pods[0], pods[1 % len(pods)], pods[2 % len(pods)]
        nodes = f"0/{len(self.nodes)} nodes are available: {len(self.nodes)} Insufficient cpu."
        self.add(event(first, "Warning", "FailedScheduling", nodes, 70 * MINUTE, 65 * MINUTE, 3, "default-scheduler"),
                 event(second, "Warning", "BackOff", "Back-off restarting failed container app", 80 * MINUTE, 61 * MINUTE, 9),
                 event(second, "Warning", "Unhealthy", "Readiness probe failed: context deadline exceeded", 80 * MINUTE, 60 * MINUTE, 12),
                 event(third, "Warning", "FailedMount", 'MountVolume.SetUp failed for volume "settings": configmap "settings" not found',
                       95 * MINUTE, 94 * MINUTE, 2),
                 event(third, "Normal", "Pulled", "Container image already present on machine", 90 * MINUTE, 90 * MINUTE))
        last = ended(9 * DAY, 137, "OOMKilled", took=2 * DAY)
        change_containers(second, running(9 * DAY), True, restarts=2, last=last)
        self.logs[f"{first['metadata']['namespace']}/{first['metadata']['name']}/logs.txt"] = (
            f"{ago(70 * MINUTE)} WARN db: connection refused, trying again in 2 s\n{ago(69 * MINUTE)} INFO db: connected\n"
            f"{ago(MINUTE)} INFO served 5120 requests, 0 errors\n")

    def evicted(self, app: App, of: dict) -> None:
        """Left over from last week; another pod of its ReplicaSet runs elsewhere."""
        one = self.another_pod(app, of, 6 * DAY)
        one["status"] = {"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: ephemeral-storage.",
                         "startTime": ago(6 * DAY), "conditions": ready_conditions(6 * DAY, ready=False)}
