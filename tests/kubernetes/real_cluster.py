"""A real Kubernetes without containers: etcd, API server, controller manager, scheduler and kwok on loopback.

kwok plays the nodes: pods become ready at once, or fail as their annotation demo/fail says (stages.yaml). What is
not there: exec, metrics.k8s.io, real networking and probes. Every port is free at the start, so that several run on
one machine. By hand: python3 tests/kubernetes/real_cluster.py [MANIFEST...] runs one until Ctrl-C.
"""
import base64
import datetime
import json
import pathlib
import secrets
import signal
import subprocess
import sys
import time

import yaml

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "scripts"))
from authority import Authority  # noqa: E402
from service_processes import NotStarted, Process, address_of, listening_socket  # noqa: E402

NODES = ("node-1", "node-2", "node-3")
CONTROL_PLANE = "system:serviceaccount:hexabase:hks-control-plane"  # as deploy/rights.yaml names it
NODE_SIZE = {"cpu": "8", "memory": "32Gi", "pods": "110"}
START_TIME_S = 180  # of one step, on a machine that is busy compiling
START_TRIES = 3     # a free port may be taken by another between our look and the program's bind
DEFAULT_STAGES = ("node/fast/node-initialize", "node/heartbeat-with-lease/node-heartbeat-with-lease",
                  "pod/fast/pod-ready", "pod/fast/pod-complete", "pod/fast/pod-delete")


def built() -> pathlib.Path:
    """The folder of the programs; empty of them until tests/kubernetes/build has run."""
    return pathlib.Path(subprocess.run([HERE / "build", "--where"], capture_output=True, text=True, check=True).stdout.strip())


def free_ports(*names: str) -> dict:
    """All held at once, so that they differ."""
    sockets = {name: listening_socket() for name in names}
    ports = {name: int(address_of(one).rsplit(":", 1)[1]) for name, one in sockets.items()}
    for one in sockets.values():
        one.close()
    return ports


class RealCluster:
    """Owns its folder and the processes that it started; stop() ends those and no others."""

    def __init__(self, folder: pathlib.Path):
        self.folder, self.log = folder, folder / "log"
        self.programs = built()
        self.processes: list[Process] = []
        self.authority: Authority = None
        self.tokens = {user: secrets.token_urlsafe(24) for user in ("admin", CONTROL_PLANE)}
        self.kubeconfig = folder / "kubeconfig"  # the administrator's, with a token
        # A user without any right but those that somebody binds to it: with a token, and with a client certificate.
        self.control_plane_kubeconfig = folder / "control-plane.kubeconfig"
        self.certificate_kubeconfig = folder / "control-plane.certificate.kubeconfig"
        self.audit_log = folder / "audit.log"  # what that user has asked for, a JSON text a line
        self.printed: dict = {}

    def start(self) -> "RealCluster":
        self.log.mkdir(parents=True)
        self._make_authority()
        self._write_audit_policy()
        try:
            self._start_servers()
            self._start_followers()
            self._make_nodes()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.stop()
        self.processes.clear()

    def kill_api_server(self) -> None:
        self._api_server().stop(signal.SIGKILL)

    def start_api_server(self) -> None:
        """Where it was, with what etcd has kept."""
        place = self.processes.index(self._api_server())
        self._start("kube-apiserver", *self._api_flags())
        self.processes[place] = self.processes.pop()
        self._until(self._is_ready, "the API server answers /readyz again")

    def _api_server(self) -> Process:
        return next(process for process in self.processes if process.name == "kube-apiserver")

    def kubectl(self, *arguments, text: str = None) -> str:
        done = subprocess.run([self.programs / "bin/kubectl", f"--kubeconfig={self.kubeconfig}", *arguments],
                              input=text, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"kubectl {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def apply(self, objects: list) -> None:
        self.kubectl("apply", "--server-side", "-f", "-", text=yaml.safe_dump_all(objects))

    def delete(self, objects: list) -> None:
        self.kubectl("delete", "--ignore-not-found", "-f", "-", text=yaml.safe_dump_all(objects))

    def print_log(self, container: str, text: str) -> None:
        """What every container of this name has printed, for `kubectl logs`."""
        now = datetime.datetime.now(datetime.timezone.utc).isoformat().replace("+00:00", "Z")
        file = self.folder / f"{container}.log"
        file.write_text("".join(f"{now} stdout F {line}\n" for line in text.splitlines()))
        self.printed[container] = {"containers": [container], "logsFile": str(file), "previousLogsFile": str(file)}
        self.apply([{"apiVersion": "kwok.x-k8s.io/v1alpha1", "kind": "ClusterLogs", "metadata": {"name": "printed"},
                     "spec": {"logs": list(self.printed.values())}}])

    def _make_authority(self) -> None:
        self.authority = Authority(self.folder / "pki")
        for name in ("kube-apiserver", "kwok-server"):
            self.authority.server(name)
        for name, user, group in (
                ("control-plane", CONTROL_PLANE, ""), ("kwok", "kwok", "system:masters"),
                ("kubelet-client", "kube-apiserver", "system:masters"),
                ("controller-manager", "system:kube-controller-manager", ""), ("scheduler", "system:kube-scheduler", "")):
            self.authority.client(name, user, group)
        tokens = self.folder / "tokens.csv"
        tokens.touch(0o600)
        groups = {"admin": "system:masters"}
        tokens.write_text("".join(f'{token},{user},{user},"{groups.get(user, "tests")}"\n' for user, token in self.tokens.items()))

    def _write_audit_policy(self) -> None:
        rules = [{"level": "Metadata", "users": [CONTROL_PLANE], "omitStages": ["RequestReceived", "ResponseStarted"]}, {"level": "None"}]
        (self.folder / "audit.yaml").write_text(yaml.safe_dump({"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": rules}))

    def _start_servers(self) -> None:
        for attempt in range(1, START_TRIES + 1):
            self.ports = free_ports("etcd", "etcd-peer", "api", "kwok")
            self.server = f"https://127.0.0.1:{self.ports['api']}"
            self._write_kubeconfigs()
            self._start("etcd", *self._etcd_flags(self.folder / f"etcd-{attempt}"))
            self._start("kube-apiserver", *self._api_flags())
            try:
                return self._until(self._is_ready, "the API server answers /readyz")
            except NotStarted as problem:
                if attempt == START_TRIES or "address already in use" not in str(problem):
                    raise
                self.stop()

    def _etcd_flags(self, data: pathlib.Path) -> list:
        client, peer = (f"http://127.0.0.1:{self.ports[name]}" for name in ("etcd", "etcd-peer"))
        return [f"--data-dir={data}", "--name=default", "--unsafe-no-fsync", "--log-level=warn",
                f"--listen-client-urls={client}", f"--advertise-client-urls={client}", f"--listen-peer-urls={peer}",
                f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=default={peer}"]

    def _api_flags(self) -> list:
        pki = self.authority
        return [f"--etcd-servers=http://127.0.0.1:{self.ports['etcd']}", "--bind-address=127.0.0.1",
                "--advertise-address=127.0.0.1", f"--secure-port={self.ports['api']}", "--endpoint-reconciler-type=none",
                f"--tls-cert-file={pki.certificate('kube-apiserver')}", f"--tls-private-key-file={pki.key('kube-apiserver')}",
                f"--client-ca-file={pki.certificate('ca')}", f"--token-auth-file={self.folder / 'tokens.csv'}",
                "--authorization-mode=Node,RBAC", "--service-cluster-ip-range=10.96.0.0/16",
                "--service-account-issuer=https://kubernetes.default.svc",
                f"--service-account-key-file={pki.folder / 'sa.pub'}",
                f"--service-account-signing-key-file={pki.key('sa')}",
                f"--kubelet-client-certificate={pki.certificate('kubelet-client')}",
                f"--kubelet-client-key={pki.key('kubelet-client')}", "--kubelet-preferred-address-types=InternalIP",
                f"--audit-policy-file={self.folder / 'audit.yaml'}", f"--audit-log-path={self.audit_log}",
                "--event-ttl=1h", "--allow-privileged=true"]  # what is refused, a policy refuses

    def _start_followers(self) -> None:
        """What only talks to the API server; the first two serve nothing themselves."""
        pki = self.authority
        for name, more in (
                ("controller-manager", ["--use-service-account-credentials=true", "--allocate-node-cidrs=false",
                                        f"--service-account-private-key-file={pki.key('sa')}",
                                        f"--root-ca-file={pki.certificate('ca')}", "--node-monitor-grace-period=10m"]),
                ("scheduler", [])):
            self._start(f"kube-{name}", f"--kubeconfig={self.folder / name}.kubeconfig", "--leader-elect=false",
                        "--secure-port=0", *more)
        crds = [self.programs / f"src/crd/bases/kwok.x-k8s.io_{name}.yaml" for name in ("logs", "clusterlogs")]
        self.kubectl("apply", "--server-side", *sum((["-f", str(file)] for file in crds), []))
        self.kubectl("wait", "--for=condition=Established", "crd/logs.kwok.x-k8s.io", "crd/clusterlogs.kwok.x-k8s.io",
                     f"--timeout={START_TIME_S}s")
        (self.folder / "kwok.yaml").write_text(yaml.safe_dump_all(self._kwok_configuration()))
        self._start("kwok", f"--config={self.folder / 'kwok.yaml'}", f"--kubeconfig={self.folder / 'kwok.kubeconfig'}")

    def _kwok_configuration(self) -> list:
        pki = self.authority
        options = {"cidr": "10.64.0.0/16", "nodeIP": "127.0.0.1", "nodePort": self.ports["kwok"],
                   "serverAddress": f"127.0.0.1:{self.ports['kwok']}", "enableDebuggingHandlers": True,
                   "tlsCertFile": str(pki.certificate("kwok-server")), "tlsPrivateKeyFile": str(pki.key("kwok-server")),
                   "manageAllNodes": True, "enableCRDs": ["Logs", "ClusterLogs"], "enablePodsOnNodeSyncStreamWatch": True,
                   "nodeLeaseDurationSeconds": 120, "nodeLeaseParallelism": 4, "nodePlayStageParallelism": 4,
                   "podPlayStageParallelism": 8}
        stages = [yaml.safe_load((self.programs / f"src/stage/{name}.yaml").read_text()) for name in DEFAULT_STAGES]
        for stage in stages:
            if stage["metadata"]["name"] in ("pod-ready", "pod-complete"):  # a pod that is to fail does neither
                stage["spec"]["selector"]["matchExpressions"].append(
                    {"key": '.metadata.annotations["demo/fail"]', "operator": "DoesNotExist"})
        faults = list(yaml.safe_load_all((HERE / "stages.yaml").read_text()))
        return [{"apiVersion": "config.kwok.x-k8s.io/v1alpha1", "kind": "KwokConfiguration", "options": options},
                *stages, *faults]

    def _make_nodes(self) -> None:
        self.kubectl("create", "-f", "-", text=yaml.safe_dump_all(
            {"apiVersion": "v1", "kind": "Node",
             "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux"}},
             "status": {"capacity": NODE_SIZE, "allocatable": NODE_SIZE}} for name in NODES))
        ready = '{.items[*].status.conditions[?(@.type=="Ready")].status}'
        self._until(lambda: self.kubectl("get", "nodes", f"--output=jsonpath={ready}").split() == ["True"] * len(NODES),
                    "the nodes are ready")
        # Pods are admitted only once the controller manager has made this.
        self._until(lambda: "default" in self.kubectl("get", "serviceaccounts", "--namespace=default", "--output=name"),
                    "the default service account is there")

    def _write_kubeconfigs(self) -> None:
        inline = lambda file: base64.b64encode(file.read_bytes()).decode()  # noqa: E731
        by_certificate = lambda name: {  # noqa: E731
            "client-certificate-data": inline(self.authority.certificate(name)),
            "client-key-data": inline(self.authority.key(name))}
        users = {self.kubeconfig: {"token": self.tokens["admin"]},
                 self.control_plane_kubeconfig: {"token": self.tokens[CONTROL_PLANE]},
                 self.certificate_kubeconfig: by_certificate("control-plane")}
        users |= {self.folder / f"{name}.kubeconfig": by_certificate(name)
                  for name in ("kwok", "controller-manager", "scheduler")}
        cluster = {"server": self.server, "certificate-authority-data": inline(self.authority.certificate("ca"))}
        for file, user in users.items():
            file.touch(0o600)
            file.write_text(yaml.safe_dump(
                {"apiVersion": "v1", "kind": "Config", "current-context": "test",
                 "clusters": [{"name": "test", "cluster": cluster}], "users": [{"name": "test", "user": user}],
                 "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}]}, width=1 << 20))

    def _start(self, program: str, *flags: str) -> None:
        # An HTTP proxy of the machine is not for loopback.
        environment = {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}
        self.processes.append(Process(program, [self.programs / "bin" / program, *flags], self.log / f"{program}.log",
                                      environment=environment))

    def _is_ready(self) -> bool:
        try:
            return self.kubectl("get", "--raw=/readyz", "--request-timeout=5s") == "ok"
        except RuntimeError:
            return False

    def _until(self, check, claim: str) -> None:
        until = time.monotonic() + START_TIME_S
        while not check():
            for process in self.processes:
                if process.process.poll() is not None:
                    raise NotStarted(f"{process.name} ended with {process.process.returncode}:\n{process.tail()}")
            if time.monotonic() > until:
                raise NotStarted(f"not so in {START_TIME_S} s: {claim}\n{self.processes[-1].tail()}")
            time.sleep(0.2)


def main() -> None:
    import tempfile
    with tempfile.TemporaryDirectory(prefix="hks-kubernetes-") as folder:
        cluster = RealCluster(pathlib.Path(folder))
        began = time.monotonic()
        cluster.start()
        try:
            for manifest in sys.argv[1:]:
                print(cluster.kubectl("apply", "-f", manifest), end="")
            print(json.dumps({"kubeconfig": str(cluster.kubeconfig), "seconds": round(time.monotonic() - began, 1)}), flush=True)
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            pass
        finally:
            cluster.stop()


if __name__ == "__main__":
    main()
