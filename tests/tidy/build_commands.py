"""How files are compiled: taken from a build folder, without its compiler cache and precompiled header's binary."""
import functools
import hashlib
import json
import pathlib
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor

from cpp_text import includes
from repo import Repo, Skipped

JOBS = 2
TIDY_FOLDER = "build/tidy"


class BuildCommands:
    """The commands of the newest configured build folder, or of the one given."""

    def __init__(self, repo: Repo, folder: str | None):
        self.repo = repo
        self.folder = repo.root / folder if folder else self._newest()
        self.by_file = {}
        for entry in self._database():
            path = pathlib.Path(entry["file"])
            if path.is_relative_to(repo.root) and path.exists():
                self.by_file[str(path.relative_to(repo.root))] = self._without_cache(entry)
        if not self.by_file:
            raise Skipped(f"{self.folder} compiles no file of this repository")

    def _newest(self) -> pathlib.Path:
        files = list((self.repo.root / "build").glob("*/build.ninja"))
        if not files:
            raise Skipped("no build folder is configured (cmake --preset dev)")
        return max(files, key=lambda file: file.stat().st_mtime).parent

    def _database(self) -> list[dict]:
        stored = self.folder / "compile_commands.json"
        if stored.exists():
            return json.loads(stored.read_text())
        command = ["ninja", "-C", str(self.folder), "-t", "compdb"]
        listed = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        return [entry for entry in listed if " -c " in entry["command"]]

    def _without_cache(self, entry: dict) -> list[str]:
        """The compiler and its flags, without file, output, dependency file and the binary of the precompiled header;
        its text stays included where it exists, since sources may lean on it."""
        words = shlex.split(entry["command"])
        while words and not pathlib.Path(words[0]).name.startswith("clang++"):
            words.pop(0)
        kept, i = [], 0
        while i < len(words):
            word = words[i]
            if word in ("-o", "-c", "-MF", "-MT"):
                i += 2
            elif word == "-Xclang" and words[i + 1] in ("-include-pch", "-include"):
                if words[i + 1] == "-include":
                    kept += ["-include", words[i + 3]]
                i += 4
            elif word in ("-MD", "-Winvalid-pch") or word == "-Xclang" and words[i + 1] == "-fno-pch-timestamp":
                i += 2 if word == "-Xclang" else 1
            else:
                kept.append(word)
                i += 1
        return kept

    def flags(self, path: str) -> list[str]:
        """Of a file, or of one that stands near it."""
        if path in self.by_file:
            return self.by_file[path]
        shared = lambda other: len(_common_prefix(path, other))
        return self.by_file[max(self.by_file, key=shared)]


def _common_prefix(a: str, b: str) -> str:
    for i, (x, y) in enumerate(zip(a, b)):
        if x != y:
            return a[:i]
    return min(a, b, key=len)


class Seen:
    """Remembers what was found good, by a digest of the file, all of ours that it includes, and how it was looked at."""

    def __init__(self, repo: Repo, name: str):
        self.repo = repo
        self.folder = repo.root / TIDY_FOLDER / name

    @functools.cache
    def closure(self, path: str) -> frozenset[str]:
        found, waiting = set(), [path]
        while waiting:
            file = waiting.pop()
            if file not in found and self.repo.exists(file):
                found.add(file)
                waiting += [i.path for i in includes(self.repo.text(file)) if i.own]
        return frozenset(found)

    def mark(self, path: str, *how: str) -> pathlib.Path:
        digest = hashlib.sha256()
        for part in [*how, *(f"{file}\0{self.repo.text(file)}" for file in sorted(self.closure(path)))]:
            digest.update(part.encode() + b"\0")
        return self.folder / digest.hexdigest()

    def remember(self, mark: pathlib.Path) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        mark.touch()


def in_parallel(work, items: list) -> list:
    with ThreadPoolExecutor(JOBS) as pool:
        return list(pool.map(work, items))
