"""Reads a .scenario file: the state of a cluster, what somebody says, and what must come of it. README.md has the format."""
import dataclasses
import pathlib
import re

import yaml

CLUSTERS = ("demo", "real")
TIMES = {"s": 1, "m": 60, "h": 3600}


class BadScenario(Exception):
    """Names the file and the line."""


@dataclasses.dataclass
class Step:
    line: int
    text: str      # as written, for a failure's message
    what: str      # as, say, approve, reject, undo, event, no event, text, no text, cluster, refused, advance, fault, release
    values: tuple


@dataclasses.dataclass
class Scenario:
    file: pathlib.Path
    manifests: list = dataclasses.field(default_factory=list)  # beside the demo's seed
    steps: list = dataclasses.field(default_factory=list)
    only: str = ""  # demo or real; empty: both

    @property
    def name(self) -> str:
        return self.file.stem

    def runs_on(self, cluster: str) -> bool:
        return self.only in ("", cluster)


def read(file: pathlib.Path) -> Scenario:
    reader = _Reader(Scenario(file))
    lines = file.read_text().splitlines()
    number = 0
    while number < len(lines):
        block = number + 1
        while block < len(lines) and (not lines[block].strip() or lines[block].startswith(" ")):
            block += 1
        try:
            reader.take(number + 1, lines[number].rstrip(), "\n".join(lines[number + 1:block]))
        except (ValueError, yaml.YAMLError) as problem:
            raise BadScenario(f"{file.name}:{number + 1}: {problem}") from problem
        number = block
    return reader.finish()


class _Reader:
    """Statements go by their first words; an indented block belongs to the line above it."""

    def __init__(self, scenario: Scenario):
        self.scenario = scenario
        self.has_cluster = self.has_user = self.has_said = self.expects = False

    def take(self, number: int, line: str, block: str) -> None:
        if not line or line.startswith("#"):
            self._no_block(block)
            return
        for begin, statement in _STATEMENTS:
            match = re.fullmatch(begin, line)
            if match:
                if statement is not _Reader._cluster:
                    self._no_block(block)
                step = statement(self, *match.groups(), *([block] if statement is _Reader._cluster else []))
                if step:
                    self.scenario.steps.append(Step(number, line, step[0], step[1:]))
                return
        raise ValueError(f"this is no statement: {line}")

    def finish(self) -> Scenario:
        if not (self.has_cluster and self.has_said and self.expects):
            raise BadScenario(f"{self.scenario.file.name}: a scenario has cluster:, say: and an expectation at least")
        return self.scenario

    def _no_block(self, block: str) -> None:
        if block.strip():
            raise ValueError("only cluster: has an indented block")

    def _cluster(self, name: str, block: str):
        if self.has_cluster or name not in ("shop", "shop +") or (name == "shop +") != bool(block.strip()):
            raise ValueError("cluster: is said once, first: `shop`, or `shop +` with manifests below it")
        self.has_cluster = True
        self.scenario.manifests = [one for one in yaml.safe_load_all(block) if one]
        for one in self.scenario.manifests:
            one["metadata"].setdefault("namespace", "shop")

    def _only(self, cluster: str, reason: str):
        self.scenario.only = cluster

    def _as(self, user: str, workspace: str):
        self.has_user = True
        return ("as", user, workspace or "")

    def _fault(self, name: str, fault: str):
        if not self.has_cluster:
            raise ValueError("fault: comes after cluster:")
        return ("fault", name, fault)

    def _release(self, kind: str, name: str, container: str):
        return ("release", kind, name, yaml.safe_load(container))

    def _say(self, message: str):
        if not self.has_user:
            raise ValueError("nobody says it: as: comes first")
        self.has_said = True
        return ("say", message)

    def _decide(self, decision: str, user: str):
        if not self.has_said:
            raise ValueError("nothing was said yet")
        return (decision, user)

    def _expected(self, *step):
        if step[0] != "cluster" and not self.has_said:
            raise ValueError("nothing was said yet")
        self.expects = True
        return step

    def _event(self, no: str, name: str, subset: str):
        wanted = yaml.safe_load(subset) if subset else {}
        if not isinstance(wanted, dict):
            raise ValueError("after the event's name comes {member: value, ...}")
        return self._expected("no event" if no else "event", name, wanted)

    def _text(self, no: str, pattern: str):
        re.compile(pattern)
        return self._expected("no text" if no else "text", pattern)

    def _refused(self, status: str, code: str):
        return self._expected("refused", int(status), code)

    def _object(self, namespace: str, kind: str, name: str, path: str, value: str):
        return self._expected("cluster", namespace or "shop", kind, name, path, yaml.safe_load(value))

    def _advance(self, count: str, unit: str):
        return ("advance", int(count) * TIMES[unit])


_STATEMENTS = (
    (r"cluster: (.+)", _Reader._cluster),
    (r"only: (demo|real) (\S.*)", _Reader._only),
    (r"fault: pod/(\S+) (\w+)", _Reader._fault),
    (r"release: ([A-Z]\w+)/(\S+) (\{.*\})", _Reader._release),
    (r"as: (\w+)(?: in (\w+))?", _Reader._as),
    (r"say: (.+)", _Reader._say),
    (r"(approve|reject|undo): (\w+)", _Reader._decide),
    (r"expect (no )?event (\w+)(?: (\{.*\}))?", _Reader._event),
    (r"expect (no )?text /(.+)/", _Reader._text),
    (r"expect refused (\d{3}) (\w+)", _Reader._refused),
    (r"expect cluster (?:(\w+)/)?([A-Z]\w+)/(\S+) (\S+) (.+)", _Reader._object),
    (r"advance (\d+)([smh])", _Reader._advance),
)


def matches(wanted, found) -> bool:
    """Subset of objects, some item for each of a list, a /pattern/ somewhere in a text; else equal."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(key in found and matches(value, found[key]) for key, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(found, list) and all(any(matches(one, item) for item in found) for one in wanted)
    if isinstance(wanted, str) and len(wanted) > 2 and wanted[0] == wanted[-1] == "/":
        return isinstance(found, str) and re.search(wanted[1:-1], found) is not None
    return type(wanted) is type(found) and wanted == found


def at_path(value, path: str):
    """None where nothing is."""
    for part in path.split("."):
        if isinstance(value, list):
            value = value[int(part)] if part.isdigit() and int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return value
