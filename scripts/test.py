"""Runs the test suites and prints one line a suite, then `N passed, M failed`.

usage: ./test [--list] [NAME...]

JUnit files and logs are in build/reports. A skipped test fails the run in CI (CI=true) unless it stands in
tests/allowed-skips with its reason.
"""
import concurrent.futures
import dataclasses
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
REPORTS = ROOT / "build/reports"
PROGRAMS = ROOT / "build/dev/bin"
CACHE = pathlib.Path(os.environ.get("HKS_CACHE", pathlib.Path.home() / ".cache/hks"))


@dataclasses.dataclass
class Outcome:
    passed: int = 0
    failed: int = 0
    skipped: list = dataclasses.field(default_factory=list)  # (test, reason)
    details: list = dataclasses.field(default_factory=list)  # what to show of a failure

    def add(self, other: "Outcome") -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.details += other.details


def run(command: list, log: pathlib.Path, **more) -> int:
    with open(log, "w") as file:
        return subprocess.run([str(part) for part in command], cwd=ROOT, stdout=file, stderr=subprocess.STDOUT, **more).returncode


def read_junit(file: pathlib.Path) -> Outcome:
    outcome = Outcome()
    for case in xml.etree.ElementTree.parse(file).getroot().iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        failure = case.find("failure") if case.find("failure") is not None else case.find("error")
        skipped = case.find("skipped")
        if failure is not None:
            outcome.failed += 1
            outcome.details.append(f"{name}: {(failure.get('message') or failure.text or '').strip()[:2000]}")
        elif skipped is not None:
            outcome.skipped.append((name, (skipped.get("message") or skipped.text or "no reason given").strip()))
        else:
            outcome.passed += 1
    return outcome


def from_report(status: int, report: pathlib.Path, log: pathlib.Path) -> Outcome:
    """The report's counts; a run that failed without a failed test counts as one failure, with its last lines."""
    outcome = read_junit(report) if report.exists() else Outcome()
    if status != 0 and outcome.failed == 0:
        outcome.failed += 1
        outcome.details.append(f"{report.stem} ended with {status}:\n" + "\n".join(log.read_text(errors="replace").splitlines()[-25:]))
    return outcome


def unit_program(program: pathlib.Path) -> Outcome:
    report, log = REPORTS / f"unit-{program.name}.xml", REPORTS / f"unit-{program.name}.log"
    report.unlink(missing_ok=True)
    status = run([program, f"--gtest_output=xml:{report}", "--gtest_brief=1"], log, timeout=900)
    return from_report(status, report, log)


def unit() -> Outcome:
    outcome = Outcome()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for one in pool.map(unit_program, sorted(PROGRAMS.glob("*_test"))):
            outcome.add(one)
    return outcome


def tidy() -> Outcome:
    outcome = Outcome()
    for arguments in (["--self-test"], ["--headers"]):
        log = REPORTS / f"tidy{arguments[0]}.log"
        status = run([sys.executable, "tests/tidy/run.py", *arguments], log)
        text = log.read_text(errors="replace")
        counts = re.findall(r"(\d+) passed, (\d+) failed", text)
        passed, failed = (int(counts[-1][0]), int(counts[-1][1])) if counts else (0, 0)
        if status != 0:
            failed = max(failed, 1)
            outcome.details.append("\n".join(text.splitlines()[-60:]))
        outcome.passed += passed
        outcome.failed += failed
    return outcome


def virtual_environment() -> pathlib.Path:
    """A venv with tests/requirements.txt, outside the tree, keyed by that file."""
    wanted = ROOT / "tests/requirements.txt"
    folder = CACHE / f"venv-{hashlib.sha256(wanted.read_bytes()).hexdigest()[:16]}"
    if not (folder / "complete").exists():
        log = REPORTS / "venv.log"
        for command in ([sys.executable, "-m", "venv", "--clear", folder], [folder / "bin/pip", "-q", "install", "-r", wanted]):
            if run(command, log) != 0:
                raise SystemExit(f"cannot make {folder}:\n{log.read_text()}")
        (folder / "complete").touch()
    return folder / "bin/python"


def pytest(folder: str) -> Outcome:
    report, log = REPORTS / f"{folder}.xml", REPORTS / f"{folder}.log"
    report.unlink(missing_ok=True)
    environment = {**os.environ, "HKS_PROGRAMS": str(PROGRAMS), "PYTHONDONTWRITEBYTECODE": "1"}
    status = run([virtual_environment(), "-m", "pytest", "-q", f"--junit-xml={report}", f"tests/{folder}"], log, env=environment)
    return from_report(status, report, log)


# In the order in which they run: what fails fastest and says most comes first.
SUITES = {
    "unit": unit,
    "tidy": tidy,
    "scenario": lambda: pytest("scenario"),
    "system": lambda: pytest("system"),
    "kubernetes": lambda: pytest("kubernetes"),
    "ollama": lambda: pytest("ollama"),
}
# What a suite needs that takes long the first time on a machine, and how nice that is to everything else that runs.
SLOW_BUILDS = {
    "kubernetes": ("tests/kubernetes/build", 15),
    "ollama": ("scripts/ollama/build", 19),
}


def allowed_skips() -> set:
    lines = (ROOT / "tests/allowed-skips").read_text().splitlines()
    return {line.split(":", 1)[0].strip() for line in lines if line.strip() and not line.startswith("#")}


def start_slow_build(name: str) -> subprocess.Popen:
    program, niceness = SLOW_BUILDS[name]
    with open(REPORTS / f"{name}-build.log", "w") as log:
        return subprocess.Popen(["nice", "-n", str(niceness), program], cwd=ROOT, stdout=log, stderr=log)


def main() -> int:
    names = [name for name in sys.argv[1:] if name != "--list"]
    if "--list" in sys.argv:
        print("\n".join(SUITES))
        return 0
    unknown = [name for name in names if name not in SUITES]
    if unknown:
        print(f"no suite {', '.join(unknown)}; there are {', '.join(SUITES)}", file=sys.stderr)
        return 2
    names = [name for name in SUITES if not names or name in names]
    REPORTS.mkdir(parents=True, exist_ok=True)
    slow = {name: start_slow_build(name) for name in names if name in SLOW_BUILDS}
    if subprocess.run([ROOT / "scripts/build", "dev"]).returncode != 0:
        for build in slow.values():
            build.terminate()
        print("0 passed, 1 failed")
        return 1
    total = Outcome()
    for name in names:
        if name in slow and slow[name].wait() != 0:
            print(f"FAIL {name}: not built, see build/reports/{name}-build.log")
            total.failed += 1
            continue
        started = time.monotonic()
        outcome = SUITES[name]()
        forbidden = [(test, why) for test, why in outcome.skipped if test not in allowed_skips()] if os.environ.get("CI") else []
        outcome.failed += len(forbidden)
        outcome.details += [f"{test} was skipped: {why}" for test, why in forbidden]
        word = "FAIL" if outcome.failed else "ok"
        skips = "".join(f"\n     skip({why}) {test}" for test, why in outcome.skipped)
        print(f"{word:4} {name:10} {outcome.passed + outcome.failed} tests {time.monotonic() - started:.0f} s{skips}", flush=True)
        for detail in outcome.details:
            print("     " + detail.replace("\n", "\n     "), flush=True)
        total.add(outcome)
    print(f"{total.passed} passed, {total.failed} failed")
    return 1 if total.failed or total.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
