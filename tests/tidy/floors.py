"""Which room may include which: every include against the floors.toml files."""
import re
import tomllib

from cpp_text import includes
from repo import CPP, Repo, Report


class Floors:
    """All floors.toml files as one table. A file belongs to the longest listed room that its path lies in."""

    def __init__(self, repo: Repo):
        self.rooms: dict[str, dict] = {}
        self.programs: dict[str, dict] = {}  # main file -> row
        self.program_names: set[str] = set()
        self.file_of: dict[str, str] = {}
        self.parts: list[str] = []
        for path in repo.files:
            if not re.fullmatch(r"[^/]+/floors\.toml", path):
                continue
            self.parts.append(path.split("/")[0])
            table = tomllib.loads(repo.text(path))
            for room, row in table.get("rooms", {}).items():
                self.rooms[room] = row
                self.file_of[room] = path
            for name, row in table.get("programs", {}).items():
                self.program_names.add(name)
                self.programs[row["main"]] = row

    def part(self, path: str) -> str | None:
        part = path.split("/")[0]
        return part if part in self.parts else None

    def room(self, path: str) -> str | None:
        folder = path.rpartition("/")[0]
        return folder if folder in self.rooms else None

    def allowed(self, path: str) -> set[str]:
        """The rooms that a file may include from."""
        room = self.room(path)
        allowed = {room, *self.rooms[room].get("uses", [])} if room else set()
        if room and path.endswith("_test.cc"):
            allowed.update(self.rooms[room].get("test_uses", []))
        if path in self.programs:
            for used in self.programs[path]["uses"]:
                allowed.update({used, *self.rooms.get(used, {}).get("uses", [])})
        return allowed


def check_includes(repo: Repo, report: Report) -> None:
    floors = Floors(repo)
    for path in repo.with_suffix(*CPP):
        if not floors.part(path):
            continue
        if not floors.room(path) and not path.endswith("/main.cc"):
            report.fail(path, 1, f"stands in no room of {floors.part(path)}/floors.toml")
            continue
        allowed = floors.allowed(path)
        for include in includes(repo.text(path)):
            if not include.own:
                continue
            target = floors.room(include.path)
            if not repo.exists(include.path):
                report.fail(path, include.line, f'"{include.path}" is no file, seen from the root')
            elif target is None:
                report.fail(path, include.line, f'"{include.path}" stands in no room')
            elif target not in allowed:
                report.fail(path, include.line, f"{floors.room(path) or path} may not include from {target}")


def check_table(repo: Repo, report: Report) -> None:
    floors = Floors(repo)
    for room, row in floors.rooms.items():
        table = floors.file_of[room]
        line = _line_naming(repo, table, room)
        if room.split("/")[0] != table.split("/")[0]:
            report.fail(table, line, f"{room} is a room of another part")
        for used in [*row.get("uses", []), *row.get("test_uses", [])]:
            if used not in floors.rooms:
                report.fail(table, line, f"{room} uses {used}, which is no room")
    for cycle in cycles({room: row.get("uses", []) for room, row in floors.rooms.items()}):
        table = floors.file_of[cycle[0]]
        report.fail(table, _line_naming(repo, table, cycle[0]), "cycle: " + " -> ".join(cycle))


PAGE = "ARCHITECTURE.md"


def check_page(repo: Repo, report: Report) -> None:
    """Its table lists the rooms that there are: a room that moves leaves its old row and comes into its new one."""
    floors = Floors(repo)
    for number, line in enumerate(repo.lines(PAGE) if repo.exists(PAGE) else [], 1):
        row = re.match(r"\| `([^`/]+)/` \|", line)
        if not row or row[1] not in floors.parts:
            continue
        there = {room.partition("/")[2] for room in floors.rooms if room.partition("/")[0] == row[1]}
        said = set(re.findall(r"`([^`]+)`", line[row.end():])) - floors.program_names
        for room in sorted(there - said):
            report.fail(PAGE, number, f"does not list {row[1]}/{room}")
        for room in sorted(said - there):
            report.fail(PAGE, number, f"{row[1]}/{room} is no room")


def check_file_cycles(repo: Repo, report: Report) -> None:
    graph = {path: [i.path for i in includes(repo.text(path)) if i.own] for path in repo.with_suffix(".h")}
    for cycle in cycles(graph):
        report.fail(cycle[0], 1, "cycle: " + " -> ".join(cycle))


def check_services_apart(repo: Repo, report: Report) -> None:
    """The advisor and the executor share no code but the foundation, whatever the tables say."""
    floors = Floors(repo)
    other = {"api": "ai-ops", "ai-ops": "api"}
    for path in repo.with_suffix(*CPP):
        part = path.split("/")[0]
        for include in includes(repo.text(path)):
            if include.path.split("/")[0] == other.get(part, "-"):
                report.fail(path, include.line, f"{part}/ includes {include.path}")
    for room, row in floors.rooms.items():
        part = room.split("/")[0]
        for used in [*row.get("uses", []), *row.get("test_uses", [])]:
            if used.split("/")[0] == other.get(part, "-"):
                report.fail(floors.file_of[room], _line_naming(repo, floors.file_of[room], room), f"{room} uses {used}")


def cycles(graph: dict[str, list[str]]) -> list[list[str]]:
    """One cycle for each back edge of a depth-first walk, its first node repeated at the end."""
    found, done, way = [], set(), []

    def visit(node: str) -> None:
        way.append(node)
        for following in graph.get(node, []):
            if following in way:
                found.append(way[way.index(following):] + [following])
            elif following not in done:
                visit(following)
        way.pop()
        done.add(node)

    for node in graph:
        if node not in done:
            visit(node)
    return found


def _line_naming(repo: Repo, table: str, room: str) -> int:
    for number, line in enumerate(repo.lines(table), 1):
        if line.startswith(f'"{room}"'):
            return number
    return 1
