"""Reads the cases of the diagnosis, diagnosis/*.cases: a bundle, and the findings that must come of it.
diagnosis/README.md has the format."""
import dataclasses
import pathlib

import yaml
from case_bundle import Bundle, match

BASE = "base.objects"  # what all files of the folder share
GAPS = ("no case", "no near miss", "no healed case")


class BadCase(Exception):
    """Names the file and the line."""


@dataclasses.dataclass
class Case:
    name: str
    line: int
    bundle: Bundle = dataclasses.field(default_factory=Bundle)
    findings: list = dataclasses.field(default_factory=list)  # "critical crash Deployment/web", perhaps " <- ..."
    absent: list = dataclasses.field(default_factory=list)  # fault codes, as those of the next two
    nearly: list = dataclasses.field(default_factory=list)  # the case looks like these, and is not
    healed: list = dataclasses.field(default_factory=list)  # the case was these, and is well by now
    says_all: bool = False  # `findings` are all there are

    @property
    def unexpected(self) -> list:
        return self.absent + self.nearly + self.healed


@dataclasses.dataclass
class Cases:
    cases: list = dataclasses.field(default_factory=list)
    gaps: dict = dataclasses.field(default_factory=lambda: {gap: {} for gap in GAPS})  # of each: fault code -> why
    blocks: dict = dataclasses.field(default_factory=dict)  # name -> YAML list of objects
    states: dict = dataclasses.field(default_factory=dict)  # name -> lines of path=value


def read(file: pathlib.Path) -> Cases:
    out = Cases()
    for part in (file.parent / BASE, file):
        for number, line in _statements(part):
            try:
                _take(out, number, line)
            except (ValueError, yaml.YAMLError) as problem:
                raise BadCase(f"{part.name}:{number}: {problem}") from problem
    for case in out.cases:
        if not (case.says_all or case.unexpected):
            raise BadCase(f"{file.name}:{case.line}: the case expects nothing; say `expect: nothing` for no findings")
    return out


def _statements(file: pathlib.Path):
    """With the numbers of their lines; an indented line belongs to the one above it."""
    statement, at = "", 0
    for number, line in enumerate(file.read_text().splitlines(), 1):
        if line.startswith(" ") and statement:
            statement += "\n" + line
        elif line.strip() and not line.startswith("#"):
            if statement:
                yield at, statement
            statement, at = line.rstrip(), number
    if statement:
        yield at, statement


def _take(out: Cases, number: int, line: str) -> None:
    word, colon, rest = line.partition(":")
    rest = rest.strip(" ")
    first, _, name = word.partition(" ")
    if colon and first in ("objects", "state"):
        (out.blocks if first == "objects" else out.states)[name] = rest
    elif colon and word == "case":
        out.cases.append(Case(rest, number))
    elif colon and word in GAPS:
        codes, why = match(r"([a-z ,-]+): (\S.*)", rest, f"{word}: CODE, CODE: WHY")
        out.gaps[word].update(dict.fromkeys(_codes(codes), why))
    elif not colon or word not in _STATEMENTS:
        raise ValueError(f"this is no statement: {line.splitlines()[0]}")
    elif not out.cases:
        raise ValueError(f"{word}: stands before the first case")
    else:
        _STATEMENTS[word](out, out.cases[-1], rest)


def _expect(case: Case, text: str) -> None:
    case.says_all = True
    if text != "nothing":
        one = r"[a-z-]+ \w+/\S+"
        match(rf"(critical|warning|info) {one}(?: <- {one}(?:, {one})*)?", text,
              "SEVERITY FAULT KIND/NAME <- FAULT KIND/NAME, ...")
        case.findings.append(text)


def _codes(text: str) -> list:
    codes = [code.strip() for code in text.split(",")]
    for code in codes:
        match(r"[a-z-]+", code, "CODE, CODE")
    return codes


_STATEMENTS = {
    "use": lambda out, case, text: case.bundle.use(text, out.blocks),
    "new": lambda out, case, text: case.bundle.new(text),
    "with": lambda out, case, text: case.bundle.change(text, out.states),
    "gone": lambda out, case, text: case.bundle.gone(text),
    "event": lambda out, case, text: case.bundle.event(text),
    "log": lambda out, case, text: case.bundle.log(text),
    "text": lambda out, case, text: case.bundle.text(text),
    "expect": lambda out, case, text: _expect(case, text),
    "expect not": lambda out, case, text: case.absent.extend(_codes(text)),
    "nearly": lambda out, case, text: case.nearly.extend(_codes(text)),
    "healed": lambda out, case, text: case.healed.extend(_codes(text)),
}
