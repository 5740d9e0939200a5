"""What is not written in this repository, each with its reason."""
import re

from cpp_text import code, lambdas, line_of, without_comments
from repo import CPP, Repo, Report

# Pattern over C++ without comments and literals, and why.
CPP_TOKENS = [
    (r"\bdetached\b", "a coroutine without an owner: spawn it in a TaskGroup"),
    (r"\bstd::v?format\b", "libstdc++ 12 has no <format>: use fmt"),
]
CPP_LINES = [
    (r"#\s*include\s*<format>", "libstdc++ 12 has no <format>: use fmt"),
]
# Pattern over source text, comments included.
ANYWHERE = [
    (r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b", "finish it, or write it down as a decision or an issue"),
]
SOURCE = (*CPP, ".py", ".cmake", "CMakeLists.txt", ".sh", ".sql", ".js", ".ts", ".css", ".toml", ".yaml")

# Hosts stand in configuration that a site can replace (a mirror, an offline cache), never in a source or a script.
HOSTS = ["docker.io", "ghcr.io", "quay.io", "gcr.io", "registry.k8s.io", "mcr.microsoft.com", "public.ecr.aws",
         "pypi.org", "files.pythonhosted.org", "registry.npmjs.org", "proxy.golang.org", "sum.golang.org", "crates.io",
         "deb.debian.org", "registry.ollama.ai", "huggingface.co"]

EMPTY_WORDS = {"manager", "helper", "util", "common", "misc", "impl"}
FOREIGN_TERMS = re.compile(r"field_?manager|common_?name", re.IGNORECASE)  # of Kubernetes, of X.509


def check_cpp(repo: Repo, report: Report) -> None:
    for path in repo.with_suffix(*CPP):
        text = repo.text(path)
        for source, rows in ((code(text), CPP_TOKENS), (without_comments(text), CPP_LINES)):
            for pattern, why in rows:
                for m in re.finditer(pattern, source):
                    report.fail(path, line_of(source, m.start()), f"{m.group()}: {why}")


def check_unfinished(repo: Repo, report: Report) -> None:
    for path in repo.with_suffix(*SOURCE):
        for pattern, why in ANYWHERE:
            for m in re.finditer(pattern, repo.text(path)):
                report.fail(path, line_of(repo.text(path), m.start()), f"{m.group()}: {why}")


def check_hosts(repo: Repo, report: Report) -> None:
    pattern = re.compile(r"(?<![\w.-])(?:" + "|".join(re.escape(host) for host in HOSTS) + r")(?![\w.-]*\w)")
    for path in repo.files:
        if path.endswith(".md") or path == "tests/tidy/banned.py":
            continue
        for m in pattern.finditer(repo.text(path)):
            report.fail(path, line_of(repo.text(path), m.start()), f"{m.group()}: a registry's host is configuration")


def empty_words(name: str) -> list[str]:
    """Those in snake_case, kebab-case or PascalCase, singular or plural."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", FOREIGN_TERMS.sub("", name))
    return sorted({part.lower().removesuffix("s") for part in parts} & EMPTY_WORDS)


def check_names(repo: Repo, report: Report) -> None:
    """Files, types and namespaces whose names say nothing."""
    for path in repo.files:
        for word in empty_words(path):
            report.fail(path, 1, f"{word} in a file's name says nothing")
    for path in repo.with_suffix(*CPP):
        source = code(repo.text(path))
        for m in re.finditer(r"\b(?:class|struct|enum|union|namespace|concept|using)\s+([\w:]+)", source):
            for word in empty_words(m[1]):
                report.fail(path, line_of(source, m.start(1)), f"{m[1]}: {word} says nothing")


def check_lambda_coroutines(repo: Repo, report: Report) -> None:
    """A lambda's captures die with the lambda, which a coroutine made of it may outlive."""
    for path in repo.with_suffix(*CPP):
        for found in lambdas(repo.text(path)):
            if found.captures and not found.invoked and re.search(r"\bco_(?:await|return|yield)\b", found.body):
                report.fail(path, found.line, f"coroutine lambda captures [{found.captures}]: name it and pass values")


def check_test_names(repo: Repo, report: Report) -> None:
    """x_test.cc or x_aspect_test.cc, where x is a file beside it or its room."""
    for path in repo.with_suffix("_test.cc"):
        folder, _, file = path.rpartition("/")
        room = folder.rpartition("/")[2].replace("-", "_")
        words = file.removesuffix("_test.cc").split("_")
        nouns = ["_".join(words[:count]) for count in range(len(words), 0, -1)]
        if not any(noun == room or repo.exists(f"{folder}/{noun}{suffix}") for noun in nouns for suffix in CPP):
            report.fail(path, 1, f"{nouns[0]} is neither a file beside it nor the room {room}, nor begins with one")
