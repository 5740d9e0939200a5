"""The main job against a real Kubernetes API server: what it records, what it refuses, and what we make of that."""
import contextlib
import json
import threading
import uuid

import pytest
import real_cluster
import yaml

from support.people import named, only, text_of
from support.stage import Stage, eventually

AT_MOST_50 = """
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: at-most-50}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
      - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}
      - {apiGroups: [apps], apiVersions: [v1], operations: [UPDATE], resources: [deployments/scale]}
  validations: [{expression: "object.spec.replicas <= 50", message: "at most 50 replicas here"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: at-most-50}
spec: {policyName: at-most-50, validationActions: [Deny]}
"""


def ready(stage, name: str) -> int:
    return stage.deployment(name)["status"].get("readyReplicas", 0)


def written_by(stage, name: str, operation: dict) -> list:
    """Our entries among the managers of a Deployment's fields."""
    manager = f"hks-{operation['operation_id']}"
    return [field for field in stage.deployment(name)["metadata"]["managedFields"] if field["manager"] == manager]


def audit_of(stage, operation: dict) -> dict:
    entries = [entry for entry in stage.person("ada").audit() if entry.get("operation_id") == operation["operation_id"]]
    by_kind = {entry["kind"]: entry for entry in entries}
    assert len(by_kind) == len(entries), f"a kind of entry twice: {entries}"
    return by_kind


def test_editor_scales_web_from_3_to_5(real):
    events = real.person("erin").say("scale web to 5")
    operation = only(events, "operation")
    assert operation["state"] == "executed", operation
    assert operation["before"] == {"replicas": 3} and operation["after"] == {"replicas": 5}
    assert events[-1]["event"] == "done" and events[-1]["outcome"] == "executed"
    deployment = real.deployment("web")
    assert deployment["spec"]["replicas"] == 5
    assert operation["target"]["uid"] == deployment["metadata"]["uid"]
    eventually(lambda: ready(real, "web") == 5, seconds=60)


def test_the_api_server_records_the_operation_as_the_manager_of_replicas(real):
    operation = only(real.person("erin").say("scale web to 4"), "operation")
    assert operation["state"] == "executed", operation
    fields = written_by(real, "web", operation)
    assert [field.get("subresource") for field in fields] == ["scale"]
    assert "f:replicas" in fields[0]["fieldsV1"]["f:spec"]


def test_intent_and_outcome_are_audited_with_one_hash(real):
    operation = only(real.person("erin").say("scale web to 5"), "operation")
    entries = audit_of(real, operation)
    intent, outcome = entries["operation.intent"], entries["operation.outcome"]
    assert intent["op_hash"] == outcome["op_hash"] == operation["op_hash"]
    assert intent["seq"] < outcome["seq"] == operation["audit_seq"]
    assert outcome["outcome"] == "executed"
    eventually(lambda: audit_of(real, operation).get("operation.settled"), seconds=60)


def test_a_value_that_stands_already_is_no_write(real):
    before = real.deployment("web")["metadata"]
    operation = only(real.person("erin").say("scale web to 3"), "operation")
    assert operation["state"] == "already_so"
    after = real.deployment("web")["metadata"]
    assert after["generation"] == before["generation"] and not written_by(real, "web", operation)


def test_viewer_is_refused_and_nothing_changes(real):
    before = real.deployment("web")["metadata"]["generation"]
    events = real.person("vic").say("scale web to 7")
    operation = only(events, "operation")
    assert operation["state"] == "refused" and operation["reason"]["code"] == "missing_permission"
    assert "You may not scale workloads in project shop" in operation["reason"]["text"]
    assert events[-1]["outcome"] == "refused"
    assert real.replicas("web") == 3 and real.deployment("web")["metadata"]["generation"] == before


def test_a_client_certificate_signs_in_as_well(cluster, real, tmp_path):
    stage = Stage(tmp_path, kubeconfig=cluster.certificate_kubeconfig)
    try:
        stage.start_whole()
        operation = only(stage.person("erin").say("scale web to 4"), "operation")
        assert operation["state"] == "executed", operation
    finally:
        stage.stop()
    assert real.replicas("web") == 4


def control_plane_may(cluster, verb: str, resource: str, namespace: str) -> bool:
    """Whether the account that every test here gives the control plane has that right."""
    resource, _, subresource = resource.partition("/")
    review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
              "spec": {"user": real_cluster.CONTROL_PLANE, "groups": ["system:authenticated"], "resourceAttributes": {
                  "verb": verb, "resource": resource, "subresource": subresource, "namespace": namespace,
                  "group": "apps" if resource in ("deployments", "replicasets") else ""}}}
    reply = cluster.kubectl("create", "-f", "-", "--output=json", text=json.dumps(review))
    return json.loads(reply)["status"]["allowed"]


@pytest.mark.parametrize("verb, resource, namespace", [
    ("get", "secrets", "shop"), ("create", "pods/exec", "shop"), ("create", "pods", "shop"), ("delete", "pods", "shop"),
    ("update", "deployments", "shop"), ("delete", "deployments", "shop"), ("patch", "replicasets", "shop"),
    ("update", "deployments/scale", "shop"), ("patch", "deployments", "default"), ("get", "pods", "default"),
    ("patch", "deployments/scale", "kube-system"), ("get", "nodes/proxy", ""), ("impersonate", "users", "")])
def test_all_of_this_is_done_without_the_right_to(cluster, verb, resource, namespace):
    assert control_plane_may(cluster, "patch", "deployments/scale", "shop"), "the question is understood"
    assert not control_plane_may(cluster, verb, resource, namespace)


@contextlib.contextmanager
def admission_policy(cluster, text: str, works):
    objects = list(yaml.safe_load_all(text))
    cluster.apply(objects)
    try:
        eventually(works, seconds=60, every=0.5)
        yield
    finally:
        cluster.delete(objects)


def test_the_clusters_own_policy_has_the_last_word(cluster, real):
    def refused_by_the_cluster():
        try:
            cluster.kubectl("scale", "--namespace=shop", "deployment/web", "--replicas=60", "--dry-run=server")
        except RuntimeError as refusal:
            return "at most 50 replicas here" in str(refusal)
        return False

    before = real.deployment("web")["metadata"]["generation"]
    with admission_policy(cluster, AT_MOST_50, refused_by_the_cluster):
        events = real.person("erin").say("scale web to 60")
    operation = only(events, "operation")
    assert operation["state"] == "failed" and operation["reason"]["code"] == "cluster_refused", operation
    assert "at most 50 replicas here" in operation["reason"]["text"]
    assert events[-1] | {"event": "done"} == events[-1] and events[-1]["outcome"] != "executed"
    assert real.replicas("web") == 3 and real.deployment("web")["metadata"]["generation"] == before


def test_a_target_that_an_autoscaler_owns_is_left_to_it(real):
    before = real.replicas("search")
    operation = only(real.person("erin").say("scale search to 4"), "operation")
    assert operation["state"] == "refused" and operation["reason"]["code"] == "hpa_owned", operation
    assert "HorizontalPodAutoscaler/search" in operation["reason"]["text"]
    assert real.replicas("search") == before


class Hammer:
    """Another writer: moves the resourceVersion of a Deployment again and again, never its replicas."""

    def __init__(self, stage, name: str, field: str):
        self.stage, self.name, self.field = stage, name, field
        self.writes, self.ending = 0, threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self.ending.is_set():
            self.stage.kubernetes("PATCH", f"/apis/apps/v1/namespaces/shop/deployments/{self.name}",
                                  {"metadata": {self.field: {"test-hammered": uuid.uuid4().hex}}})
            self.writes += 1

    def __enter__(self):
        self.thread.start()
        eventually(lambda: self.writes > 2, seconds=60)
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.thread.join()


@pytest.mark.parametrize("field, generations", [("labels", 0), ("annotations", 1)])
def test_a_write_is_never_forced_over_a_moving_object(real, field, generations):
    """`generations`: how many the API server counts for one write of that field; it counts one for a write of ours."""
    for replicas in (5, 4):
        before = real.deployment("web")
        with Hammer(real, "web", field) as hammer:
            writes = hammer.writes
            events = real.person("erin").say(f"scale web to {replicas}")
            assert hammer.writes > writes, "the object moved meanwhile"
        operation, now = only(events, "operation"), real.deployment("web")
        ours = 1 if operation["state"] == "executed" else 0
        if ours:
            assert now["spec"]["replicas"] == replicas
            assert len(written_by(real, "web", operation)) == 1
        else:
            assert operation["state"] == "failed" and operation["reason"]["code"] == "conflict", operation
            assert now["spec"] == before["spec"]
        assert now["metadata"]["generation"] == before["metadata"]["generation"] + generations * hammer.writes + ours


def finding_of(real, user: str, message: str, words: str) -> dict:
    def found():
        for finding in named(real.person(user).say(message), "finding"):
            if words in finding["title"]:
                return finding
    return eventually(found, seconds=60, every=2)


def test_report_is_diagnosed_as_too_large_for_every_node(real):
    finding = finding_of(real, "erin", "why is report failing?", "64 CPU")
    assert finding["object"]["name"] == "report"
    assert any("FailedScheduling" in str(item) or "Insufficient cpu" in str(item) or "64" in str(item)
               for item in finding["evidence"]), finding["evidence"]


def test_the_wrong_port_of_checkout_is_its_cause(real):
    finding = finding_of(real, "vic", "why is checkout failing?", "5433")
    assert finding["object"]["name"] == "checkout"
    assert "DATABASE_URL" in finding["title"] and "5432" in finding["title"]
    assert finding["evidence"] and finding["causes"] == []


def test_what_is_well_is_not_accused(real):
    eventually(lambda: ready(real, "web") == 3, seconds=60)

    def accused():  # in its first minute a crash loop is not told from a first try while its container runs
        events = real.person("vic").say("what is wrong?")
        critical = {finding["object"]["name"] for finding in named(events, "finding") if finding["severity"] == "critical"}
        return (events, critical) if {"checkout", "report"} <= critical else None
    events, critical = eventually(accused, seconds=60, every=2)
    assert not critical & {"web", "payments-api", "orders-db", "postgres", "catalog", "accounts", "globex-ledger"}
    assert "globex" not in str(events), "another organization's project"
    assert "checkout" in text_of(events)


@pytest.mark.parametrize("user, message", [("erin", "scale globex-web to 5"), ("erin", "scale globex/globex-web to 5")])
def test_another_organizations_workload_is_out_of_reach(real, user, message):
    path = "/apis/apps/v1/namespaces/globex/deployments/globex-web"
    events = real.person(user).say(message)
    assert all(event["state"] == "refused" for event in named(events, "operation"))
    assert events[-1]["event"] == "done" and events[-1]["outcome"] != "executed"
    assert real.kubernetes("GET", path)["spec"]["replicas"] == 2
