"""The engine on recorded faults of real clusters: Cloud-OpsBench (arXiv 2603.00468), through hks-diagnose as an operator runs it.

A case is a folder <app>/<class>/<id> with tool_cache.json (what tools told of the cluster: opsbench_bundle.py) and
metadata.json (the answer). Right is what has the answer's taxonomy, object and root cause; a1: the first prediction is, a3: one
of the first three. Four cases of ten are held out by the hash of their name: their figures are shown in sums only, and
nobody reads them while rules are written.
"""
import collections
import concurrent.futures
import contextlib
import dataclasses
import hashlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tarfile
import tempfile

import bundle_evidence
import labels
import opsbench_bundle
from advisor import table

ROOT = pathlib.Path(__file__).resolve().parents[2]
PARTS = ("all", "seen", "held-out")
HELD_OUT_OF_TEN = 4
TIMEOUT_S = 300  # of one bundle, by a program with sanitizers
SHOWN = 3  # predictions of a wrong case, reasons why something was not read
FAILED = "the program failed"
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Service", "Pod")


def program() -> pathlib.Path:
    """Of HKS_PROGRAMS, else of the optimised build where there is one: time is measured too."""
    given = os.environ.get("HKS_PROGRAMS")
    for folder in [pathlib.Path(given)] if given else [ROOT / "build/release/bin", ROOT / "build/dev/bin"]:
        if (folder / "hks-diagnose").exists():
            return folder / "hks-diagnose"
    raise SystemExit("hks-diagnose is not built: scripts/build release hks-diagnose")


@dataclasses.dataclass
class Case:
    id: str
    folder: pathlib.Path

    def is_held_out(self) -> bool:
        return int(hashlib.sha256(f"hks:{self.id}".encode()).hexdigest(), 16) % 10 < HELD_OUT_OF_TEN

    def expected(self) -> str:
        answer = json.loads((self.folder / "metadata.json").read_text())["result"]
        return labels.written(answer["fault_taxonomy"], answer["fault_object"], answer["root_cause"])


@dataclasses.dataclass
class Outcome:
    id: str
    expected: str
    predicted: list
    ms: float
    evidence: int  # items cited
    verified: int  # of those, found in the bundle
    notes: list  # what could not be read, or why there is no answer

    def is_right(self, among: int, normalize: bool) -> bool:
        form = labels.normalized if normalize else str
        return form(self.expected) in [form(one) for one in self.predicted[:among]]


def cases_in(folder: pathlib.Path, part: str) -> list:
    cases = [Case("/".join(file.parent.parts[-3:]), file.parent) for file in sorted(folder.glob("**/tool_cache.json"))]
    if not cases:
        raise SystemExit(f"no <app>/<class>/<id>/tool_cache.json in {folder}")
    return [case for case in cases if part == "all" or case.is_held_out() == (part == "held-out")]


def thing_of(finding: dict, label: labels.Label, effects: list) -> str:
    """The finding's object as the benchmark names it. The app of a claim, a route or a quota is the workload that suffers."""
    thing = finding["object"]
    if label.object == labels.NAMESPACE:
        name = thing["name"] if thing["kind"] == "Namespace" else thing["project"]
    elif label.object == labels.NODE:
        name = thing["name"].split(".")[0] if thing["kind"] == "NodeService" else thing["name"]
    else:
        suffering = [effect["object"]["name"] for effect in effects if effect["object"]["kind"] in WORKLOADS]
        name = suffering[0] if thing["kind"] not in WORKLOADS and suffering else thing["name"]
    return f"{label.object}/{name}"


def predictions(findings: list) -> list:
    """Ranked: root causes as the engine orders them, then what they cause."""
    ranked = sorted(findings, key=lambda finding: bool(finding["causes"]))
    out = []
    for finding in ranked:
        words = " ".join([finding["title"], *(f"{one['ref']} {one['text']}" for one in finding["evidence"])])
        label = labels.label_of(finding["fault"], words)
        effects = [other for other in findings if finding["id"] in other["causes"]]
        out.append(labels.written(label.taxonomy, thing_of(finding, label, effects), label.root_cause))
    return list(dict.fromkeys(out))


def diagnosis_of(files: dict, at: str, folder: pathlib.Path) -> dict:
    """What hks-diagnose says of a bundle, which is written to the folder."""
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    command = [program(), folder, "--output", "json", "--at", at]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    try:
        return json.loads(done.stdout)
    except ValueError:
        said = [line for line in done.stderr.splitlines() if "ERROR" in line] or done.stderr.splitlines()[-1:]
        raise RuntimeError(f"hks-diagnose ended with {done.returncode}: {' '.join(said)}") from None


def outcome_of(case: Case) -> Outcome:
    """A case that cannot be diagnosed is a wrong one."""
    bundle = opsbench_bundle.bundle_of(json.loads((case.folder / "tool_cache.json").read_text()))
    try:
        with tempfile.TemporaryDirectory(prefix="hks-bundle-") as folder:
            answer = diagnosis_of(bundle.files(), bundle.at, pathlib.Path(folder))
    except (RuntimeError, subprocess.TimeoutExpired) as failure:
        return Outcome(case.id, case.expected(), [], 0, 0, 0, [f"{FAILED}: {failure}"])
    findings = answer["findings"]
    files = bundle_evidence.Files(bundle.texts, bundle.at)
    cited = [evidence for finding in findings for evidence in finding["evidence"]]
    notes = [f"recording of {tool}" for tool in bundle.unknown] + [f"{one['what']}: {one['why']}" for one in answer["skipped"]]
    return Outcome(case.id, case.expected(), predictions(findings), answer["took_ms"]["diagnose"], len(cited),
                   sum(files.holds(one) for one in cited), notes)


def figures(outcomes: list) -> dict:
    def share(count: int, of: int) -> float:
        return round(count / of, 4) if of else 1.0

    def right(among: int, normalize: bool) -> float:
        return share(sum(one.is_right(among, normalize) for one in outcomes), len(outcomes))

    return {"cases": len(outcomes), "a1": right(1, False), "a3": right(3, False), "a1_normalized": right(1, True),
            "a3_normalized": right(3, True), "ms_per_case_p50": round(statistics.median(one.ms for one in outcomes), 3),
            "evidence_share": share(sum(one.verified for one in outcomes), sum(one.evidence for one in outcomes))}


def grouped(outcomes: list, parts: int) -> dict:
    groups = collections.defaultdict(list)
    for one in outcomes:
        groups["/".join(one.id.split("/")[:parts])].append(one)
    return {name: figures(groups[name]) for name in sorted(groups)}


def report(outcomes: list) -> dict:
    return {"applications": grouped(outcomes, 1), "classes": grouped(outcomes, 2),
            "cases": [{"id": one.id, "expected": one.expected, "predicted": one.predicted, "ms": one.ms} for one in outcomes]}


def print_table(outcomes: list, part: str) -> None:
    rows = [] if part == "held-out" else [*grouped(outcomes, 2).items()]
    rows += [*grouped(outcomes, 1).items(), ("all", figures(outcomes))]
    head = list(rows[0][1])
    print(table([f"{part} cases", *head], [[name, *(f"{one[key]:g}" for key in head)] for name, one in rows]))
    notes = collections.Counter(note.partition(": ")[2] or note for one in outcomes for note in one.notes)
    for note, count in notes.most_common(SHOWN):
        print(f"- not read, {count} times: {note}")
    failed = [note for one in outcomes for note in one.notes if note.startswith(FAILED)]
    if failed:
        print(f"- {FAILED} {len(failed)} times, like {failed[0]}")


def print_wrong(outcomes: list) -> None:
    for one in outcomes:
        if not one.is_right(1, True):
            shown = "; ".join(one.predicted[:SHOWN]) or "nothing"
            print(f"{one.id}: expected {one.expected}, predicted {shown}")


@contextlib.contextmanager
def unpacked(data: pathlib.Path):
    if data.is_dir():
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="hks-opsbench-") as folder, tarfile.open(data) as archive:
        archive.extractall(folder, filter="data")
        yield pathlib.Path(folder)


def run(data: pathlib.Path, part: str, out: pathlib.Path | None, show_wrong: bool) -> int:
    if show_wrong and part != "seen":
        raise SystemExit("--wrong names cases; it needs --part seen")
    with unpacked(data) as folder, concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        outcomes = []
        for one in pool.map(outcome_of, cases_in(folder, part), chunksize=4):
            outcomes.append(one)
            if sys.stderr.isatty():
                print(f"\r{len(outcomes)} ", end="", file=sys.stderr)
    print_table(outcomes, part)
    if show_wrong:
        print_wrong(outcomes)
    if out is not None:
        out.write_text(json.dumps(report(outcomes), indent=1) + "\n")
    return 0
