"""What a large cluster costs: the real control plane on a demo cluster of thousands of pods, measured from outside.

usage: python3 tests/bench/cluster.py [--quick | --full]

10,000 pods on 1,000 nodes; --quick 2,000 pods, --full both and 20,000, to see how it grows. Needs build/release
(scripts/build release); HKS_PROGRAMS names another folder. Prints a table with what we want beside what was measured;
asserts nothing. Absolute times wander on a shared machine.
"""
import argparse
import base64
import contextlib
import http.client
import json
import os
import pathlib
import re
import resource
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("HKS_PROGRAMS", str(ROOT / "build/release/bin"))
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests/bench")]
import big_cluster  # noqa: E402
import chatters  # noqa: E402
import processes  # noqa: E402
import service_processes as services  # noqa: E402
from report import Row, mib, show  # noqa: E402

PROGRAMS = pathlib.Path(os.environ["HKS_PROGRAMS"])
TURNS = 100          # each lends its token to the reader
USERS = TURNS + 10
SETTLE_S = 3
LONGEST_S = 600
QUICK, USUAL, LARGE = 2_000, 10_000, 20_000


def ms(value: float) -> str:
    return f"{value:.0f} ms" if value >= 10 else f"{value:.2f} ms"


class BigSystem(services.System):
    def __init__(self, folder: pathlib.Path, pods: int):
        super().__init__(PROGRAMS, folder / "data", folder / "log")
        self.folder, self.spaces = folder, ["shop", *big_cluster.namespaces(pods)]

    def start_cluster(self) -> float:
        """Its clock stands: what it does is answer. Seconds until it served."""
        began = time.monotonic()
        self.cluster, self.kubeconfig = self.start_demo_cluster("--manual-clock")
        return time.monotonic() - began

    def seed(self) -> pathlib.Path:
        file = chatters.seed(self.folder, self.kubeconfig)
        file.write_text(file.read_text().replace('projects = ["shop"]', f"projects = {json.dumps(self.spaces)}"))
        return file

    def start_warm(self) -> float:
        """The control plane, which is ready when its cache is, before the reader. Seconds from its beginning."""
        self.listen("chat", "internal")
        began = time.time()
        control_plane = self.start_control_plane(self.seed())
        pki = self.data / "pki"
        processes.until(lambda: (pki / "ai-ops.crt").exists() and (pki / "ai-ops.key").exists())
        self.reader = self.start("bench-cluster-reader", [
            PROGRAMS / "bench-cluster-reader", "--pki", pki, "--workspace", "shop", "--turns", TURNS,
            "--control-plane", f"https://{self.address('internal')}", *self.credentials()], {"chat": "--listen"})
        ready = self.data / "ready-control-plane.json"
        self.public = control_plane.wait_for(ready, LONGEST_S)["public"]
        return ready.stat().st_mtime - began

    def stop_one(self, name: str) -> None:
        self.processes.pop(name).stop()

    def rss(self, name: str) -> int:
        return processes.memory(self.processes[name].process.pid)["Rss"]

    def credentials(self) -> list:
        """The reader's arguments for the cluster itself."""
        text = self.kubeconfig.read_text()
        authority, token = self.folder / "cluster-ca.pem", self.folder / "cluster-token"
        authority.write_bytes(base64.b64decode(re.search(r"certificate-authority-data:\s*\"?([^\s\"]+)", text)[1]))
        token.write_text(re.search(r"\btoken:\s*\"?([^\s\"]+)", text)[1])
        return ["--cluster", self.cluster, "--cluster-ca", authority, "--cluster-token", token]


def idle_before(folder: pathlib.Path, pods: int, crowd: chatters.Crowd) -> int:
    """The same namespaces with nothing in them: what the watches alone take. Leaves the users in the database."""
    system = BigSystem(folder, pods)
    try:
        system.start_cluster()
        system.start_warm()
        time.sleep(SETTLE_S)
        memory = system.rss("hks-control-plane")
    finally:
        system.stop()
    crowd.move_in(folder / "data/control-plane.db")
    for file in (folder / "data/demo-cluster").iterdir():
        if file.name == big_cluster.STATE:
            file.unlink()
    return memory


def read_all(system: BigSystem, crowd: chatters.Crowd) -> dict:
    with crowd.hold(system.public, TURNS):
        system.reader.process.wait(LONGEST_S)
    last = system.reader.tail().splitlines()[-1]
    system.stop_one("bench-cluster-reader")
    if not last.startswith("{"):
        raise RuntimeError(last)
    return json.loads(last)


def ask(system: BigSystem, token: str) -> dict:
    """Milliseconds from the question to the first event of each name."""
    public = urllib.parse.urlsplit(system.public)
    with contextlib.closing(http.client.HTTPConnection(public.netloc, timeout=LONGEST_S)) as connection:
        began = time.monotonic()
        connection.request("POST", chatters.PATH, json.dumps({"message": "what is wrong?"}),
                           {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        seen = {}
        for line in connection.getresponse():
            if line.startswith(b"event: "):
                seen.setdefault(line[7:].decode().strip(), (time.monotonic() - began) * 1000)
        return seen


def first(seen: dict, event: str) -> str:
    return ms(seen[event]) if event in seen else "NONE"


def questions(system: BigSystem, crowd: chatters.Crowd) -> list:
    """The first has to fetch everything, the second finds its copy good."""
    system.start_ai_ops()
    system.wait_for("hks-ai-ops")
    idle = system.rss("hks-ai-ops")
    token = crowd.tokens[-1]
    asked = [ask(system, token) for _ in range(2)]
    memory = system.rss("hks-ai-ops")
    rows = [Row(f"“what is wrong?”, {which}: first finding / end", f"{first(seen, 'finding')} / {first(seen, 'done')}", "1 s")
            for which, seen in zip(("all to be fetched", "copy still good"), asked)]
    return [*rows, Row("advisor: memory at idle / with the snapshot", f"{mib(idle)} / {mib(memory)}")]


def table(pods: int, raw: int, cluster_s: float, before: int, warm_s: float, after: int, served: int, read: dict) -> list:
    wire = read["bytes"]
    took = {name: read[f"{name}_ms"] for name in ("transfer", "parse", "diagnose", "together")}
    return [
        Row(f"demo cluster: {raw / 2**20:.0f} MiB of JSON opened in", f"{cluster_s:.1f} s"),
        Row("from start until the cache is warm", f"{warm_s:.2f} s"),
        Row("memory: watches only / warm / after the snapshots", f"{mib(before)} / {mib(after)} / {mib(served)}"),
        Row(f"the same by the JSON that is held ({mib(wire)})", f"objects alone {(after - before) / wire:.1f}x, all"
            f" {after / wire:.1f}x, after the snapshots {served / wire:.1f}x", "3x"),
        Row("snapshot: cut + transfer", f"{ms(took['transfer']['p50'])} (best {ms(took['transfer']['min'])}),"
            f" {read['objects']} objects, {mib(wire)}"),
        Row("parse / diagnose", f"{ms(took['parse']['p50'])} / {ms(took['diagnose']['p50'])} ({read['findings']} findings)"),
        Row("together", f"{ms(took['together']['p50'])} (best {ms(took['together']['min'])})", "1 s"),
        Row("revalidated (304)", f"p50 {ms(read['revalidate_ms']['p50'])}"),
        Row(f"a pod's change ({read['changes']}): answered by the cluster", "p50 {} p99 {}".format(*map(ms, both(read["change_answered_ms"])))),
        Row("a pod's change: answered -> seen in a read", "p50 {} p99 {}".format(*map(ms, both(read["change_seen_ms"])))),
    ]


def both(spread: dict) -> tuple:
    return spread["p50"], spread["p99"]


def one_size(folder: pathlib.Path, first: pathlib.Path, pods: int) -> list:
    crowd = chatters.Crowd(folder, PROGRAMS, USERS)
    before = idle_before(folder, pods, crowd)
    raw = big_cluster.write_state(first, folder / "data/demo-cluster", pods)
    system = BigSystem(folder, pods)
    try:
        cluster_s = system.start_cluster()
        warm_s = system.start_warm()
        time.sleep(SETTLE_S)
        after = system.rss("hks-control-plane")
        read = read_all(system, crowd)
        served = system.rss("hks-control-plane")
        rows = table(pods, raw, cluster_s, before, warm_s, after, served, read)
        return rows + questions(system, crowd)
    finally:
        system.stop()


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    size = arguments.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help=f"{QUICK} pods: to see that it runs")
    size.add_argument("--full", action="store_true", help=f"{QUICK}, {USUAL} and {LARGE} pods")
    chosen = arguments.parse_args()
    needed = ["hks-control-plane", "hks-ai-ops", "hks-demo-cluster", "bench-load-client", "bench-cluster-reader"]
    missing = [name for name in needed if not (PROGRAMS / name).exists()]
    if missing:
        print(f"{PROGRAMS} has no {', '.join(missing)}: run scripts/build release", file=sys.stderr)
        return 2
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; {PROGRAMS}")
    with tempfile.TemporaryDirectory(prefix="hks-bench-") as name:
        folder = pathlib.Path(name)
        first = big_cluster.write_first(PROGRAMS, folder)
        for pods in ((QUICK,) if chosen.quick else (QUICK, USUAL, LARGE) if chosen.full else (USUAL,)):
            own = folder / str(pods)
            own.mkdir()
            print(f" … {pods} pods", file=sys.stderr, flush=True)
            show(f"{pods} pods, {pods // 10} nodes, {pods // big_cluster.PODS + 1} namespaces", one_size(own, first, pods))
    return 0


if __name__ == "__main__":
    sys.exit(main())
