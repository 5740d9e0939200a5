"""Markdown leads somewhere: relative links and their anchors, and the files that the house's front pages name."""
import itertools
import re
import urllib.parse

from repo import Repo, Report

FRONT_PAGES = ("README.md", "ARCHITECTURE.md")
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)|^\[[^\]]+\]:\s*(\S+)")
NAMED = re.compile(r"`([^`\s]+)`")
FILE_SUFFIX = re.compile(r"\.(?:h|cc|md|py|toml|yaml|json|sql|txt|sh|cmake|scenario)$")
MADE_BY_RUNNING = ("build/", "data/")


def prose(text: str) -> list[str]:
    """Lines with fenced blocks emptied."""
    fenced, lines = False, []
    for line in text.splitlines():
        fence = re.match(r"\s*(```|~~~)", line)
        lines.append("" if fenced or fence else line)
        fenced = fenced != bool(fence)
    return lines


def check_links(repo: Repo, report: Report) -> None:
    for path in repo.with_suffix(".md"):
        folder = path.rpartition("/")[0]
        for number, line in enumerate(prose(repo.text(path)), 1):
            for m in LINK.finditer(re.sub(r"`[^`]*`", "", line)):
                target, _, anchor = urllib.parse.unquote(m[1] or m[2]).partition("#")
                if re.match(r"[a-z][a-z0-9+.-]*:", target):
                    continue
                file = _joined(folder, target) if target else path
                if file is None or not repo.exists(file):
                    report.fail(path, number, f"{target} leads nowhere")
                elif anchor and file.endswith(".md") and anchor not in anchors(repo.text(file)):
                    report.fail(path, number, f"#{anchor} is no heading of {file}")


def check_named_files(repo: Repo, report: Report) -> None:
    """`a/b` and `x.h` in backticks on the front pages are files or folders of this repository."""
    for path in repo.files:
        if path not in FRONT_PAGES:
            continue
        for number, line in enumerate(prose(repo.text(path)), 1):
            for m in NAMED.finditer(line):
                for name in alternatives(m[1]):
                    if _looks_like_path(repo, name) and not repo.exists(name):
                        report.fail(path, number, f"{name} does not exist")


def alternatives(name: str) -> list[str]:
    """`a.{h,cc}` is two names."""
    parts = re.split(r"\{([^{}]*,[^{}]*)\}", name)
    choices = [part.split(",") if i % 2 else [part] for i, part in enumerate(parts)]
    return ["".join(chosen) for chosen in itertools.product(*choices)]


def _looks_like_path(repo: Repo, name: str) -> bool:
    if re.search(r"[<>{}*$:=()|…]|NNNN|^[-/~]|://", name) or name.startswith(MADE_BY_RUNNING):
        return False
    top, slash, _ = name.removeprefix("./").partition("/")
    return bool(slash and repo.exists(top) or FILE_SUFFIX.search(name) and slash)


def anchors(text: str) -> set[str]:
    found: set[str] = set()
    for line in prose(text):
        if m := re.match(r"#{1,6}\s+(.*?)\s*#*$", line):
            slug = re.sub(r"[^\w\- ]", "", m[1].lower()).replace(" ", "-")
            twins = sum(1 for anchor in found if re.fullmatch(re.escape(slug) + r"(-\d+)?", anchor))
            found.add(f"{slug}-{twins}" if twins else slug)
    return found


def _joined(folder: str, target: str) -> str | None:
    """None when it leads out of the repository."""
    parts: list[str] = []
    for part in ([] if target.startswith("/") else folder.split("/")) + target.split("/"):
        if part == ".." and not parts:
            return None
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts) or "."
