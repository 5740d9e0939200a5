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


# What is not read of what kubectl prints; docs/guides/diagnose-a-cluster.md says the same.
NOT_LISTED = {"csidrivers", "mutatingwebhookconfigurations", "validatingwebhookconfigurations", "volumeattachments"}
ALIKE = {"roles", "clusterroles"}  # one form for both
NOT_DESCRIBED = NOT_LISTED | ALIKE | {"events"}
ONLY_NAMED = ALIKE | {"limitranges"}  # by their tables
NOT_THERE = {"gateways", "gatewayclasses", "httproutes"}  # in this cluster
FORMS = {"described": ("describe",), "listed": ("get",), "wide": ("get", "-o", "wide", "--show-labels")}


def one_of_each() -> list:
    def of(version: str, kind: str, spec: dict, cluster_wide: bool = False, **more) -> dict:
        metadata = {"name": "each"} if cluster_wide else {"name": "each", "namespace": NAMESPACE}
        return {"apiVersion": version, "kind": kind, "metadata": metadata, **({"spec": spec} if spec else {}), **more}

    pod = {"containers": [{"name": "app", "image": "shop/app:1", "resources": {"requests": {"cpu": "1m"}}}]}  # the quota wants it
    ends = {"spec": pod | {"restartPolicy": "Never"}}
    template = {"selector": {"matchLabels": {"app": "each"}}, "template": {"metadata": {"labels": {"app": "each"}}, "spec": pod}}
    hook = {"name": "each.shop.example", "clientConfig": {"url": "https://hooks.shop.example/"}, "sideEffects": "None",
            "admissionReviewVersions": ["v1"], "failurePolicy": "Ignore"}
    size = {"storage": "1Gi"}
    return [
        of("apps/v1", "Deployment", template),
        of("apps/v1", "StatefulSet", template | {"serviceName": "each"}),
        of("apps/v1", "DaemonSet", template),
        of("batch/v1", "Job", {"template": ends}),
        of("batch/v1", "CronJob", {"schedule": "*/5 * * * *", "jobTemplate": {"spec": {"template": ends}}}),
        of("v1", "Service", {"selector": {"app": "each"}, "ports": [{"port": 80}]}),
        of("v1", "ConfigMap", {}, data={"level": "debug"}),
        of("v1", "Secret", {}, stringData={"password": "hunter2-canary"}),
        of("v1", "ServiceAccount", {}),
        of("v1", "LimitRange", {"limits": [{"type": "Container", "max": {"memory": "2Gi"}}]}),
        of("v1", "PersistentVolume", {"storageClassName": "each", "capacity": size, "accessModes": ["ReadWriteOnce"],
                                      "hostPath": {"path": "/each"}}, cluster_wide=True),
        of("v1", "PersistentVolumeClaim", {"storageClassName": "each", "accessModes": ["ReadWriteOnce"], "resources": {"requests": size}}),
        of("policy/v1", "PodDisruptionBudget", {"minAvailable": "50%", "selector": {"matchLabels": {"app": "each"}}}),
        of("autoscaling/v2", "HorizontalPodAutoscaler",
           {"maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "each"}}),
        of("networking.k8s.io/v1", "NetworkPolicy", {"podSelector": {}, "policyTypes": ["Ingress"]}),
        of("networking.k8s.io/v1", "Ingress", {"defaultBackend": {"service": {"name": "each", "port": {"number": 80}}},
                                               "ingressClassName": "each"}),
        of("networking.k8s.io/v1", "IngressClass", {"controller": "shop.example/each"}, cluster_wide=True),
        of("rbac.authorization.k8s.io/v1", "Role", {}, rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]),
        of("rbac.authorization.k8s.io/v1", "RoleBinding", {}, subjects=[{"kind": "ServiceAccount", "name": "each", "namespace": NAMESPACE}],
           roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}),
        of("storage.k8s.io/v1", "StorageClass", {}, cluster_wide=True, provisioner="shop.example/each"),
        of("storage.k8s.io/v1", "CSIDriver", {"attachRequired": False}, cluster_wide=True),
        of("storage.k8s.io/v1", "VolumeAttachment", {"attacher": "each", "nodeName": "node-1", "source": {"persistentVolumeName": "each"}},
           cluster_wide=True),
        *(of("admissionregistration.k8s.io/v1", kind, {}, cluster_wide=True, webhooks=[hook])
          for kind in ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")),
    ]


@pytest.fixture(scope="module")
def kinds(broken):
    """What the engine asks a cluster for, as kubectl names it; one object of each is there."""
    broken.apply(one_of_each())
    try:
        broken.kubectl("wait", "-n", NAMESPACE, "job/each", "--for=condition=Complete", "--timeout=60s")
        for what in ("deployment/each", "statefulset/each", "daemonset/each"):
            broken.kubectl("rollout", "status", what, "-n", NAMESPACE, "--timeout=60s")
        eventually(lambda: json.loads(broken.kubectl("get", "endpointslices", "-n", NAMESPACE, "-o", "json"))["items"], seconds=60, every=0.5)
        tap = ApiServerTap(broken.kubeconfig, broken.authority, "kube-apiserver")
        try:
            diagnose("--kubeconfig", tap.kubeconfig)
            asked = {one.path.rsplit("/", 1)[1] for one in tap.asked if not one.path.endswith("/log")}
        finally:
            tap.close()
        yield asked - NOT_THERE | {"rolebindings"}
    finally:
        broken.delete(one_of_each())


@pytest.mark.parametrize("form", FORMS)
def test_of_every_kind_that_is_read_what_kubectl_prints_is_read(broken, kinds, form, tmp_path):
    unread = NOT_DESCRIBED if form == "described" else NOT_LISTED
    verb, *options = FORMS[form]
    assert len(kinds) > 25, kinds
    for kind in sorted(kinds - unread):
        text = broken.kubectl(verb, kind, "-n", NAMESPACE, *options)
        assert text.strip(), kind
        (tmp_path / f"{kind}.txt").write_text(text)
    report = diagnose(tmp_path)
    assert report["skipped"] == [], report["skipped"]
    seen = {kind.lower() for kind in report["checked"]["kinds"]}
    silent = set() if form == "described" else ONLY_NAMED
    assert not {kind for kind in kinds - unread - silent if not any(kind in (one, one + "s", one + "es", one[:-1] + "ies") for one in seen)}
    whole = tmp_path / "whole"
    whole.mkdir()
    (whole / "all.json").write_text(broken.kubectl("get", ",".join(sorted(kinds)), "-n", NAMESPACE, "-o", "json"))
    assert found(report) <= found(diagnose(whole)), "what is printed says nothing that is not so"


@pytest.mark.parametrize("form", FORMS)
def test_what_of_a_kind_is_not_read_is_said(broken, kinds, form, tmp_path):
    verb, *options = FORMS[form]
    for kind in NOT_DESCRIBED if form == "described" else NOT_LISTED:
        (tmp_path / kind).write_text(broken.kubectl(verb, kind, "-n", NAMESPACE, *options))
        done = subprocess.run([PROGRAMS / "hks-diagnose", tmp_path / kind], capture_output=True, text=True, timeout=120)
        assert done.returncode == 65 and "of kinds that are not known" in done.stderr, (kind, done.stdout, done.stderr)
