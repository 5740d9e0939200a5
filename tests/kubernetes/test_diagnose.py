"""hks-diagnose against the real API server: what it asks for, and that what kubectl prints of the same cluster says the same."""
import collections
import json
import subprocess

import pytest

from support.api_server_tap import ApiServerTap
from support.stage import PROGRAMS, eventually

NAMESPACE = "broken"
FAULTY = {("Deployment", "hungry"), ("Deployment", "refused"), ("PersistentVolumeClaim", "homeless")}
CRITICAL = 2


def deployment(name: str, cpu: str) -> dict:
    container = {"name": "app", "image": "shop/app:1", "resources": {"requests": {"cpu": cpu}}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": NAMESPACE},
            "spec": {"replicas": 1, "selector": {"matchLabels": {"app": name}},
                     "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}}}}


def manifests() -> list:
    named = {"namespace": NAMESPACE}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "cpu", **named},
         "spec": {"hard": {"requests.cpu": "500"}}},
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", **named}, "stringData": {"password": "hunter2-canary"}},
        deployment("fine", "1"),
        deployment("hungry", "64"),     # more than any node has
        deployment("refused", "5000"),  # more than the quota leaves
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "homeless", **named},
         "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "nowhere", "resources": {"requests": {"storage": "1Gi"}}}},
    ]


def diagnose(*arguments, typed: str = None) -> dict:
    done = subprocess.run([PROGRAMS / "hks-diagnose", *map(str, arguments), "--output", "json"], input=typed,
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == CRITICAL, (done.returncode, done.stdout[-2000:], done.stderr)
    assert "hunter2-canary" not in done.stdout
    return json.loads(done.stdout)


def found(report: dict) -> set:
    """The objects of the namespace that something is said of."""
    return {(row["object"]["kind"], row["object"]["name"]) for row in report["findings"] if row["object"]["project"] == NAMESPACE}


@pytest.fixture(scope="module")
def broken(cluster):
    cluster.apply(manifests())
    try:
        def has_settled():
            events = json.loads(cluster.kubectl("get", "events", "-n", NAMESPACE, "-o", "json"))["items"]
            reasons = {event["reason"] for event in events}
            return {"FailedScheduling", "FailedCreate", "ProvisioningFailed"} <= reasons
        eventually(has_settled, seconds=90, every=0.5)
        cluster.kubectl("wait", "-n", NAMESPACE, "deployment/fine", "--for=condition=Available", "--timeout=60s")
        yield cluster
    finally:
        cluster.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


def test_a_live_cluster_is_asked_one_list_a_kind(broken):
    tap = ApiServerTap(broken.kubeconfig, broken.authority, "kube-apiserver")
    try:
        report = diagnose("--kubeconfig", tap.kubeconfig)
        asked = list(tap.asked)
    finally:
        tap.close()
    assert FAULTY <= found(report), found(report)
    assert ("Deployment", "fine") not in found(report)
    lists = collections.Counter(one.path for one in asked if not one.path.endswith("/log"))
    assert len(lists) >= 30 and max(lists.values()) == 1, lists
    assert all(one.method == "GET" and one.query["limit"] for one in asked if not one.path.endswith("/log"))
    secrets = [one for one in asked if "secrets" in one.path]
    assert [one.headers["accept"] for one in secrets] == ["application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"]
    assert report["checked"]["kinds"]["Secret"] >= 1
    skipped = {row["what"]: row["why"] for row in report["skipped"]}
    assert skipped["Gateway"] == "the cluster has no such kind"


def test_who_may_read_nothing_is_told_so(broken):
    done = subprocess.run([PROGRAMS / "hks-diagnose", "--kubeconfig", broken.control_plane_kubeconfig, "--namespace", NAMESPACE],
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 65 and "forbidden" in done.stderr, done.stderr


KINDS = "pods,replicasets,deployments,services,persistentvolumeclaims,resourcequotas,events"


@pytest.mark.parametrize("form", ["json", "yaml", "described", "listed", "dump", "dump_folder"])
def test_what_kubectl_prints_says_the_same(broken, form, tmp_path):
    def kubectl(*arguments):
        return broken.kubectl(*arguments)

    if form in ("json", "yaml"):
        (tmp_path / "a").write_text(kubectl("get", KINDS, "-n", NAMESPACE, "-o", form))
        (tmp_path / "b").write_text(kubectl("get", "nodes,storageclasses", "-o", form))
    elif form == "described":
        (tmp_path / "a").write_text(kubectl("describe", KINDS.removesuffix(",events"), "-n", NAMESPACE))
        (tmp_path / "b").write_text(kubectl("describe", "nodes"))
    elif form == "listed":
        for kind in KINDS.split(","):
            (tmp_path / f"{kind}.txt").write_text(kubectl("get", kind, "-A", "-o", "wide", "--show-labels"))
        (tmp_path / "nodes").write_text(kubectl("get", "nodes", "-o", "wide"))
    elif form == "dump":
        (tmp_path / "a").write_text(kubectl("cluster-info", "dump", "--namespaces", NAMESPACE))
    else:
        kubectl("cluster-info", "dump", "--namespaces", NAMESPACE, "--output-directory", str(tmp_path))
    report = diagnose(tmp_path)
    told = {name for kind, name in found(report)}
    assert {"hungry", "refused"} & told or "cpu" in told, report["findings"]
    assert "fine" not in told
    assert report["skipped"] == [], report["skipped"]
