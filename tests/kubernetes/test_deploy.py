"""deploy/ on the real API server: it applies without a warning, what runs where, which pods are refused."""
import json
import ssl

import pytest
import shipped

from support import people
from support.stage import eventually

OURS = shipped.NAMESPACES


def pods_on(cluster, app: str, namespace: str) -> list:
    """The nodes of the ready pods."""
    found = json.loads(cluster.kubectl("get", "pods", f"--namespace={namespace}", f"--selector=app={app}", "--output=json"))
    return sorted(pod["spec"]["nodeName"] for pod in found["items"] if "deletionTimestamp" not in pod["metadata"]
                  and any(each["type"] == "Ready" and each["status"] == "True" for each in pod["status"].get("conditions", [])))


def test_applied_again_it_changes_nothing(installed):
    again = installed.kubectl(*shipped.APPLY, "--dry-run=server")
    assert again.count("serverside-applied") == len(shipped.objects())

    def nothing_differs():
        try:
            return installed.kubectl("diff", "--server-side", "-k", str(shipped.DEPLOY)) == ""
        except RuntimeError:  # the status of the Job that pulls models may move between kubectl's two reads
            return False
    eventually(nothing_differs)


def test_it_applies_from_the_clients_side_too(installed):
    applied = installed.kubectl("apply", "--dry-run=server", "--validate=strict", "-f", "-", text=shipped.rendered())
    assert applied.count("(server dry run)") == len(shipped.objects())


def test_the_policies_expressions_are_typed_right(installed):
    def checked():
        policies = json.loads(installed.kubectl("get", "validatingadmissionpolicies", "--output=json"))["items"]
        ours = [policy for policy in policies if policy["metadata"]["name"].startswith("hks-")]
        return ours if all("typeChecking" in policy.get("status", {}) for policy in ours) else None
    assert [policy["status"]["typeChecking"] for policy in eventually(checked)] == [{}, {}]


def test_every_workload_comes_up_under_its_namespaces_rules(installed):
    for namespace, name in (("hexabase", "hks-control-plane"), ("ai-ops", "ai-ops")):
        installed.kubectl("wait", f"--namespace={namespace}", f"deployment/{name}", "--for=condition=Available", "--timeout=60s")
    installed.kubectl("wait", "--namespace=ai-ops-llm", "job/pull-models", "--for=condition=Complete", "--timeout=60s")
    eventually(lambda: pods_on(installed, "ollama", "ai-ops-llm"), seconds=60)


def test_the_model_server_runs_on_every_labelled_node_and_nowhere_else(installed):
    eventually(lambda: pods_on(installed, "ollama", "ai-ops-llm") == [shipped.MODEL_NODE], seconds=60)
    installed.kubectl("label", "node", "node-1", "node-role=private-llm")
    try:
        eventually(lambda: pods_on(installed, "ollama", "ai-ops-llm") == [shipped.MODEL_NODE, "node-1"], seconds=60)
    finally:
        installed.kubectl("label", "node", "node-1", "node-role-")
    eventually(lambda: pods_on(installed, "ollama", "ai-ops-llm") == [shipped.MODEL_NODE], seconds=60)
    assert shipped.MODEL_NODE not in pods_on(installed, "ai-ops", "ai-ops"), "that node is the model's alone"


# Pods

GOOD_CONTAINER = {"name": "c", "image": "x", "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}}
GOOD_POD = {"securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}, "containers": [GOOD_CONTAINER]}
MODELS = {"name": "models", "hostPath": {"path": "/var/lib/hks-models", "type": "Directory"}}


def with_container(**more) -> dict:
    return {"containers": [GOOD_CONTAINER | more]}


def with_context(**more) -> dict:
    return with_container(securityContext=GOOD_CONTAINER["securityContext"] | more)


def with_pod_context(**more) -> dict:
    return {"securityContext": GOOD_POD["securityContext"] | more}


BAD_PODS = {  # what is changed, and the words of our own policy
    "privileged": (with_context(privileged=True, allowPrivilegeEscalation=True), "not privileged"),
    "privileged init container": ({"initContainers": [GOOD_CONTAINER | {"name": "i", "securityContext": {"privileged": True}}]}, "not privileged"),
    "escalation": (with_context(allowPrivilegeEscalation=True), "allowPrivilegeEscalation"),
    "nothing said of escalation": (with_container(securityContext={"capabilities": {"drop": ["ALL"]}}), "allowPrivilegeEscalation"),
    "capabilities kept": (with_context(capabilities={}), "capabilities"),
    "capability added": (with_context(capabilities={"drop": ["ALL"], "add": ["SYS_ADMIN"]}), "capabilities"),
    "root": (with_pod_context(runAsNonRoot=False), "runAsNonRoot"),
    "root container": (with_context(runAsNonRoot=False), "runAsNonRoot"),
    "user 0": (with_pod_context(runAsUser=0), "user 0"),
    "user 0 in a container": (with_context(runAsUser=0), "user 0"),
    "no seccomp": (with_pod_context(seccompProfile=None), "seccomp"),
    "unconfined": (with_pod_context(seccompProfile={"type": "Unconfined"}), "seccomp"),
    "unconfined container": (with_context(seccompProfile={"type": "Unconfined"}), "seccomp"),
    "node's network": ({"hostNetwork": True}, "node's namespaces"),
    "node's processes": ({"hostPID": True}, "node's namespaces"),
    "node's IPC": ({"hostIPC": True}, "node's namespaces"),
    "node's port": (with_container(ports=[{"containerPort": 80, "hostPort": 80}]), "ports of the node"),
    "another folder": ({"volumes": [{"name": "v", "hostPath": {"path": "/"}}]}, "the only folder of the node"),
    "a way up": ({"volumes": [{"name": "v", "hostPath": {"path": "/var/lib/hks-models/..", "type": "Directory"}}]}, ""),
    "NFS": ({"volumes": [{"name": "v", "nfs": {"server": "x", "path": "/"}}]}, "volumes of this type"),
    "no AppArmor": (with_pod_context(appArmorProfile={"type": "Unconfined"}), "AppArmor"),
    "SELinux": (with_context(seLinuxOptions={"type": "spc_t"}), "SELinux"),
    "SELinux user": (with_pod_context(seLinuxOptions={"user": "root"}), "SELinux"),
    "proc": (with_context(procMount="Unmasked") | {"hostUsers": True}, ""),
    "sysctl": (with_pod_context(sysctls=[{"name": "kernel.msgmax", "value": "1"}]), "sysctl"),
    "probe of another host": (with_container(livenessProbe={"httpGet": {"port": 80, "host": "169.254.169.254"}}), "name no host"),
    "hook of another host": (with_container(lifecycle={"preStop": {"httpGet": {"port": 80, "host": "169.254.169.254"}}}), "name no host"),
}


def create(cluster, namespace: str, spec: dict) -> str:
    """What the API server says to a pod; empty: it takes it."""
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": GOOD_POD | spec}
    trusted = ssl.create_default_context(cafile=cluster.authority.certificate("ca"))
    status, _, reply = people.request(cluster.server, "POST", f"/api/v1/namespaces/{namespace}/pods?dryRun=All", pod,
                                      token=cluster.tokens["admin"], context=trusted)
    return "" if status == 201 else reply["message"]


@pytest.mark.parametrize("namespace", OURS)
def test_a_restricted_pod_is_taken(installed, namespace):
    assert create(installed, namespace, {}) == ""
    assert create(installed, namespace, {"containers": [GOOD_CONTAINER | {"ports": [{"containerPort": 80}], "securityContext": {
        "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}}}]}) == ""


@pytest.mark.parametrize("name", BAD_PODS)
@pytest.mark.parametrize("namespace", ["hexabase", "ai-ops"])
def test_pod_security_refuses(installed, namespace, name):
    assert 'violates PodSecurity "restricted:latest"' in create(installed, namespace, BAD_PODS[name][0]) or name in ("a way up", "proc")
    assert create(installed, namespace, BAD_PODS[name][0]) != ""


@pytest.mark.parametrize("name", BAD_PODS)
def test_our_own_policy_refuses_the_same_beside_the_models(installed, name):
    spec, words = BAD_PODS[name]
    refusal = create(installed, "ai-ops-llm", spec)
    assert refusal and (not words or ("hks-model-server-pods" in refusal and words in refusal)), refusal


def test_the_models_folder_is_for_the_model_server_alone(installed):
    spec = {"volumes": [MODELS]}
    assert create(installed, "ai-ops-llm", spec) == ""
    assert create(installed, "ai-ops-llm", {"volumes": [MODELS | {"hostPath": {"path": "/var/lib/hks-models", "type": "DirectoryOrCreate"}}]})
    for namespace in ("hexabase", "ai-ops"):
        assert 'violates PodSecurity "restricted:latest"' in create(installed, namespace, spec)


def test_a_debug_container_is_held_to_the_same(installed):
    eventually(lambda: pods_on(installed, "ollama", "ai-ops-llm"), seconds=60)
    name = installed.kubectl("get", "pods", "--namespace=ai-ops-llm", "--selector=app=ollama", "--output=name").split()[0]
    debug = ("debug", "--namespace=ai-ops-llm", name, "--image=x", "--quiet")
    with pytest.raises(RuntimeError, match="hks-model-server-pods.*not privileged"):
        installed.kubectl(*debug, "--profile=sysadmin")
    installed.kubectl(*debug, "--profile=restricted")
