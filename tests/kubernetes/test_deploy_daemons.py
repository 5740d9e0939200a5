"""deploy/'s daemons at work, as processes: installation.py says how."""
import subprocess
import time

import pytest
import shipped
from installation import Installation

from support.people import named, only, text_of
from support.stage import eventually


@pytest.fixture(scope="module")
def running(installed, tmp_path_factory):
    installation = Installation(installed, tmp_path_factory.mktemp("pods"))
    try:
        yield installation.start()
    finally:
        installation.stop()


@pytest.fixture(scope="module")
def ann(running):
    return running.first_manager()


def replicas(cluster, name: str) -> int:
    return int(cluster.kubectl("get", "deployment", name, "--namespace=shop", "--output=jsonpath={.spec.replicas}"))


def test_in_the_cluster_a_command_is_executed_by_the_service_account(running, installed, ann):
    events = ann.say("scale web to 5")
    operation = only(events, "operation")
    assert operation["state"] == "executed", events
    assert replicas(installed, "web") == 5
    assert only(ann.say("scale web to 3"), "operation")["state"] == "executed"


def test_a_restart_passes_the_second_gate(running, installed, ann):
    operation = only(ann.say("restart web"), "operation")
    assert operation["state"] == "executed", operation


def test_without_the_model_server_the_findings_arrive(running, ann):
    def found():
        events = ann.say("why is checkout failing?")
        return events if named(events, "finding") else None
    events = eventually(found, seconds=60, every=2)
    assert "5433" in str(named(events, "finding")) and text_of(events) and events[-1]["event"] == "done"


def test_a_project_without_the_role_stays_closed(running, installed):
    """The account reads shop by its Role there, and nothing of another namespace."""
    account = running.control_plane_pod.account
    kubectl = [installed.programs / "bin/kubectl", f"--server={installed.server}", f"--certificate-authority={account / 'ca.crt'}",
               f"--token={running.account_token()}", "get", "pods"]
    assert subprocess.run([*kubectl, "--namespace=shop"], capture_output=True).returncode == 0
    for namespace in ("default", "hexabase", "kube-system"):
        refused = subprocess.run([*kubectl, f"--namespace={namespace}"], capture_output=True, text=True)
        assert refused.returncode != 0 and "Forbidden" in refused.stderr


def test_a_token_that_was_replaced_is_read_anew(installed, tmp_path):
    """The first token dies with the object that it is bound to, as a pod's does; the second is what the kubelet would write."""
    installation = Installation(installed, tmp_path)
    installed.kubectl("create", "secret", "generic", "binding", "--namespace=hexabase")
    try:
        first = installation.start("--bound-object-kind=Secret", "--bound-object-name=binding").account_token()
        ann = installation.first_manager()
        assert only(ann.say("scale web to 4"), "operation")["state"] == "executed"
        installed.kubectl("delete", "secret", "binding", "--namespace=hexabase")
        eventually(lambda: not knows(installed, first), seconds=60, every=0.5)
        assert "The cluster does not answer now. Nothing was changed" in text_of(ann.say("scale web to 5"))
        assert replicas(installed, "web") == 4
        installation.control_plane_pod.mount_account()
        eventually(lambda: named(ann.say("scale web to 3"), "operation"), every=0.5)
        assert replicas(installed, "web") == 3
    finally:
        installation.stop()


def knows(cluster, token: str) -> bool:
    asked = subprocess.run([cluster.programs / "bin/kubectl", f"--server={cluster.server}", "--insecure-skip-tls-verify",
                            f"--token={token}", "get", "--raw=/api/v1/namespaces/shop/pods?limit=1"], capture_output=True)
    return asked.returncode == 0


def test_an_unknown_flag_of_a_manifest_would_be_found(installed, tmp_path):
    installation = Installation(installed, tmp_path)
    pod = installation.control_plane_pod
    pod.mount_account()
    [container] = shipped.pod_of(pod.workload)["containers"]
    container["args"].append("--no-such-flag=x")
    process = pod.run("hks-control-plane", installation.control_plane_instead, installation.given)
    try:
        assert process.process.wait(20) == 2 and "no-such-flag" in process.tail()
    finally:
        installation.stop()
        process.stop()


def test_the_daemons_end_within_the_grace_of_their_pods(installed, tmp_path):
    installation = Installation(installed, tmp_path).start()
    began = time.monotonic()
    assert installation.stop() == [0, 0]
    grace = sum(shipped.pod_of(pod.workload)["terminationGracePeriodSeconds"] -
                shipped.pod_of(pod.workload)["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
                for pod in (installation.control_plane_pod, installation.ai_ops_pod))
    assert time.monotonic() - began < grace


def test_certificates_of_a_secret_are_not_replaced_and_nothing_is_written_beside_them(installed, tmp_path):
    """The Secret is mounted read-only, and the authority's key is not in it."""
    installation = Installation(installed, tmp_path)
    pki = installation.control_plane_pod.pki
    before = {file.name: file.read_bytes() for file in pki.iterdir()}
    assert set(before) == {"ca.crt", "control-plane.crt", "control-plane.key"}
    try:
        installation.start()
    finally:
        installation.stop()
    assert {file.name: file.read_bytes() for file in pki.iterdir()} == before
    assert not list(installation.data.rglob("ca.key"))
