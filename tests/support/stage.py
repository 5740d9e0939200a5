"""The stages that tests play on: the whole system, or the control plane alone with a played advisor."""
import json
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import service_processes as services  # noqa: E402

from support import advisor, gate, people  # noqa: E402

PROGRAMS = pathlib.Path(os.environ.get("HKS_PROGRAMS", ROOT / "build/dev/bin"))


def eventually(check, seconds: float = 20, every: float = 0.02):
    """The first true value of `check`; fails after `seconds`. Polls a condition, never merely waits."""
    until = time.monotonic() + seconds
    while True:
        value = check()
        if value:
            return value
        assert time.monotonic() < until, "did not come true in time"
        time.sleep(every)


class Stage:
    """A running control plane over a cluster, with users of the demo."""

    def __init__(self, folder: pathlib.Path, kubeconfig: pathlib.Path = None, demo_options=(), gated: bool = False):
        """`gated`: the control plane reaches the cluster through self.gate."""
        self.folder = folder
        self.data = folder / "data"
        self.system = services.System(PROGRAMS, self.data, folder / "log")
        self.kubeconfig = kubeconfig
        if kubeconfig is None:
            self.cluster, self.kubeconfig = self.system.start_demo_cluster(*demo_options)
        self.seed = folder / "seed.toml"
        self.gate = gate.Gate(gate.server_of(self.kubeconfig)) if gated else None
        opened = self.gate.kubeconfig_before(self.kubeconfig) if gated else self.kubeconfig
        self.seed.write_text((ROOT / "scripts/demo-seed.toml").read_text().replace("@kubeconfig@", str(opened)))
        self.people: dict = {}
        self.advisor = None

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def start_whole(self) -> "Stage":
        self.public = self.system.start_services(self.seed)
        return self

    def start_with_played_advisor(self) -> "Stage":
        self.system.listen("chat")
        self.begin_control_plane()
        eventually(lambda: (self.data / "pki/ai-ops.key").exists() and (self.data / "pki/ai-ops.crt").exists())
        self.advisor = advisor.PlayedAdvisor(self.system.listeners.pop("chat"))
        self.advisor.start(self.data / "pki", self.internal)
        self.public = self.system.wait_for("hks-control-plane")["public"]
        return self

    def begin_control_plane(self, **environment) -> services.Process:
        """Started (again); not waited for. A test is the ingress when it says X-Forwarded-For."""
        return self.system.start_control_plane(self.seed, "--trusted-proxies", "127.0.0.1", environment=environment)

    def process(self, program: str) -> subprocess.Popen:
        return self.system.processes[program].process

    def kill(self, program: str) -> None:
        self.system.processes[program].stop(signal.SIGKILL)

    def start_again(self, program: str, **environment) -> None:
        """Where it was before it died."""
        if program == "hks-control-plane":
            self.begin_control_plane(**environment)
        elif program == "hks-ai-ops":
            self.system.start_ai_ops(environment=environment)
        else:
            self.system.start_demo_cluster()
        self.system.wait_for(program)

    def restart(self, program: str, **environment) -> None:
        """What it had under way is cut."""
        self.kill(program)
        self.start_again(program, **environment)

    def pause(self, program: str) -> None:
        self.process(program).send_signal(signal.SIGSTOP)
        self.wait_until_paused(program)

    def wait_until_paused(self, program: str) -> None:
        stat = pathlib.Path("/proc") / str(self.process(program).pid) / "stat"
        eventually(lambda: stat.read_text().rsplit(")", 1)[1].split()[0] == "T")

    def wake(self, program: str) -> None:
        self.process(program).send_signal(signal.SIGCONT)

    def revive(self) -> None:
        """Starts what a failed test has left dead, and wakes what it has left paused."""
        for program in list(self.system.processes):
            if self.process(program).poll() is None:
                self.wake(program)
            else:
                self.start_again(program)
        if self.gate:
            self.gate.open()

    def reset_web(self) -> None:
        """`web` has 3 replicas, as a test expects to find it."""
        if self.replicas("web") != 3:
            self.set_replicas("web", 3)

    @property
    def internal(self) -> str:
        return "https://" + self.system.addresses["internal"]

    def person(self, name: str) -> people.Person:
        if name not in self.people:
            passwords = dict(line.split() for line in (self.data / "demo-users.txt").read_text().splitlines())
            self.people[name] = people.Person(self.public, name, passwords[name])
        return self.people[name]

    def play(self, script, message: str, user: str = "erin", **more) -> list:
        """What the user sees when the advisor plays `script`."""
        self.advisor.play = script
        events = self.person(user).say(message, **more)
        self.advisor.finish()
        return events

    def kubernetes(self, method: str, path: str, body=None, kind: str = "application/merge-patch+json"):
        """A request to the cluster itself, as its administrator."""
        import ssl
        import base64
        text = self.kubeconfig.read_text()
        server = re.search(r"server: *\"?([^\s\"]+)", text).group(1)
        field = lambda name: re.search(name + r": *\"?([^\s\"]+)", text)  # noqa: E731
        pem = base64.b64decode(field("certificate-authority-data").group(1)).decode()
        token = field("token")
        context = ssl.create_default_context(cadata=pem)
        headers = {"Content-Type": kind, "Authorization": f"Bearer {token.group(1)}"}
        status, _, reply = people.request(server, method, path, body, headers=headers, context=context)
        assert status < 300, (status, reply)
        return reply

    def deployment(self, name: str = "web") -> dict:
        return self.kubernetes("GET", f"/apis/apps/v1/namespaces/shop/deployments/{name}")

    def replicas(self, name: str = "web") -> int:
        return self.deployment(name)["spec"]["replicas"]

    def set_replicas(self, name: str, replicas: int) -> None:
        self.kubernetes("PATCH", f"/apis/apps/v1/namespaces/shop/deployments/{name}/scale", {"spec": {"replicas": replicas}})

    def metric(self, name: str, of: str = "control-plane-ops") -> float:
        """The sum over the metric's labels."""
        _, _, text = people.request("http://" + self.system.addresses[of], "GET", "/metrics")
        values = re.findall(rf"^{name}(?:{{[^}}]*}})? ([0-9.e+]+)$", text, re.M)
        return sum(float(value) for value in values)

    def database(self, sql: str, *parameters) -> list:
        """Straight into the control plane's database: for states that no route of this version leads to."""
        connection = sqlite3.connect(self.data / "control-plane.db", timeout=20)
        try:
            with connection:
                return connection.execute(sql, parameters).fetchall()
        finally:
            connection.close()

    def stop(self) -> None:
        if self.advisor:
            self.advisor.stop()
        self.system.stop()
        if self.gate:
            self.gate.close()


def routes(program: str) -> list:
    return json.loads(subprocess.run([PROGRAMS / program, "routes"], capture_output=True, text=True, check=True).stdout)
