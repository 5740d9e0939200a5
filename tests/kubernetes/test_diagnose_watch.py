"""hks-diagnose --watch against the real API server: what it tells, and what it asks for."""
import collections

import pytest

from support.api_server_tap import ApiServerTap
from support.diagnose_watch import DiagnoseWatch

NAMESPACE = "watched"
EACH_BY_METADATA = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"


def deployment(cpu: str) -> dict:
    container = {"name": "app", "image": "shop/app:1", "resources": {"requests": {"cpu": cpu}}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "hungry", "namespace": NAMESPACE},
            "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "hungry"}},
                     "template": {"metadata": {"labels": {"app": "hungry"}}, "spec": {"containers": [container]}}}}


@pytest.fixture
def watched(cluster):
    cluster.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}])
    yield cluster
    cluster.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


def test_what_comes_and_what_goes_is_told_by_one_list_and_one_watch_a_kind(watched):
    tap = ApiServerTap(watched.kubeconfig, watched.authority, "kube-apiserver")
    try:
        with DiagnoseWatch("--kubeconfig", tap.kubeconfig, "--namespace", NAMESPACE) as watch:
            watched.apply([deployment("640")])  # more than any node has
            told = watch.until("new", "Deployment", "hungry")
            assert told["finding"]["fault"] == "insufficient-cpu" and told["finding"]["evidence"]
            watched.apply([{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": NAMESPACE},
                            "stringData": {"password": "hunter2-canary"}}])
            watched.apply([deployment("1")])
            watch.until("resolved", "Deployment", "hungry")
            watch.stop()
        asked = list(tap.asked)
    finally:
        tap.close()
    lists = collections.Counter(one.path for one in asked if "watch" not in one.query and not one.path.endswith("/log"))
    watches = collections.Counter(one.path for one in asked if "watch" in one.query)
    assert len(lists) >= 30 and max(lists.values()) == 1, lists
    assert set(watches) <= set(lists) and max(watches.values()) == 1, watches
    secrets = [one for one in asked if "secrets" in one.path and "watch" in one.query]
    assert [one.headers["accept"] for one in secrets] == [EACH_BY_METADATA]
