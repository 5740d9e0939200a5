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
import typing
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import security_claims  # noqa: E402

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


def unit_program(program: pathlib.Path, *more: str) -> Outcome:
    report, log = REPORTS / f"unit-{program.name}.xml", REPORTS / f"unit-{program.name}.log"
    report.unlink(missing_ok=True)
    status = run([program, f"--gtest_output=xml:{report}", "--gtest_brief=1", *more], log, timeout=900)
    return from_report(status, report, log)


def unit() -> Outcome:
    outcome = Outcome()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for one in pool.map(unit_program, sorted(PROGRAMS.glob("*_test"))):
            outcome.add(one)
    return outcome


def counted(name: str, *command) -> Outcome:
    """Of a program of ours that ends with `N passed, M failed`."""
    log = REPORTS / f"{name}.log"
    status = run([sys.executable, *command], log)
    text = log.read_text(errors="replace")
    counts = re.findall(r"(\d+) passed, (\d+) failed", text)
    outcome = Outcome(*(int(count) for count in counts[-1])) if counts else Outcome()
    if status != 0:
        outcome.failed = max(outcome.failed, 1)
        outcome.details.append("\n".join(text.splitlines()[-60:]))
    return outcome


def tidy() -> Outcome:
    outcome = counted("tidy--self-test", "tests/tidy/run.py", "--self-test")
    outcome.add(counted("tidy--headers", "tests/tidy/run.py", "--headers"))
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


def pytest(name: str, tests: list) -> Outcome:
    """`tests`: folders, files, or FILE::TEST."""
    report, log = REPORTS / f"{name}.xml", REPORTS / f"{name}.log"
    report.unlink(missing_ok=True)
    environment = {**os.environ, "HKS_PROGRAMS": str(PROGRAMS), "PYTHONDONTWRITEBYTECODE": "1"}
    status = run([virtual_environment(), "-m", "pytest", "-q", f"--junit-xml={report}", *tests], log, env=environment)
    return from_report(status, report, log)


def pytest_of(folder: str):
    return lambda: pytest(folder, [f"tests/{folder}"])


def security() -> Outcome:
    """Every test that SECURITY.md names."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    files = [path for path in listed if security_claims.is_test_file(path)]
    tests = [test for path in files for test in security_claims.tests_in(path, (ROOT / path).read_text())]
    claims = security_claims.claims_of((ROOT / security_claims.PAGE).read_text())
    named = security_claims.named_tests(claims, tests)
    print(f"     {len(claims)} claims of {security_claims.PAGE} name {len(named)} tests", flush=True)
    outcome = Outcome()
    for program in sorted({test.program for test in named if test.is_gtest}):
        wanted = (f"{test.suite}.{test.name}" for test in named if test.program == program)
        everywhere = ":".join(f"{one}:*/{one}/*" for one in wanted)  # plain, and of a suite with parameters
        outcome.add(unit_program(PROGRAMS / program, f"--gtest_filter={everywhere}"))
    for folder in sorted({test.file.split("/")[1] for test in named if not test.is_gtest}):
        of_folder = [f"{test.file}::{test.name}" for test in named if test.file.startswith(f"tests/{folder}/")]
        outcome.add(pytest(f"security-{folder}", of_folder))
    return outcome


@dataclasses.dataclass
class Suite:
    run: typing.Callable
    builds: tuple = ()        # of SLOW_BUILDS
    always: bool = True       # else by name only: it takes its tests from the others


# In the order in which they run: what fails fastest and says most comes first.
SUITES = {
    "unit": Suite(unit),
    "tidy": Suite(tidy),
    "fuzz": Suite(pytest_of("fuzz")),
    "scenario": Suite(pytest_of("scenario")),
    "system": Suite(pytest_of("system")),
    "kubernetes": Suite(pytest_of("kubernetes"), builds=("kubernetes",)),
    "ollama": Suite(pytest_of("ollama"), builds=("ollama",)),
    "security": Suite(security, builds=("kubernetes",), always=False),
}
# What takes long the first time on a machine, and how nice that is to everything else that runs.
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
    names = [name for name, suite in SUITES.items() if name in names or (not names and suite.always)]
    REPORTS.mkdir(parents=True, exist_ok=True)
    slow = {build: start_slow_build(build) for build in SLOW_BUILDS if any(build in SUITES[name].builds for name in names)}
    if subprocess.run([ROOT / "scripts/build", "dev"]).returncode != 0:
        for build in slow.values():
            build.terminate()
        print("0 passed, 1 failed")
        return 1
    total = Outcome()
    for name in names:
        unbuilt = [build for build in SUITES[name].builds if slow[build].wait() != 0]
        if unbuilt:
            print(f"FAIL {name}: not built, see build/reports/{unbuilt[0]}-build.log")
            total.failed += 1
            continue
        started = time.monotonic()
        outcome = SUITES[name].run()
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
