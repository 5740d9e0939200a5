"""What our two services cost, measured from outside: start, idle memory, CPU and latency of a chat, open streams.

usage: python3 tests/bench/bench.py [--quick]

Needs build/release (scripts/build release); HKS_PROGRAMS names another folder. Prints a table with what we want beside
what was measured; asserts nothing. Absolute times wander on a shared machine: the CPU columns are what to compare.
"""
import argparse
import dataclasses
import os
import pathlib
import resource
import statistics
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("HKS_PROGRAMS", str(ROOT / "build/release/bin"))
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests/bench")]
import chatters  # noqa: E402
import processes  # noqa: E402
import service_processes as services  # noqa: E402
from report import Row, mib, show  # noqa: E402

PROGRAMS = pathlib.Path(os.environ["HKS_PROGRAMS"])
DAEMONS = ("hks-control-plane", "hks-ai-ops")
STARTS = 5
SETTLE_S = 3           # until a daemon that has started does nothing any more
QUIET_S = 2
CLIENTS = (1, 8, 32)


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


class TimedSystem(services.System):
    """Remembers when each process was begun."""

    def __init__(self, folder: pathlib.Path):
        super().__init__(PROGRAMS, folder / "data", folder / "log")
        self.began = {}

    def start(self, name, *arguments, **more):
        self.began[name] = time.time()
        return super().start(name, *arguments, **more)

    def took(self, name: str) -> float:
        """From its beginning to the moment at which it wrote its ready file."""
        return (self.data / f"ready-{name.removeprefix('hks-')}.json").stat().st_mtime - self.began[name]


def start_whole(folder: pathlib.Path, with_model: bool = False) -> TimedSystem:
    """Everything, real; the model, where there is one, costs nothing."""
    system = TimedSystem(folder)
    try:
        if with_model:
            system.start("bench-mock-model", [PROGRAMS / "bench-mock-model"], {"model": "--listen"})
            system.model_flags = ["--model", "mock", "--model-url", f"http://{system.address('model')}"]
        _, kubeconfig = system.start_demo_cluster()
        system.public = system.start_services(chatters.seed(folder, kubeconfig))
    except BaseException:
        system.stop()
        raise
    return system


def start_before_mock(folder: pathlib.Path) -> TimedSystem:
    """The control plane before an advisor that costs nothing, over the demo cluster."""
    system = TimedSystem(folder)
    try:
        _, kubeconfig = system.start_demo_cluster()
        system.listen("chat")
        pki = folder / "data/pki"
        system.start_control_plane(chatters.seed(folder, kubeconfig))
        processes.until(lambda: (pki / "ai-ops.crt").exists() and (pki / "ai-ops.key").exists())
        system.start("bench-mock-ai-ops", [PROGRAMS / "bench-mock-ai-ops", "--pki", pki], {"chat": "--listen"})
        system.public = system.wait_for("hks-control-plane")["public"]
    except BaseException:
        system.stop()
        raise
    return system


def start_times(folder: pathlib.Path, starts: int) -> list:
    """The first start makes keys, certificates and databases; the later ones are what an upgrade or a crash costs."""
    first, later = {}, {name: [] for name in DAEMONS}
    for number in range(starts):
        system = start_whole(folder)
        try:
            for name in DAEMONS:
                if number == 0:
                    first[name] = system.took(name)
                else:
                    later[name].append(system.took(name))
        finally:
            system.stop()
    return [Row(f"{name}: start to ready (both started together)",
                f"{ms(statistics.median(later[name]))}; the very first {ms(first[name])}", "100 ms") for name in DAEMONS]


def idle(folder: pathlib.Path) -> list:
    system = start_whole(folder)
    try:
        time.sleep(SETTLE_S)
        rows = []
        for name in (*DAEMONS, "hks-demo-cluster"):
            pid = system.processes[name].process.pid
            before = processes.cpu_seconds(pid)
            time.sleep(QUIET_S)
            spent = (processes.cpu_seconds(pid) - before) / QUIET_S
            memory = processes.memory(pid)
            wanted = "30 MiB" if name in DAEMONS else ""
            rows.append(Row(f"{name}: idle memory", f"RSS {mib(memory['Rss'])}, own {mib(memory['Private'])}, CPU {spent:.1%}", wanted))
        return rows
    finally:
        system.stop()


def load(system: TimedSystem, daemons: dict, crowd: chatters.Crowd, clients: int, requests: int, wanted: str,
         message: str = chatters.MESSAGE) -> Row:
    before = {name: processes.cpu_seconds(system.processes[name].process.pid) for name in daemons}
    result = crowd.chat(system.public, clients, requests, message)
    spent = {name: processes.cpu_seconds(system.processes[name].process.pid) - before[name] for name in daemons}
    chats = max(1, result["chats"])
    cpu = ", ".join(f"{daemons[name]}{spent[name] / chats * 1e6:.0f} us CPU" for name in daemons)
    failed = f", {result['failures']} FAILED" if result["failures"] else ""
    return Row("", f"{cpu} a chat; {chats / result['us'] * 1e6:.0f} chats/s, p50 {result['p50_us']} us, p99 {result['p99_us']} us{failed}",
               wanted)


def control_plane_alone(folder: pathlib.Path, requests: int) -> list:
    """Session, authorization, turn, token, forward over mutual TLS, eight events back."""
    crowd = chatters.Crowd(folder, PROGRAMS, chatters.users_for(requests * len(CLIENTS) + requests // 10))
    start_before_mock(folder).stop()  # makes the database that the crowd is put into
    crowd.move_in(folder / "data/control-plane.db")
    system = start_before_mock(folder)
    try:
        crowd.chat(system.public, 4, requests // 10)  # connections and caches warm up
        rows = []
        for clients in CLIENTS:
            row = load(system, {"hks-control-plane": ""}, crowd, clients, requests,
                       "200 us CPU, 5000/s, p99 1 ms" if clients == 8 else "200 us CPU")
            rows.append(dataclasses.replace(row, what=f"a chat through the control plane, {clients} at a time"))
        return rows
    finally:
        system.stop()


WHOLE = {  # what is asked -> what it shows, and whether a model answers
    chatters.MESSAGE: ("a diagnosis through everything, 8 at a time", False),
    # No word of it is the reader's: a model chooses what to do, logs are fetched, and a model tells what was found.
    "my customers moan about checkout, have a peek": ("a turn with a mock model, two calls and 20 chunks, 8 at a time", True),
}


def whole_turns(folder: pathlib.Path, requests: int, message: str) -> list:
    """Answered by the real advisor from a real snapshot."""
    what, with_model = WHOLE[message]
    crowd = chatters.Crowd(folder, PROGRAMS, chatters.users_for(requests + requests // 10))
    start_whole(folder).stop()
    crowd.move_in(folder / "data/control-plane.db")
    system = start_whole(folder, with_model)
    try:
        time.sleep(SETTLE_S)
        crowd.chat(system.public, 4, requests // 10, message)
        row = load(system, {"hks-control-plane": "control plane ", "hks-ai-ops": "advisor "}, crowd, 8, requests,
                   "advisor 500 us CPU, 2000/s, p99 10 ms", message)
        return [dataclasses.replace(row, what=what)]
    finally:
        system.stop()


def open_streams(folder: pathlib.Path, streams: int) -> list:
    crowd = chatters.Crowd(folder, PROGRAMS, streams)
    start_before_mock(folder).stop()
    crowd.move_in(folder / "data/control-plane.db")
    system = start_before_mock(folder)
    try:
        time.sleep(SETTLE_S)
        pid = system.processes["hks-control-plane"].process.pid
        before = processes.memory(pid)["Rss"]
        with crowd.hold(system.public, streams) as held:
            each = (processes.memory(pid)["Rss"] - before) / max(1, held)
            cpu = processes.cpu_seconds(pid)
            time.sleep(QUIET_S)
            quiet = (processes.cpu_seconds(pid) - cpu) / QUIET_S
            return [Row(f"{streams} open streams, mutual TLS to the advisor",
                        f"{held} held, {each / 1024:.1f} KiB each, CPU {quiet:.1%}", "8000 held, 50 KiB each")]
    finally:
        system.stop()


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="a tenth of the load: to see that it runs")
    quick = arguments.parse_args().quick
    needed = [*DAEMONS, "hks-demo-cluster", "bench-load-client", "bench-mock-ai-ops", "bench-mock-model"]
    missing = [name for name in needed if not (PROGRAMS / name).exists()]
    if missing:
        print(f"{PROGRAMS} has no {', '.join(missing)}: run scripts/build release", file=sys.stderr)
        return 2
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    scale = 10 if quick else 1
    parts = (("start", lambda folder: start_times(folder, STARTS if not quick else 3)), ("idle", idle),
             ("alone", lambda folder: control_plane_alone(folder, 10_000 // scale)),
             *((f"whole-{i}", lambda folder, message=message: whole_turns(folder, 4_000 // scale, message))
               for i, message in enumerate(WHOLE)),
             ("streams", lambda folder: open_streams(folder, 2_000 // scale)))
    rows = []
    with tempfile.TemporaryDirectory(prefix="hks-bench-") as folder:
        for name, part in parts:
            own = pathlib.Path(folder) / name
            own.mkdir()
            print(f" … {name}", file=sys.stderr, flush=True)
            rows += part(own)
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} (shared with the load client); {PROGRAMS}")
    show("", rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
