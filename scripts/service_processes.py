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


def listening_socket(port: int = 0) -> socket.socket:
    """A listening socket on loopback; another port when the wanted one is taken."""
    for candidate in dict.fromkeys([port, 0]):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", candidate))
        except OSError:
            listener.close()
            continue
        listener.listen(1024)
        listener.set_inheritable(True)
        return listener
    raise NotStarted("no port to listen on")


def address_of(listener: socket.socket) -> str:
    return "127.0.0.1:%d" % listener.getsockname()[1]


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


class System:
    """The demo cluster, the control plane and the advisor on one data folder."""

    def __init__(self, programs: pathlib.Path, data: pathlib.Path, log: pathlib.Path):
        self.programs, self.data, self.logs = programs, data, log
        data.mkdir(parents=True, exist_ok=True)
        data.chmod(0o700)
        log.mkdir(exist_ok=True)
        self.processes: dict[str, Process] = {}
        self.addresses: dict[str, str] = {}

    def start(self, name: str, command: list, pass_fds=(), environment=None) -> Process:
        self.processes[name] = Process(name, command, self.logs / f"{name}.log", pass_fds, environment)
        return self.processes[name]

    def ready_file(self, name: str) -> pathlib.Path:
        file = self.data / f"ready-{name}.json"
        file.unlink(missing_ok=True)
        return file

    def start_demo_cluster(self, *more) -> tuple[str, pathlib.Path]:
        """Its address and its kubeconfig."""
        ready = self.ready_file("demo-cluster")
        process = self.start("hks-demo-cluster", [
            self.programs / "hks-demo-cluster", "--data", self.data / "demo-cluster",
            "--seed", ROOT / "demo-cluster/seed/shop.yaml",
            "--kubeconfig-out", self.data / "kubeconfig", "--ready-file", ready, *more])
        return process.wait_for(ready)["address"], self.data / "kubeconfig"

    def start_services(self, seed: pathlib.Path, public_port: int = 0, control_plane_more=(), ai_ops_more=()) -> str:
        """Both daemons, neither before the other: every socket is bound first. The public address."""
        sockets = {name: listening_socket(public_port if name == "public" else 0)
                   for name in ("public", "internal", "control-plane-ops", "chat", "ai-ops-ops")}
        self.addresses = {name: address_of(listener) for name, listener in sockets.items()}
        fds = {name: listener.fileno() for name, listener in sockets.items()}
        ready = {name: self.ready_file(name) for name in ("control-plane", "ai-ops")}
        control_plane = self.start("hks-control-plane", [
            self.programs / "hks-control-plane", "--data", self.data, "--seed", seed, "--demo",
            "--public-listen", f"fd:{fds['public']}", "--internal-listen", f"fd:{fds['internal']}",
            "--ops-listen", f"fd:{fds['control-plane-ops']}", "--ai-ops-url", f"https://{self.addresses['chat']}",
            "--ready-file", ready["control-plane"], *control_plane_more],
            pass_fds=[fds["public"], fds["internal"], fds["control-plane-ops"]])
        ai_ops = self.start("hks-ai-ops", [
            self.programs / "hks-ai-ops", "--data", self.data, "--pki", self.data / "pki",
            "--listen", f"fd:{fds['chat']}", "--ops-listen", f"fd:{fds['ai-ops-ops']}",
            "--control-plane-url", f"https://{self.addresses['internal']}", "--ready-file", ready["ai-ops"], *ai_ops_more],
            pass_fds=[fds["chat"], fds["ai-ops-ops"]])
        for listener in sockets.values():
            listener.close()
        ai_ops.wait_for(ready["ai-ops"])
        return control_plane.wait_for(ready["control-plane"])["public"]

    def stop(self) -> None:
        for process in reversed(list(self.processes.values())):
            process.stop()
        self.processes.clear()
