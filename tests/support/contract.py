"""The two clusters of the contract tests behind one face: kubectl, plain HTTP, and a namespace of the case's own."""
import base64
import json
import pathlib
import re
import ssl
import subprocess

import pytest
import service_processes as services

from support import people
from support.stage import eventually

DEMO_SPEED = "10"  # seconds of the demo cluster in one
CONTAINER = "contract-app"  # named by no other test: what a real one prints is given by its container's name
PRINTED = "opening database\nconnection refused\n"  # by CONTAINER
KUBECTL_TIME_S = 90
PATCHES = {"merge": "application/merge-patch+json", "json": "application/json-patch+json",
           "strategic": "application/strategic-merge-patch+json", "apply": "application/apply-patch+yaml"}


def one_side(side: str, why: str):
    """The case runs on that side only ("demo" or "real"); tidy looks for the reason."""
    return pytest.mark.one_side(side, why)


def deployment(name: str = "web", replicas: int = 2, annotations=None, image: str = "registry.example/web:1") -> dict:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
            "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": name}},
                     "template": {"metadata": {"labels": {"app": name}, "annotations": annotations or {}},
                                  "spec": {"terminationGracePeriodSeconds": 1,
                                           "containers": [{"name": CONTAINER, "image": image}]}}}}


def config_map(name: str = "a", **data) -> dict:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def owners(one: dict, field: str) -> set:
    """Who owns that field ("spec.replicas"), as (manager, operation, subresource)."""
    found = set()
    for entry in one["metadata"].get("managedFields", []):
        at = entry["fieldsV1"]
        for step in field.split("."):
            at = at.get(f"f:{step}") if at is not None else None
        if at is not None:
            found.add((entry["manager"], entry["operation"], entry.get("subresource", "")))
    return found


class Answer:
    def __init__(self, status: int, headers: dict, body):
        self.status, self.headers, self.body = status, headers, body

    def refusal(self) -> tuple:
        """Code and reason of the Status that every refusal is."""
        assert self.body["kind"] == "Status" and self.body["apiVersion"] == "v1", self.body
        assert self.body["status"] == "Failure" and self.body["message"] and self.body["code"] == self.status, self.body
        return self.status, self.body["reason"]


class Cluster:
    """A client of one API server, as its administrator, in one namespace."""

    def __init__(self, kubeconfig: pathlib.Path, kubectl: pathlib.Path, namespace: str = "default"):
        self.kubeconfig, self.program, self.namespace = kubeconfig, kubectl, namespace
        text = kubeconfig.read_text()
        field = lambda name: re.search(name + r": *\"?([^\s\"]+)", text).group(1)  # noqa: E731
        self.server, self.token = field("server"), field("token")
        self.context = ssl.create_default_context(
            cadata=base64.b64decode(field("certificate-authority-data")).decode())

    def in_namespace(self, name: str) -> "Cluster":
        return Cluster(self.kubeconfig, self.program, name)

    def command(self, *arguments) -> list:
        return [str(self.program), f"--kubeconfig={self.kubeconfig}", f"--namespace={self.namespace}", *arguments]

    def run(self, *arguments, text: str = None) -> subprocess.CompletedProcess:
        return subprocess.run(self.command(*arguments), input=text, capture_output=True, text=True, timeout=KUBECTL_TIME_S)

    def kubectl(self, *arguments, text: str = None) -> str:
        done = self.run(*arguments, text=text)
        assert done.returncode == 0, f"kubectl {' '.join(arguments)}: {done.stderr}{done.stdout}"
        return done.stdout

    def refused(self, *arguments, text: str = None) -> str:
        """What kubectl says of a command that must fail."""
        done = self.run(*arguments, text=text)
        assert done.returncode != 0, f"kubectl {' '.join(arguments)} passed: {done.stdout}"
        return done.stderr

    def path(self, resource: str, name: str = "", subresource: str = "") -> str:
        """Of "pods" or of "apps/v1/deployments"."""
        group, _, plural = resource.rpartition("/")
        return "/".join(part for part in ("/apis/" + group if group else "/api/v1", "namespaces", self.namespace, plural,
                                          name, subresource) if part)

    def http(self, method: str, path: str, body=None, kind: str = "application/json", **headers) -> Answer:
        sent = {"Content-Type": PATCHES.get(kind, kind), "Authorization": f"Bearer {self.token}",
                **{name.replace("_", "-"): value for name, value in headers.items()}}
        return Answer(*people.request(self.server, method, path, body, headers=sent, context=self.context))

    def get(self, resource: str, name: str) -> dict:
        answer = self.http("GET", self.path(resource, name))
        assert answer.status == 200, answer.body
        return answer.body

    def create(self, resource: str, body: dict) -> dict:
        answer = self.http("POST", self.path(resource) + "?fieldManager=tests", body)
        assert answer.status == 201, answer.body
        return answer.body

    def patch(self, resource: str, name: str, body, kind: str = "merge", query: str = "", subresource: str = "") -> Answer:
        return self.http("PATCH", self.path(resource, name, subresource) + query, body, kind)

    def open_watch(self, path: str, seconds: int = 60) -> "Watch":
        return Watch(self, path + ("&" if "?" in path else "?") + f"watch=true&timeoutSeconds={seconds}")

    def pods(self, app: str) -> list:
        listed = self.http("GET", self.path("pods") + f"?labelSelector=app%3D{app}").body["items"]
        return [pod for pod in listed if "deletionTimestamp" not in pod["metadata"]]

    def deploy(self, **more) -> dict:
        """A Deployment, once it stands as wanted."""
        made = self.create("apps/v1/deployments", deployment(**more))
        eventually(lambda: self.settled(made["metadata"]["name"]), seconds=60)
        return self.get("apps/v1/deployments", made["metadata"]["name"])

    def settled(self, name: str) -> bool:
        one = self.get("apps/v1/deployments", name)
        wanted, status = one["spec"]["replicas"], one["status"]
        return (status.get("observedGeneration") == one["metadata"]["generation"]
                and all(status.get(count, 0) == wanted
                        for count in ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")))


def scale_to(cluster: "Cluster", replicas: int, manager: str, kind: str = "apply", **metadata) -> "Answer":
    """Through /scale, taking the field from whoever owns it."""
    body = {"spec": {"replicas": replicas}, "metadata": metadata}
    query = f"?fieldManager={manager}"
    if kind == "apply":
        body = {**body, "apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "web", **metadata}}
        query += "&force=true"
    return cluster.patch("apps/v1/deployments", "web", body, kind, query, subresource="scale")


class Watch:
    """Events as they come; close it, or use it in `with`."""

    def __init__(self, cluster: Cluster, path: str):
        self.connection = people.connect(cluster.server, cluster.context)
        self.connection.request("GET", path, headers={"Authorization": f"Bearer {cluster.token}"})
        self.reply = self.connection.getresponse()
        assert self.reply.status == 200, self.reply.read()

    def next(self) -> dict:
        line = self.reply.readline()
        assert line, "the watch has ended"
        return json.loads(line)

    def until(self, kind: str) -> dict:
        while True:
            event = self.next()
            if event["type"] == kind:
                return event

    def rest(self) -> list:
        return [json.loads(line) for line in self.reply]

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, *_) -> None:
        self.connection.close()


class DemoCluster:
    """The demo cluster's program with three empty nodes, its time sped up."""

    def __init__(self, folder: pathlib.Path, programs: pathlib.Path):
        self.kubeconfig, self.ready = folder / "kubeconfig", folder / "ready.json"
        self.process = services.Process("hks-demo-cluster", [
            programs / "hks-demo-cluster", "--seed", "none", "--speed", DEMO_SPEED, "--kubeconfig-out", self.kubeconfig,
            "--ready-file", self.ready], folder / "log")

    def start(self) -> "DemoCluster":
        self.process.wait_for(self.ready)
        return self

    def stop(self) -> None:
        self.process.stop()
