"""The repository as tidy sees it: tracked and new files, their text, and what a rule says about them."""
import dataclasses
import functools
import pathlib
import re
import subprocess

CPP = (".cc", ".h")


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
    file: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.text}"


class Skipped(Exception):
    """A rule cannot run here; the message says what is missing."""


class Repo:
    """Paths are strings relative to the root with forward slashes, sorted."""

    def __init__(self, root: pathlib.Path):
        self.root = root

    @functools.cached_property
    def files(self) -> list[str]:
        listed = self.git("ls-files", "-co", "-z", "--exclude-standard").split("\0")
        return sorted(path for path in set(listed) if path and (self.root / path).is_file())

    def git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.root), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def with_suffix(self, *suffixes: str) -> list[str]:
        return [path for path in self.files if path.endswith(suffixes)]

    @functools.cache
    def text(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8", errors="replace")

    def lines(self, path: str) -> list[str]:
        return self.text(path).splitlines()

    def exists(self, path: str) -> bool:
        return (self.root / path).exists()

    def allows(self, finding: Finding) -> bool:
        """A comment `tidy: allow RULE: reason` in the finding's line or the one above; no reason, no effect."""
        if not finding.file.endswith((*CPP, ".py", ".sh", ".yaml", ".toml")):
            return False
        lines = self.lines(finding.file)[max(0, finding.line - 2):finding.line]
        return any(re.search(rf"tidy: allow {re.escape(finding.rule)}: \S", line) for line in lines)


class Report:
    """Collects what one rule finds; notes are figures, never failures."""

    def __init__(self, rule: str):
        self.rule = rule
        self.findings: list[Finding] = []
        self.notes: list[str] = []

    def fail(self, file: str, line: int, text: str) -> None:
        self.findings.append(Finding(file, line, self.rule, text))

    def note(self, text: str) -> None:
        self.notes.append(f"{self.rule}: {text}")
