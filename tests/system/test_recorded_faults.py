"""The evaluation of recorded faults does what docs/evaluation.md says of it: on a recording that is made up here."""
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/eval"))
import bundle_evidence  # noqa: E402
import labels  # noqa: E402
import opsbench_bundle  # noqa: E402

TIMEOUT_S = 120
FIGURES = {"cases", "a1", "a3", "a1_normalized", "a3_normalized", "ms_per_case_p50", "evidence_share"}
SEEN, HELD_OUT = "books/startup/6", "books/startup/3"  # by their hashes
POD = """Name:             shelf-7d9f4c5b6-x2x4k
Namespace:        books
Priority:         0
Service Account:  default
Node:             node-1/10.0.0.1
Start Time:       Mon, 05 Jan 2026 19:58:00 +0800
Labels:           app=shelf
Annotations:      <none>
Status:           Pending
IP:               10.2.0.7
IPs:
  IP:           10.2.0.7
Controlled By:    ReplicaSet/shelf-7d9f4c5b6
Containers:
  istio-proxy:
    Image:          registry.example.com/proxy:1
    State:          Running
      Started:      Mon, 05 Jan 2026 19:58:10 +0800
    Ready:          True
    Restart Count:  0
  shelf:
    Image:          registry.example.com/shelf:nosuch
    State:          Waiting
      Reason:       ImagePullBackOff
    Ready:          False
    Restart Count:  0
Conditions:
  Type              Status
  Ready             False
Volumes:            <none>
QoS Class:          BestEffort
Node-Selectors:     <none>
Tolerations:        <none>
Events:
  Type     Reason   Age   From     Message
  ----     ------   ----  ----     -------
  Warning  Failed   90s   kubelet  Failed to pull image "registry.example.com/shelf:nosuch": registry.example.com/shelf:nosuch: not found
"""
RECORDING = {
    "collection_timestamp": "2026-01-05T20:00:00.123456",
    'DescribeResource:{"resource_type":"pods","name":"shelf-7d9f4c5b6-x2x4k","namespace":"books"}': POD,
    'GetResources:{"resource_type":"deployments","name":"","namespace":"books"}':
        "NAME    READY   UP-TO-DATE   AVAILABLE   AGE\nshelf   0/1     1            0           2m\n",
    'DescribeResource:{"resource_type":"replicasets","name":"shelf-7d9f4c5b6","namespace":"books"}':
        "Name:           shelf-7d9f4c5b6\nNamespace:      books\nSelector:       app=shelf,pod-template-hash=7d9f4c5b6\n"
        "Labels:         app=shelf\nControlled By:  Deployment/shelf\nReplicas:       1 current / 1 desired\n"
        "Pods Status:    0 Running / 1 Waiting / 0 Succeeded / 0 Failed\nPod Template:\n  Labels:  app=shelf\nEvents:         <none>\n",
    'GetResources:{"resource_type":"events","name":"","namespace":"books"}':
        "2m   Normal   ScalingReplicaSet   deployment/shelf   Scaled up replica set shelf-7d9f4c5b6 to 1\n",
    'GetErrorLogs:{"namespace":"books","service_name":"shelf"}': {"app": ["first", "second"], "previous": ["before"]},
    'CheckServiceConnectivity:{"namespace":"books","port":80,"service_name":"shelf"}':
        "=== report ===\nDebug Pod test results deployed on node-1: Connection Failed\nDebug Pod test results deployed on node-2: \n",
    "CheckServiceConnectivity-books-front-desk-80": "front-desk (10.1.1.1:80) open\nConnection Succeeded",
    'GetServiceDependencies:{"service_name":"shelf"}':
        "[Service]: shelf\n[Upstream (Called By)]: front-desk, till\n[Downstream (Calls)]:\nshelf\n├── store     <-- (Database)\n│   └── disk\n",
    "GetAlerts:{}": {"alerts": [
        {"type": "Service", "name": "shelf", "time_range": "2026-01-05 19:58:00 ~ 2026-01-05 20:00:00", "evidence": [
            "LATENCY_DEGRADATION [Slow] | p50latency: Normal=2ms -> Current=900ms (+1%) | Peak=950ms | p90latency: Normal=3ms -> Current=4ms",
            "ERROR_SPIKE [Success Rate Drop] | Normal=100.0% -> Cur=12.5% (-87.5%)"]}]},
    "Oracle:{}": "42",
}


@pytest.fixture(scope="module")
def bundle():
    return opsbench_bundle.bundle_of(RECORDING)


def objects_of(bundle, kind):
    return [one for one in json.loads(bundle.files()["observed.json"])["items"] if one["kind"] == kind]


def test_a_recording_becomes_a_bundle_without_loss(bundle):
    assert bundle.at == "2026-01-05T20:00:00+08:00", "in the zone of what kubectl described"
    assert bundle.unknown == ["Oracle"]
    files = bundle.files()
    assert files["books/describe-pods.txt"] == POD
    assert files["books/get-events.txt"].startswith("LAST SEEN"), "its head was not recorded"
    assert files["books/shelf-7d9f4c5b6-x2x4k/shelf/logs.txt"] == "first\nsecond\n", "of its own container, not of the sidecar"
    assert files["books/shelf-7d9f4c5b6-x2x4k/shelf/previous.txt"] == "before\n"


def test_what_no_kubectl_prints_becomes_objects(bundle):
    reached = {(one["spec"]["service"], one["spec"].get("from")): one["status"]["reached"] for one in objects_of(bundle, "ServiceCheck")}
    assert reached == {("shelf", "node-1"): False, ("front-desk", None): True}
    assert objects_of(bundle, "CallGraph")[0]["spec"] == {"calls": ["store"], "called_by": ["front-desk", "till"]}
    told = [(one["spec"]["metric"], one["status"]["normal"], one["status"]["current"], one["status"]["unit"])
            for one in objects_of(bundle, "Alert")]
    assert told == [("latency", 2.0, 900.0, "ms"), ("latency", 3.0, 4.0, "ms"), ("errors", 0.0, 87.5, "%")]


def test_a_label_names_a_fault_of_the_catalogue():
    catalogue = set(re.findall(r'^    \{"([a-z-]+)",', (ROOT / "ai-ops/diagnosis/fault.cc").read_text(), re.MULTILINE))
    assert not (labels.LABELS.keys() | labels.BY_WORDS.keys()) - catalogue


def test_evidence_holds_only_where_it_stands(bundle):
    files = bundle_evidence.Files(bundle.texts, bundle.at)

    def holds(text, ref="Pod/shelf-7d9f4c5b6-x2x4k spec", kind="field"):
        return files.holds({"kind": kind, "ref": ref, "text": text})

    assert holds("ImagePullBackOff") and not holds("CrashLoopBackOff")
    assert holds("2026-01-05T11:58:10Z"), "the same time"
    assert holds('Failed: Failed to pull image "registry.exam...', "Event shelf-7d9f4c5b6-x2x4k.1", "event")
    assert not holds("x2x"), "part of a word"
    assert not holds("ImagePullBackOff", "Pod/till-1 spec"), "of another object"


def evaluate(folder, *arguments):
    done = subprocess.run([sys.executable, ROOT / "tests/eval/run", "cloud-opsbench", "--data", folder, *arguments], env=os.environ,
                          capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recorded")
    answer = {"fault_taxonomy": "Startup_Fault", "fault_object": "app/shelf", "root_cause": "incorrect_image_reference"}
    for name in (SEEN, HELD_OUT):
        (folder / name).mkdir(parents=True)
        (folder / name / "tool_cache.json").write_text(json.dumps(RECORDING))
        (folder / name / "metadata.json").write_text(json.dumps({"result": answer}))
    return folder


def test_the_figures_are_written_in_the_agreed_form(data, tmp_path):
    evaluate(data, "--json", tmp_path / "figures.json")
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert figures.keys() == {"applications", "classes", "cases"}
    assert figures["applications"]["books"].keys() == figures["classes"]["books/startup"].keys() == FIGURES
    assert figures["applications"]["books"]["cases"] == 2
    assert figures["applications"]["books"]["a1"] == figures["applications"]["books"]["evidence_share"] == 1, figures["cases"]
    wanted = "startup_fault/app/shelf/incorrect_image_reference"
    for case in figures["cases"]:
        assert case.keys() == {"id", "expected", "predicted", "ms"}
        assert case["expected"] == case["predicted"][0] == wanted


def test_of_what_is_held_out_only_sums_are_shown(data):
    assert "| books/startup " in evaluate(data, "--part", "seen")
    shown = evaluate(data, "--part", "held-out")
    assert "books/startup" not in shown
    assert "| all " in shown
