"""The contract tests hold for both clusters: what runs on one of them only says why."""
import ast

from repo import Repo, Report

CONTRACT = "tests/kubernetes/test_contract.py"
SIDES = ("demo", "real")
FIXTURE = "cluster"  # one run on each side
ONE_CLUSTER = {"demo_kubernetes", "real_kubernetes", "printing_real_kubernetes"}


def is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def name_of(node: ast.expr) -> str:
    """Of what a decorator or a call names: "pytest.mark.skip"."""
    if isinstance(node, ast.Call):
        return name_of(node.func)
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def is_reasoned(mark: ast.expr) -> bool:
    """@one_side("demo", "a reason of some words")"""
    if not isinstance(mark, ast.Call) or name_of(mark) != "one_side" or mark.keywords or len(mark.args) != 2:
        return False
    side, why = mark.args
    return is_text(side) and side.value in SIDES and is_text(why) and len(why.value.split()) > 2


def check_case(case: ast.FunctionDef, report: Report) -> None:
    marks = [mark for mark in case.decorator_list if name_of(mark).endswith("one_side")]
    fixtures = {argument.arg for argument in case.args.args}
    for mark in marks:
        if not is_reasoned(mark):
            report.fail(CONTRACT, mark.lineno, f"{case.name}: one_side needs a side and a reason in words")
    if (FIXTURE not in fixtures or fixtures & ONE_CLUSTER) and not marks:
        report.fail(CONTRACT, case.lineno, f"{case.name} does not take both sides by the fixture {FIXTURE}")
    skips = [mark for mark in case.decorator_list if "skip" in name_of(mark) or "xfail" in name_of(mark)]
    skips += [node for node in ast.walk(case) if isinstance(node, ast.Call)
              and name_of(node) in ("pytest.skip", "pytest.xfail", "pytest.importorskip")]
    for skip in skips:
        report.fail(CONTRACT, skip.lineno, f"{case.name} is skipped without one_side")


def check(repo: Repo, report: Report) -> None:
    if CONTRACT not in repo.files:
        return
    tree = ast.parse(repo.text(CONTRACT))
    cases = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    for case in cases:
        check_case(case, report)
    report.note(f"{len(cases)} cases of the contract")
