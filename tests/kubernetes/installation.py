"""The daemons with the very arguments, environment and configuration of deploy/, as processes on this machine: only
addresses and paths are others, by the tables below. The control plane signs in to the real API server as its pod would."""
import base64
import json
import pathlib
import subprocess

import service_processes as services
import shipped

from support import people
from support.people import request
from support.stage import PROGRAMS, eventually

PASSWORD = "correct horse battery"
TOKEN_LIFE = "1h"


def uncommented(seed: str) -> str:
    """The example in site.yaml becomes true."""
    return "".join(line.removeprefix("# ") + "\n" for line in seed.splitlines() if line != "#")


class Pod:
    """What the kubelet gives to a pod of a Deployment, in a folder."""

    def __init__(self, cluster, workload: dict, folder: pathlib.Path):
        self.cluster, self.workload, self.folder = cluster, workload, folder
        self.namespace = workload["metadata"]["namespace"]
        self.pki, self.account, self.volume = folder / "pki", folder / "account", folder / "volume"
        for made in (self.pki, self.account, self.volume):
            made.mkdir(parents=True)
        for name, text in self.read("secret", "hks-pki")["data"].items():
            (self.pki / name).write_bytes(base64.b64decode(text))

    def read(self, kind: str, name: str) -> dict:
        return json.loads(self.cluster.kubectl("get", kind, name, f"--namespace={self.namespace}", "--output=json"))

    def mount_account(self, *more) -> None:
        """A new token of the pod's service account, beside the cluster's authority."""
        name = shipped.pod_of(self.workload)["serviceAccountName"]
        token = self.cluster.kubectl("create", "token", name, f"--namespace={self.namespace}", f"--duration={TOKEN_LIFE}", *more)
        (self.account / "ca.crt").write_text(self.read("configmap", "kube-root-ca.crt")["data"]["ca.crt"])
        (self.account / "token.new").write_text(token)
        (self.account / "token.new").rename(self.account / "token")

    def run(self, program: str, instead: dict, given: dict) -> services.Process:
        command = shipped.command_of(self.workload, instead)
        return services.Process(program, [PROGRAMS / program, *command.arguments], self.folder / "log",
                                environment=command.environment | given)


class Installation:
    """Both daemons; acme's workspace shop is on the cluster that they run in, and ann manages acme."""

    def __init__(self, cluster, folder: pathlib.Path, model: str = ""):
        """`model`: HOST:PORT of the model server; none answers without."""
        self.cluster = cluster
        names = ("public", "internal", "control-plane-ops", "chat", "ai-ops-ops", "model")
        self.ports = {name: services.Port() for name in names}
        at = {name: port.address for name, port in self.ports.items()}
        self.public, self.ops = f"http://{at['public']}", [f"http://{at[name]}" for name in ("control-plane-ops", "ai-ops-ops")]
        self.control_plane_pod = Pod(cluster, shipped.find("Deployment", "hexabase", "hks-control-plane"), folder / "hexabase")
        self.ai_ops_pod = Pod(cluster, shipped.find("Deployment", "ai-ops", "ai-ops"), folder / "ai-ops")
        self.data = self.control_plane_pod.volume / "data"
        seed = folder / "seed.toml"
        seed.write_text(uncommented(self.control_plane_pod.read("configmap", "site")["data"]["seed.toml"]))
        # Everything of a manifest that is not so on this machine.
        self.control_plane_instead = {
            "/var/lib/hks/data": self.data, "/etc/hks/pki": self.control_plane_pod.pki, "/etc/hks/site/seed.toml": seed,
            "0.0.0.0:8080": at["public"], "0.0.0.0:8443": at["internal"], "0.0.0.0:9090": at["control-plane-ops"],
            "https://ai-ops-svc.ai-ops.svc:8000": f"https://{at['chat']}"}
        self.ai_ops_instead = {
            "/var/lib/hks/data": self.ai_ops_pod.volume / "data", "/etc/hks/pki": self.ai_ops_pod.pki,
            "0.0.0.0:8000": at["chat"], "0.0.0.0:9090": at["ai-ops-ops"],
            "https://hks-control-plane-svc.hexabase.svc:8443": f"https://{at['internal']}",
            "ollama-replicas.ai-ops-llm.svc.cluster.local:11434": model or at["model"]}
        # What every pod is given: where the API server is, and (at a path that only a pod has) its account.
        host, _, port = cluster.server.removeprefix("https://").rpartition(":")
        self.given = {"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port,
                      "HKS_SERVICE_ACCOUNT": str(self.control_plane_pod.account)}
        self.processes: list = []

    def start(self, *token_flags) -> "Installation":
        self.control_plane_pod.mount_account(*token_flags)
        self.processes = [self.control_plane_pod.run("hks-control-plane", self.control_plane_instead, self.given),
                          self.ai_ops_pod.run("hks-ai-ops", self.ai_ops_instead, {})]
        eventually(self.is_ready, seconds=60)
        return self

    def is_ready(self) -> bool:
        for process in self.processes:
            if process.process.poll() is not None:
                raise services.NotStarted(f"{process.name} ended:\n{process.tail()}")
        try:
            return all(request(ops, "GET", "/health/ready")[0] == 200 for ops in self.ops)
        except OSError:
            return False

    def first_manager(self) -> people.Person:
        """As the guide has it, beside the running control plane; then a member of the workspace by her own doing."""
        told = subprocess.run([PROGRAMS / "hks-control-plane", "bootstrap-admin", "--data", self.data, "--organization", "acme",
                               "--user", "ann", "--public-url", self.public], capture_output=True, text=True, check=True)
        token = told.stdout.strip().partition("#")[2]
        assert request(self.public, "POST", "/api/v1/invitations", {"token": token, "password": PASSWORD})[0] == 201
        ann = people.Person(self.public, "ann", PASSWORD)
        status, reply = ann.ask("POST", "/api/v1/workspaces/shop/members", {"user": "ann", "role": "editor"})
        assert status == 201, reply
        return ann

    def account_token(self) -> str:
        return (self.control_plane_pod.account / "token").read_text().strip()

    def stop(self) -> list:
        """The exit codes."""
        codes = [process.stop() for process in reversed(self.processes)]
        for port in self.ports.values():
            port.close()
        return codes
