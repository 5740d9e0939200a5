"""The system's processes: started with inherited sockets, waited for by their ready files, stopped in reverse.

Used by ./run, by the system tests and by the benchmarks.
"""
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
READY_TIME_S = 60
STOP_TIME_S = 20


class NotStarted(Exception):
    """A process ended, or was not ready in time; the message ends with the last lines of its log."""


def bound_socket(port: int = 0) -> socket.socket:
    """On loopback; on another port when the wanted one is taken."""
    for candidate in dict.fromkeys([port, 0]):
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(("127.0.0.1", candidate))
            return bound
        except OSError:
            bound.close()
    raise NotStarted("no port to listen on")


def listening_socket(port: int = 0) -> socket.socket:
    listener = bound_socket(port)
    listener.listen(1024)
    listener.set_inheritable(True)
    return listener


def address_of(bound: socket.socket) -> str:
    return "127.0.0.1:%d" % bound.getsockname()[1]


class Port:
    """A port that stays ours: refused while nobody listens on it, and the same for a process that is started again."""

    def __init__(self, wanted: int = 0):
        self.holder = bound_socket(wanted)  # it never listens, so that others of ours can
        self.address = address_of(self.holder)

    def listen(self) -> socket.socket:
        listener = listening_socket(self.holder.getsockname()[1])
        if address_of(listener) != self.address:
            listener.close()
            raise NotStarted(f"somebody listens on {self.address} already")
        return listener

    def close(self) -> None:
        self.holder.close()


class Process:
    """One program with its log file. Its own session, so that a terminal's Ctrl-C does not reach it."""

    def __init__(self, name: str, command: list, log: pathlib.Path, pass_fds=(), environment=None):
        self.name = name
        self.log = log
        self.file = open(log, "ab")
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=self.file, stderr=self.file,
            pass_fds=pass_fds, start_new_session=True, env={**os.environ, **(environment or {})})

    def wait_for(self, ready_file: pathlib.Path, seconds: float = READY_TIME_S) -> dict:
        until = time.monotonic() + seconds
        while not ready_file.exists():
            if self.process.poll() is not None:
                raise NotStarted(f"{self.name} ended with {self.process.returncode}:\n{self.tail()}")
            if time.monotonic() > until:
                raise NotStarted(f"{self.name} was not ready in {seconds} s:\n{self.tail()}")
            time.sleep(0.01)
        return json.loads(ready_file.read_text())

    def tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])

    def stop(self, with_signal: int = signal.SIGTERM) -> int:
        """Ends it, by force after STOP_TIME_S; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
            try:
                self.process.wait(STOP_TIME_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.file.close()
        return self.process.returncode


CONTROL_PLANE_SOCKETS = {"public": "--public-listen", "internal": "--internal-listen", "control-plane-ops": "--ops-listen"}
AI_OPS_SOCKETS = {"chat": "--listen", "ai-ops-ops": "--ops-listen"}
DEMO_CLUSTER_SOCKETS = {"cluster": "--listen", "cluster-certificate": "--certificate-listen"}


class System:
    """The demo cluster, the control plane and the advisor on one data folder. Started again, each is where it was."""

    def __init__(self, programs: pathlib.Path, data: pathlib.Path, log: pathlib.Path):
        self.programs, self.data, self.logs = programs, data, log
        data.mkdir(parents=True, exist_ok=True)
        data.chmod(0o700)
        log.mkdir(exist_ok=True)
        self.processes: dict[str, Process] = {}
        self.ports: dict[str, Port] = {}
        self.listeners: dict[str, socket.socket] = {}  # of processes that are not started yet
        self.model_flags: list = []  # of hks-ai-ops: which model answers; none without any

    @property
    def addresses(self) -> dict:
        return {name: port.address for name, port in self.ports.items()}

    def address(self, name: str, port: int = 0) -> str:
        if name not in self.ports:
            self.ports[name] = Port(port)
        return self.ports[name].address

    def listen(self, *names: str) -> None:
        """Before any process starts, so that none needs another to be there."""
        for name in names:
            self.address(name)
            if name not in self.listeners:
                self.listeners[name] = self.ports[name].listen()

    def start(self, name: str, command: list, sockets: dict = {}, environment=None) -> Process:
        """`sockets`: the names of those that the process inherits, and the flags that say so."""
        self.listen(*sockets)
        inherited = {flag: self.listeners.pop(socket_name) for socket_name, flag in sockets.items()}
        flags = sum(([flag, f"fd:{one.fileno()}"] for flag, one in inherited.items()), [])
        try:
            self.processes[name] = Process(name, [*command, *flags], self.logs / f"{name}.log",
                                           [one.fileno() for one in inherited.values()], environment)
        finally:
            for one in inherited.values():
                one.close()
        return self.processes[name]

    def ready_file(self, name: str) -> pathlib.Path:
        file = self.data / f"ready-{name}.json"
        file.unlink(missing_ok=True)
        return file

    def wait_for(self, name: str) -> dict:
        return self.processes[name].wait_for(self.data / f"ready-{name.removeprefix('hks-')}.json")

    def start_demo_cluster(self, *more) -> tuple[str, pathlib.Path]:
        """Its address and its kubeconfig."""
        ready = self.ready_file("demo-cluster")
        process = self.start("hks-demo-cluster", [
            self.programs / "hks-demo-cluster", "--data", self.data / "demo-cluster",
            "--seed", ROOT / "demo-cluster/seed/shop.yaml",
            "--kubeconfig-out", self.data / "kubeconfig", "--ready-file", ready, *more], DEMO_CLUSTER_SOCKETS)
        return process.wait_for(ready)["address"], self.data / "kubeconfig"

    def start_control_plane(self, seed: pathlib.Path, *more, environment=None) -> Process:
        return self.start("hks-control-plane", [
            self.programs / "hks-control-plane", "--data", self.data, "--seed", seed, "--demo",
            "--ai-ops-url", f"https://{self.address('chat')}", "--ready-file", self.ready_file("control-plane"), *more],
            CONTROL_PLANE_SOCKETS, environment)

    def start_ai_ops(self, *more, environment=None, sockets: dict = AI_OPS_SOCKETS) -> Process:
        return self.start("hks-ai-ops", [
            self.programs / "hks-ai-ops", "--data", self.data, "--pki", self.data / "pki",
            "--control-plane-url", f"https://{self.address('internal')}", "--ready-file", self.ready_file("ai-ops"),
            *self.model_flags, *more], sockets, environment)

    def start_services(self, seed: pathlib.Path, public_port: int = 0) -> str:
        """Both daemons, neither before the other. The public address."""
        self.address("public", public_port)
        self.listen(*CONTROL_PLANE_SOCKETS, *AI_OPS_SOCKETS)
        self.start_control_plane(seed)
        self.start_ai_ops()
        self.wait_for("hks-ai-ops")
        return self.wait_for("hks-control-plane")["public"]

    def stop(self) -> None:
        for process in reversed(list(self.processes.values())):
            process.stop()
        self.processes.clear()
        for one in (*self.ports.values(), *self.listeners.values()):
            one.close()
        self.ports.clear()
        self.listeners.clear()
