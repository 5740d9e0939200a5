"""Bounds on files and functions, and the figures that show where the house is going."""
import math

from cpp_text import functions
from repo import CPP, Repo, Report

MAX_FILE_LINES = 600
MAX_FUNCTION_LINES = 70


def check_files(repo: Repo, report: Report) -> None:
    counted = {path: len(repo.lines(path)) for path in repo.with_suffix(*CPP, ".py")}
    for path, lines in counted.items():
        if lines > MAX_FILE_LINES:
            report.fail(path, 1, f"{lines} lines, {MAX_FILE_LINES} at most: split it by idea")
    cpp = {path: lines for path, lines in counted.items() if path.endswith(CPP)}
    tests = sum(lines for path, lines in cpp.items() if path.endswith("_test.cc"))
    report.note(f"C++ {_figures(list(cpp.values()))}")
    report.note(f"test lines per source line {tests / max(1, sum(cpp.values()) - tests):.2f}")


def check_functions(repo: Repo, report: Report) -> None:
    lines = []
    for path in repo.with_suffix(*CPP):
        for function in functions(repo.text(path)):
            lines.append(function.lines)
            if function.lines > MAX_FUNCTION_LINES:
                report.fail(path, function.line,
                            f"{function.name} has {function.lines} lines, {MAX_FUNCTION_LINES} at most")
    report.note(_figures(lines))


def _figures(values: list[int]) -> str:
    if not values:
        return "none"
    ordered = sorted(values)
    median, p95 = (ordered[math.ceil(len(ordered) * share) - 1] for share in (0.5, 0.95))
    return f"{len(ordered)}, lines: median {median}, p95 {p95}, longest {ordered[-1]}"
