"""What the grounding check leaves: of answers that are wrong (nothing may pass), of true ones, and of a model's own.

A line of data/grounding.jsonl: {"id", "sort", "cluster": one of clusters.h, "answer", "holds": whether it is true}.
"""
import json
import pathlib

from advisor import Advisor, table

DATA = pathlib.Path(__file__).resolve().parent / "data/grounding.jsonl"
QUESTIONS = [
    ("wrong-port", "what is wrong?"), ("wrong-port", "why is checkout failing?"), ("wrong-port", "why is report pending?"),
    ("orders-in-a-log", "what is wrong?"), ("orders-in-a-log", "why is checkout failing?"),
    ("out-of-memory", "what is wrong?"), ("out-of-memory", "why does ledger crash?"),
    ("wrong-image", "what is wrong?"), ("wrong-image", "why is search down?"),
    ("not-ready", "what is wrong?"), ("not-ready", "why is accounts not ready?"),
]


def statements_of(answer: dict) -> list:
    return [statement for one in answer["tries"] for statement in one["statements"]]


def run(advisor: Advisor, show: bool) -> int:
    cases = [json.loads(line) for line in DATA.read_text().splitlines() if line.strip()]
    status = tell_scripted(cases, advisor, show)
    if advisor.model:
        tell_model(advisor, show)
    return status


def tell_scripted(cases: list, advisor: Advisor, show: bool) -> int:
    lines = [{"cluster": case["cluster"], "question": "what is wrong?", "answer": case["answer"]} for case in cases]
    answers = advisor.answers("tell", lines, with_model=False)
    held = [[statement["holds"] for statement in statements_of(answer)] for answer in answers]
    rows, passed = [], []
    for is_true, result, judge in ((False, "caught", lambda some: not any(some)), (True, "hold", lambda some: bool(some) and all(some))):
        chosen = [(case, judge(some)) for case, some in zip(cases, held) if case["holds"] == is_true]
        for sort in dict.fromkeys(case["sort"] for case, _ in chosen):
            good = [was for case, was in chosen if case["sort"] == sort]
            rows.append([("true: " if is_true else "wrong: ") + sort, len(good), f"{sum(good)} {result}"])
        rows.append(["all true" if is_true else "all wrong", len(chosen), f"{sum(was for _, was in chosen)} {result}"])
        passed += [case for case, was in chosen if not was and not is_true]
    print(table(["scripted answers", "answers", "result"], rows))
    if show:
        for case, answer, some in zip(cases, answers, held):
            if case["holds"] != (bool(some) and all(some)) and (case["holds"] or any(some)):
                struck = [what for statement in statements_of(answer) for what in statement["ungrounded"]]
                print(f"{'struck, but true' if case['holds'] else 'passed, but wrong'} {case['id']} ({case['cluster']}): {case['answer']!r} {struck}")
    return 1 if passed else 0


def tell_model(advisor: Advisor, show: bool) -> None:
    answers = advisor.answers("tell", [{"cluster": cluster, "question": question} for cluster, question in QUESTIONS])
    rows = []
    for cluster in dict.fromkeys(cluster for cluster, _ in QUESTIONS):
        rows.append([cluster, *figures([answer for (of, _), answer in zip(QUESTIONS, answers) if of == cluster])])
    print(f"\n{advisor.model}\n" + table(["findings", "questions", "tries", "statements", "grounded", "share", "shown", "errors"],
                                         [*rows, ["all", *figures(answers)]]))
    if show:
        for (cluster, question), answer in zip(QUESTIONS, answers):
            for statement in statements_of(answer):
                print(f"{'holds ' if statement['holds'] else 'struck'} {cluster}, {question} {statement['text']!r} {statement['ungrounded']}")


def figures(answers: list) -> list:
    statements = [statement["holds"] for answer in answers for statement in statements_of(answer)]
    share = f"{100 * sum(statements) / len(statements):.0f} %" if statements else "-"
    return [len(answers), sum(len(answer["tries"]) for answer in answers), len(statements), sum(statements), share,
            sum(bool(answer["shown"]) for answer in answers), sum("error" in answer for answer in answers)]
