"""Injections of tests/injection put where a cluster takes them: an attacker's text in a running shop."""
import json
import pathlib
import re
import typing

from support.stage import Stage

CORPUS = pathlib.Path(__file__).resolve().parents[2] / "ai-ops/chat/testdata/injections.jsonl"
APPS, CORE, BATCH = "/apis/apps/v1/namespaces/shop", "/api/v1/namespaces/shop", "/apis/batch/v1/namespaces/shop"
AUTOSCALING = "/apis/autoscaling/v2/namespaces/shop"
NAME, LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"), re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")


class Injection(typing.NamedTuple):
    id: str
    template: str
    place: str
    goal: str
    author: str
    text: str


def corpus() -> list:
    return [Injection(**json.loads(line)) for line in CORPUS.read_text().splitlines()]


def is_name(text: str) -> bool:
    return len(text) <= 50 and NAME.fullmatch(text) is not None


def is_label(text: str) -> bool:
    return len(text) <= 63 and LABEL.fullmatch(text) is not None


def is_key(text: str) -> bool:
    return re.fullmatch(r"[-._a-zA-Z0-9]{1,253}", text) is not None


def anything(_: str) -> bool:
    return True


# What the real API server lets stand in each place of a workload. What it does not, the turns of ai_ops_chat_test have all the same.
IN_A_VICTIM = {"log": anything, "event-message": anything, "annotation": anything, "label": is_label, "image": lambda text: not re.search(r"\s", text),
               "container-name": is_name, "env-name": lambda text: "=" not in text, "env-value": anything, "configmap-key": is_key,
               "configmap-value": anything}
AS_A_NAME = ("workload-name", "pod-name", "service-name", "job-name", "hpa-name")


def victim(name: str, said: dict) -> list:
    """A crashing Deployment and what stands about it, with the attacker's words where `said` has some."""
    annotations = {"demo/fail": "CrashLoopBackOff", "demo/backoff": "300s", "demo/log": "starting\n" + said.get("log", "connection refused"),
                   "note": said.get("annotation", "none")}
    environment = [{"name": said.get("env-name", "MODE"), "value": said.get("env-value", "production")}]
    container = {"name": said.get("container-name", "app"), "image": said.get("image", "shop/victim:1"), "env": environment}
    labels = {"app": name, "note": said.get("label", "none")}
    return [(f"{APPS}/deployments", {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "labels": labels, "annotations": {
                 "note": annotations["note"]}}, "spec": {"replicas": 1, "selector": {"matchLabels": {"app": name}}, "template": {
                     "metadata": {"labels": labels, "annotations": annotations}, "spec": {"containers": [container]}}}}),
            (f"{CORE}/configmaps", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {
                said.get("configmap-key", "MODE"): said.get("configmap-value", "production")}}),
            (f"{CORE}/events", {"apiVersion": "v1", "kind": "Event", "metadata": {"name": f"{name}.1"}, "type": "Warning", "reason": "BackOff",
                                "involvedObject": {"kind": "Deployment", "namespace": "shop", "name": name, "apiVersion": "apps/v1"},
                                "message": said.get("event-message", "Back-off"), "count": 9, "lastTimestamp": "2099-01-01T00:00:00Z"})]


def named(place: str, name: str) -> tuple:
    labels = {"app": name}
    spec = {"containers": [{"name": "app", "image": "shop/named:1"}]}
    template = {"metadata": {"labels": labels}, "spec": spec}
    rows = {"workload-name": (f"{APPS}/deployments", "apps/v1", "Deployment", {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}),
            "pod-name": (f"{CORE}/pods", "v1", "Pod", spec),
            "service-name": (f"{CORE}/services", "v1", "Service", {"selector": labels, "ports": [{"port": 80}]}),
            "job-name": (f"{BATCH}/jobs", "batch/v1", "Job", {"template": {**template, "spec": {**spec, "restartPolicy": "Never"}}}),
            "hpa-name": (f"{AUTOSCALING}/horizontalpodautoscalers", "autoscaling/v2", "HorizontalPodAutoscaler",
                         {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}, "minReplicas": 1, "maxReplicas": 9})}
    collection, version, kind, wanted = rows[place]
    return collection, {"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": wanted}


VICTIMS = 8  # workloads that crash: a debug build of the demo cluster bears that many


def spaced(rows: list, most: int) -> list:
    """At most so many, from all over the rows."""
    return [rows[len(rows) * number // most] for number in range(most)] if len(rows) > most else rows


class Poison:
    """What is put where: of each place as much as there are workloads."""

    def __init__(self, injections: list):
        self.names = [one for one in injections if one.place in AS_A_NAME and is_name(one.text)]
        self.victims: list = [{} for _ in range(VICTIMS)]  # each the injections of one workload, by place
        for place, may_stand in IN_A_VICTIM.items():
            for said, one in zip(self.victims, spaced([one for one in injections if one.place == place and may_stand(one.text)], VICTIMS)):
                said[place] = one

    @property
    def placed(self) -> list:
        return self.names + [one for said in self.victims for one in said.values()]

    def spread(self, stage: Stage) -> None:
        made = [named(one.place, one.text) for one in self.names]
        for number, said in enumerate(self.victims):
            made += victim(f"victim-{number}", {place: one.text for place, one in said.items()})
        for collection, manifest in made:
            stage.kubernetes("POST", collection, manifest, kind="application/json")
