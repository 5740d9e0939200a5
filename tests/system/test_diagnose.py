"""hks-diagnose on bundles, on standard input, on a cluster, and on what is none of these."""
import json
import os
import subprocess
import sys

import pytest

from support.diagnose_watch import DiagnoseWatch
from support.gate import Gate, server_of
from support.stage import PROGRAMS, Stage, eventually

TIMEOUT_S = 60
NOTHING, WARNING, CRITICAL, USAGE, UNREAD, UNAVAILABLE = 0, 1, 2, 64, 65, 69

DEPLOYMENT = {"apiVersion": "apps/v1", "kind": "Deployment",
              "metadata": {"name": "web", "namespace": "shop", "uid": "d1", "generation": 1},
              "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "web"}},
                       "template": {"metadata": {"labels": {"app": "web"}},
                                    "spec": {"containers": [{"name": "app", "image": "shop/web:nope"}]}}},
              "status": {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "unavailableReplicas": 1}}
REPLICA_SET = {"apiVersion": "apps/v1", "kind": "ReplicaSet",
               "metadata": {"name": "web-5d", "namespace": "shop", "uid": "r1",
                            "ownerReferences": [{"kind": "Deployment", "name": "web", "uid": "d1", "controller": True}]},
               "spec": {**DEPLOYMENT["spec"]}, "status": {"replicas": 1}}
MESSAGE = 'Back-off pulling image "shop/web:nope": not found'
POD = {"apiVersion": "v1", "kind": "Pod",
       "metadata": {"name": "web-5d-a", "namespace": "shop", "uid": "p1", "labels": {"app": "web"},
                    "creationTimestamp": "2026-01-02T11:50:00Z",
                    "ownerReferences": [{"kind": "ReplicaSet", "name": "web-5d", "uid": "r1", "controller": True}]},
       "spec": {"nodeName": "n1", "containers": [{"name": "app", "image": "shop/web:nope"}]},
       "status": {"phase": "Pending", "conditions": [{"type": "Ready", "status": "False"}],
                  "containerStatuses": [{"name": "app", "image": "shop/web:nope", "ready": False, "restartCount": 0,
                                         "state": {"waiting": {"reason": "ImagePullBackOff", "message": MESSAGE}}}]}}

DESCRIBED = f"""Name:             web-5d-a
Namespace:        shop
Service Account:  default
Node:             n1/10.0.0.1
Start Time:       Fri, 02 Jan 2026 11:50:00 +0000
Labels:           app=web
Status:           Pending
IP:               10.1.0.7
Controlled By:    ReplicaSet/web-5d
Containers:
  app:
    Image:          shop/web:nope
    State:          Waiting
      Reason:       ImagePullBackOff
    Ready:          False
    Restart Count:  0
Conditions:
  Type           Status
  Ready          False
  PodScheduled   True
Events:
  Type     Reason   Age               From     Message
  ----     ------   ----              ----     -------
  Warning  Failed   9m (x4 over 10m)  kubelet  Failed to pull image "shop/web:nope": not found
"""


def run(*arguments, typed: str = None):
    """The exit code, what it printed, and what it said of failures."""
    done = subprocess.run([PROGRAMS / "hks-diagnose", *map(str, arguments)], input=typed, capture_output=True, text=True,
                          timeout=TIMEOUT_S)
    return done.returncode, done.stdout, done.stderr


def objects_found(*arguments, typed: str = None) -> tuple:
    code, printed, said = run(*arguments, "--output", "json", typed=typed)
    assert code in (NOTHING, WARNING, CRITICAL), said
    report = json.loads(printed)
    return code, {(row["object"]["kind"], row["object"]["name"]) for row in report["findings"]}, report


def write(folder, **files):
    for name, content in files.items():
        file = folder / name.replace("__", "/").replace("_", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


def test_a_bundle_of_json_and_its_logs(tmp_path):
    write(tmp_path, deployments_json={"kind": "DeploymentList", "items": [DEPLOYMENT]},
          all_json={"kind": "List", "items": [REPLICA_SET, POD]}, shop__web__log="nothing\n", notes_txt="call bob\n")
    code, found, report = objects_found(tmp_path)
    assert code == CRITICAL
    assert ("Deployment", "web") in found
    assert report["checked"]["kinds"] == {"Deployment": 1, "Pod": 1, "ReplicaSet": 1}
    assert [row["what"] for row in report["skipped"] if "notes" in row["what"]] == ["notes.txt"]
    said = json.dumps(report["findings"])
    assert "ImagePullBackOff" in said or "shop/web:nope" in said


def test_a_description_alone_and_on_standard_input(tmp_path):
    for arguments, typed in (((write(tmp_path, pod_txt=DESCRIBED) / "pod.txt",), None), (("-",), DESCRIBED)):
        code, found, report = objects_found(*arguments, typed=typed)
        assert code == CRITICAL, report
        assert any(name.startswith("web") for _, name in found), found


def test_what_people_read_says_what_was_checked():
    healthy = {**DEPLOYMENT, "status": {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1,
                                        "availableReplicas": 1}}
    code, printed, _ = run("-", typed=json.dumps(healthy))
    assert code == NOTHING
    assert printed.startswith("nothing is wrong\nchecked 1 objects (1 Deployment)"), printed
    code, printed, _ = run("-", typed=json.dumps({"kind": "List", "items": [DEPLOYMENT, REPLICA_SET, POD]}))
    assert code == CRITICAL
    assert printed.startswith("critical  Deployment shop/web: "), printed


def test_a_plain_list_of_findings_and_a_least_severity():
    bundle = json.dumps({"kind": "List", "items": [DEPLOYMENT, REPLICA_SET, POD]})
    code, printed, _ = run("-", "--output", "findings", typed=bundle)
    rows = json.loads(printed)
    assert code == CRITICAL and rows
    ids = {row["id"] for row in rows}
    for row in rows:
        assert {"kind", "namespace", "name", "text", "causes"} <= row.keys()
        assert set(row["causes"]) <= ids
    code, printed, _ = run("-", "--output", "findings", "--namespace", "elsewhere", typed=bundle)
    assert (code, json.loads(printed)) == (NOTHING, [])


def test_no_configuration_value_is_printed():
    secret = "hunter2-kX9canary7Qz"
    spec = {"containers": [{"name": "app", "image": "shop/web:nope", "args": [f"--db-password={secret}"],
                            "env": [{"name": "DB_PASSWORD", "value": secret}]}]}
    bundle = {"kind": "List", "items": [{**POD, "spec": spec},
                                        {"kind": "Secret", "metadata": {"name": "s", "namespace": "shop"}, "data": {"a": secret}}]}
    for output in ("text", "json", "findings"):
        _, printed, said = run("-", "--output", output, typed=json.dumps(bundle))
        assert secret not in printed + said


@pytest.mark.parametrize("arguments, typed, exit_code, said", [
    ((), None, USAGE, "PATH"),
    (("a", "--kubeconfig", "b"), None, USAGE, "excludes"),
    (("-", "--severity", "loud"), "", USAGE, "severity"),
    (("/nowhere/at/all",), None, UNREAD, "no such file"),
    (("-",), "", UNREAD, "no object of a cluster could be read"),
    (("-",), "call bob\n", UNREAD, "neither objects of a cluster"),
    (("-",), '{"kind":"PodList","items":[{"metadata":', UNREAD, "ends within an object"),
    (("--kubeconfig", "/nowhere/kubeconfig"), None, UNREAD, "kubeconfig"),
])
def test_what_cannot_be_answered_says_why(arguments, typed, exit_code, said):
    code, printed, why = run(*arguments, typed=typed)
    assert code == exit_code, why
    assert said in why and not printed


def test_a_cut_bundle_is_diagnosed_as_far_as_it_goes(tmp_path):
    whole = json.dumps({"kind": "List", "items": [DEPLOYMENT, REPLICA_SET, POD, POD]})
    write(tmp_path, all_json=whole[:-40])
    (tmp_path / "core").write_bytes(os.urandom(1 << 16))
    (tmp_path / "web-5d-a.log").write_bytes(b"line\x00\xff\n" * 1_000_000)
    code, found, report = objects_found(tmp_path)
    assert code == CRITICAL and ("Deployment", "web") in found
    assert {row["what"] for row in report["skipped"]} == {"all.json", "core"}


CRASHING = {**POD, "spec": {"nodeName": "n1", "containers": [{"name": "app", "image": "shop/web:1"}]},
            "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}],
                       "containerStatuses": [{"name": "app", "image": "shop/web:1", "ready": False, "restartCount": 9,
                                              "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                                              "lastState": {"terminated": {"exitCode": 1, "reason": "Error"}}}]}}


# The kernel counts what a process held before it became another program: it is started by a small one.
MEASURED = """import os, sys
_, _, usage = os.wait4(os.spawnv(os.P_NOWAIT, sys.argv[1], sys.argv[1:]), 0)
print(usage.ru_maxrss, file=sys.stderr)"""


def memory_to_diagnose(bundle) -> tuple:
    """What it found, and the most memory it held at a time, in MiB."""
    done = subprocess.run([sys.executable, "-c", MEASURED, PROGRAMS / "hks-diagnose", bundle, "--output", "json"], timeout=TIMEOUT_S,
                          capture_output=True, text=True, env={**os.environ, "ASAN_OPTIONS": "quarantine_size_mb=1"})
    return json.loads(done.stdout)["findings"], int(done.stderr) / 1024


def test_the_cause_is_found_far_up_a_log_that_is_not_held(tmp_path):
    """A million lines come after it; a log is read as it comes, so its size costs no memory."""
    held, cause = {}, "listen tcp :8080: bind: address already in use\n"
    for lines in (2_000, 1_000_000):
        bundle = write(tmp_path / str(lines), all_json={"kind": "List", "items": [DEPLOYMENT, REPLICA_SET, CRASHING]})
        (bundle / "web-5d-a.log").write_text("starting\n" + cause + "waiting for the port to become free, once more\n" * lines)
        findings, held[lines] = memory_to_diagnose(bundle)
        assert "another process of the pod listens on its port" in json.dumps(findings), findings
        assert {"log web-5d-a/app line 2"} == {row["ref"] for row in findings[0]["evidence"] if row["kind"] == "log"}
    size = (tmp_path / "1000000" / "web-5d-a.log").stat().st_size / 2**20
    assert size > 40 and held[1_000_000] - held[2_000] < size / 2, held


def kubeconfig(server: str, user: str) -> str:
    return f"""apiVersion: v1
kind: Config
current-context: a
contexts: [{{name: a, context: {{cluster: a, user: a}}}}]
clusters: [{{name: a, cluster: {{server: "{server}"}}}}]
users: [{{name: a, user: {user}}}]
"""


def test_a_kubeconfig_that_would_run_a_program_is_refused_by_name(tmp_path):
    file = write(tmp_path, kubeconfig=kubeconfig("http://127.0.0.1:1", "{exec: {command: touch}}")) / "kubeconfig"
    code, _, said = run("--kubeconfig", file)
    assert code == UNREAD and "exec" in said


def test_a_cluster_that_does_not_answer(tmp_path):
    file = write(tmp_path, kubeconfig=kubeconfig("http://127.0.0.1:1", "{token: t}")) / "kubeconfig"
    code, printed, said = run("--kubeconfig", file)
    assert code == UNAVAILABLE and said and not printed


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with Stage(tmp_path_factory.mktemp("diagnosed")) as stage:  # its cluster alone
        yield stage


def test_the_demo_cluster_is_diagnosed_over_its_api(demo):
    def finds_report():
        code, found, report = objects_found("--kubeconfig", demo.kubeconfig)
        return ("Deployment", "report") in found and (code, report)  # it asks for more than any node has

    code, report = eventually(finds_report)
    assert code == CRITICAL
    assert report["checked"]["kinds"]["Node"] == 3
    assert {"what": "Gateway", "why": "the cluster has no such kind"} in report["skipped"]
    _, found, _ = objects_found("--kubeconfig", demo.kubeconfig, "--namespace", "globex")
    assert ("Deployment", "report") not in found


HUNGRY = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "hungry", "namespace": "globex"},
          "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "hungry"}},
                   "template": {"metadata": {"labels": {"app": "hungry"}},
                                "spec": {"containers": [{"name": "app", "image": "shop/app:1",
                                                         "resources": {"requests": {"cpu": "640"}}}]}}}}
DEPLOYMENTS = "/apis/apps/v1/namespaces/globex/deployments"


def test_a_watch_tells_what_comes_and_what_goes(demo):
    with DiagnoseWatch("--kubeconfig", demo.kubeconfig) as watch:
        first = watch.until("new", "Deployment", "report")
        assert first["finding"]["severity"] == "critical" and first["finding"]["evidence"]
        demo.kubernetes("POST", DEPLOYMENTS, HUNGRY, kind="application/json")
        watch.until("new", "Deployment", "hungry")
        demo.kubernetes("DELETE", f"{DEPLOYMENTS}/hungry")
        watch.until("resolved", "Deployment", "hungry")
        assert watch.stop() == CRITICAL  # the report is as it was


def test_a_watch_outlives_a_cluster_that_was_away(demo):
    gate = Gate(server_of(demo.kubeconfig))
    with DiagnoseWatch("--kubeconfig", gate.kubeconfig_before(demo.kubeconfig)) as watch:
        watch.until("new", "Deployment", "report")
        gate.shut()
        watch.until_said("trying again")
        demo.kubernetes("POST", DEPLOYMENTS, HUNGRY, kind="application/json")
        gate.open()
        try:
            watch.until("new", "Deployment", "hungry")
        finally:
            demo.kubernetes("DELETE", f"{DEPLOYMENTS}/hungry")
        watch.until("resolved", "Deployment", "hungry")
    gate.close()
