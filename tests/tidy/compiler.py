"""What needs a tool: the format, headers that compile alone, clang-tidy."""
import re
import shutil
import subprocess

from build_commands import TIDY_FOLDER, BuildCommands, Seen, in_parallel
from repo import CPP, Repo, Report, Skipped

FORMAT, TIDY = "clang-format-19", "clang-tidy-19"
DIAGNOSTIC = re.compile(r"^(?P<file>[^\s:]+):(?P<line>\d+):\d+: (?:fatal )?(?:error|warning): (?P<text>.*)$", re.MULTILINE)


def needs(program: str) -> None:
    if not shutil.which(program):
        raise Skipped(f"{program} is not installed")


def check_format(repo: Repo, report: Report) -> None:
    needs(FORMAT)
    files = repo.with_suffix(*CPP)
    for chunk in (files[i:i + 100] for i in range(0, len(files), 100)):
        done = _run([FORMAT, "--dry-run", "-Werror", *chunk], repo)
        _tell(repo, report, done, chunk[0], once=True)


def check_headers_open(repo: Repo, report: Report) -> None:
    for path in repo.with_suffix(".h"):
        lines = repo.lines(path)
        if not lines or not re.match(r"//\s*\S|/\*", lines[0]):
            report.fail(path, 1, "does not open with a comment on what it is, who owns it, its threads")
        if "#pragma once" not in (line.rstrip() for line in lines):
            report.fail(path, 1, "lacks #pragma once")


def check_headers_alone(repo: Repo, report: Report, build: str | None) -> None:
    """A header compiles as the only include of a file, without the precompiled header, whose names hide what is missing."""
    commands = BuildCommands(repo, build)
    seen = Seen(repo, "headers")

    def compile_alone(path: str):
        flags = _without_include(commands.flags(path))
        mark = seen.mark(path, *flags)
        if mark.exists():
            return path, None
        done = _run([*flags, "-fsyntax-only", "-x", "c++", "-"], repo, f'#include "{path}"\n')
        if done.returncode == 0:
            seen.remember(mark)
        return path, done

    for path, done in in_parallel(compile_alone, repo.with_suffix(".h")):
        if done and done.returncode != 0:
            _tell(repo, report, done, path, once=True)


def check_clang_tidy(repo: Repo, report: Report, build: str | None, which: str, base: str | None) -> None:
    needs(TIDY)
    commands = BuildCommands(repo, build)
    seen = Seen(repo, "clang-tidy")
    wanted = repo.with_suffix(".cc") if which == "all" else _changed(repo, base, seen)
    files = [path for path in wanted if path in commands.by_file]
    report.note(f"{len(files)} files ({which})")
    rules = repo.text(".clang-tidy") if repo.exists(".clang-tidy") else ""

    def look(path: str):
        flags = commands.flags(path)
        mark = seen.mark(path, rules, *_without_include(flags))
        if mark.exists():
            return path, None
        done = _run([TIDY, "--quiet", f"--header-filter=^{re.escape(str(repo.root))}/", path, "--", *flags[1:]], repo)
        if done.returncode == 0:
            seen.remember(mark)
        return path, done

    told = set()
    for path, done in in_parallel(look, files):
        if done and done.returncode != 0:
            _tell(repo, report, done, path, told=told)


def _changed(repo: Repo, base: str | None, seen: Seen) -> list[str]:
    """Sources that differ from the base, are new, or include a header that does."""
    for commit in [base] if base else ["origin/HEAD", "HEAD~1", "HEAD"]:
        if subprocess.run(["git", "-C", repo.root, "rev-parse", "-q", "--verify", commit + "^{commit}"],
                          capture_output=True).returncode == 0:
            break
    else:
        raise Skipped(f"no commit {base or 'HEAD'} to compare with")
    changed = set(repo.git("diff", "--name-only", "-z", commit).split("\0"))
    changed |= set(repo.git("ls-files", "-o", "-z", "--exclude-standard").split("\0"))
    return [path for path in repo.with_suffix(".cc") if seen.closure(path) & changed]


def _without_include(flags: list[str]) -> list[str]:
    kept = list(flags)
    while "-include" in kept:
        at = kept.index("-include")
        del kept[at:at + 2]
    return kept


def _run(command: list[str], repo: Repo, given: str = "") -> subprocess.CompletedProcess:
    return subprocess.run(command, cwd=repo.root, input=given, capture_output=True, text=True, errors="replace")


def _tell(repo: Repo, report: Report, done, path: str, once: bool = False, told: set | None = None) -> None:
    """The tool's own words, each once, or one a file where `once`; words that are no diagnostic are told as they are."""
    told = set() if told is None else told
    diagnostics = list(DIAGNOSTIC.finditer(done.stdout + "\n" + done.stderr))
    for m in diagnostics:
        file = m["file"].removeprefix(f"{repo.root}/").removeprefix("./")
        key = file if once else (file, m["line"], m["text"])
        if key not in told:
            told.add(key)
            report.fail(file, int(m["line"]), m["text"])
    if done.returncode != 0 and not diagnostics:
        report.fail(path, 1, (done.stderr or done.stdout).strip()[-300:] or f"exit status {done.returncode}")
