"""What stands in deploy/, as kubectl makes it; and its daemons as commands that run without a cluster's nodes."""
import dataclasses
import functools
import pathlib
import subprocess

import real_cluster
import yaml

from support.stage import PROGRAMS

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
WORKSPACE_ROLE = DEPLOY / "workspace-role.yaml"
APPLY = ("apply", "--server-side", "--warnings-as-errors", "-k", str(DEPLOY))
NAMESPACES = ("hexabase", "ai-ops", "ai-ops-llm")
MODEL_NODE = "model-node"
CERTIFICATES = {"hexabase": ("ca.crt", "control-plane.crt", "control-plane.key"), "ai-ops": ("ca.crt", "ai-ops.crt", "ai-ops.key")}


@functools.cache
def rendered() -> str:
    return subprocess.run([real_cluster.built() / "bin/kubectl", "kustomize", DEPLOY], capture_output=True, text=True,
                          check=True).stdout


def objects(*kinds: str) -> list:
    return [one for one in yaml.safe_load_all(rendered()) if not kinds or one["kind"] in kinds]


def find(kind: str, namespace: str, name: str) -> dict:
    [found] = [one for one in objects(kind)
               if one["metadata"]["name"] == name and one["metadata"].get("namespace", "") == namespace]
    return found


def give_rights(cluster, *projects: str) -> None:
    """To the control plane's account, and the gate that holds it to its operations whatever it is given."""
    cluster.kubectl("apply", "--server-side", *sum((["-f", str(DEPLOY / f"{name}.yaml")] for name in
                                                    ("namespaces", "rights", "admission")), []))
    for project in projects:
        cluster.kubectl("apply", "--server-side", f"--namespace={project}", "-f", str(WORKSPACE_ROLE))


def pod_of(workload: dict) -> dict:
    return workload["spec"]["template"]["spec"]


def workloads() -> list:
    return objects("Deployment", "DaemonSet", "Job")


# What an installation needs besides: a node for the models, and volumes.


def node() -> dict:
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": MODEL_NODE, "labels": {
                "kubernetes.io/hostname": MODEL_NODE, "kubernetes.io/os": "linux", "node-role": "private-llm"}},
            "spec": {"taints": [{"key": "node-role", "value": "private-llm", "effect": "NoSchedule"}]},
            "status": {"capacity": real_cluster.NODE_SIZE, "allocatable": real_cluster.NODE_SIZE}}


def volume(number: int) -> dict:
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": f"hks-{number}"},
            "spec": {"capacity": {"storage": "10Gi"}, "accessModes": ["ReadWriteOnce"],
                     "hostPath": {"path": f"/nowhere/hks-{number}"}}}


SURROUNDINGS = [node(), volume(1), volume(2)]


def install(cluster, operator: pathlib.Path) -> None:
    """As the guide has it: the key of the certificates' authority stays with the operator."""
    cluster.kubectl("create", "-f", "-", text=yaml.safe_dump_all(SURROUNDINGS))
    cluster.kubectl(*APPLY)
    subprocess.run([PROGRAMS / "hks-control-plane", "certificates", "--data", operator], check=True)
    for namespace, files in CERTIFICATES.items():
        cluster.kubectl("create", "secret", "generic", "hks-pki", f"--namespace={namespace}",
                        *(f"--from-file={operator / 'pki' / file}" for file in files))


def uninstall(cluster) -> None:
    """All but what give_rights() gave: that serves other tests."""
    for namespace in NAMESPACES:
        cluster.kubectl("delete", "deployment,daemonset,job,pvc,secret", "--all", f"--namespace={namespace}")
    cluster.delete(SURROUNDINGS)


@dataclasses.dataclass
class Command:
    arguments: list
    environment: dict


def command_of(workload: dict, instead: dict) -> Command:
    """The arguments and the environment of the manifest's one container, where each value that names an address or a path
    of the cluster is replaced as `instead` says; every row of it must be needed."""
    [container] = pod_of(workload)["containers"]
    used = set()

    def here(value: str) -> str:
        if value in instead:
            used.add(value)
        return str(instead.get(value, value))

    arguments = []
    for argument in container["args"]:
        flag, _, value = argument.partition("=")
        arguments.append(f"{flag}={here(value)}")
    environment = {name: here(value) for source in container.get("envFrom", [])
                   for name, value in site_of(workload, source["configMapRef"]["name"]).items()}
    for variable in container.get("env", []):
        value = variable["value"] if "value" in variable else configured(workload, variable["valueFrom"]["configMapKeyRef"])
        if value is not None:
            environment[variable["name"]] = here(value)
    assert used == set(instead), f"not in the manifest: {set(instead) - used}"
    return Command(arguments, environment)


def site_of(workload: dict, name: str) -> dict:
    return find("ConfigMap", workload["metadata"]["namespace"], name)["data"]


def configured(workload: dict, reference: dict):
    """The value in site.yaml; None for an optional key that is not there."""
    data = site_of(workload, reference["name"])
    if not reference.get("optional"):
        return data[reference["key"]]
    return data.get(reference["key"])
