"""What tests/eval measures without a model must not get worse: it is run here as a person runs it (docs/evaluation.md)."""
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT / "tests/eval/data"
TIMEOUT_S = 120  # of a run that takes a few seconds


def run_eval(*arguments):
    """The exit code and the tables' rows: {"all": [256, 205, 37, 13, 1]}, numbers only."""
    done = subprocess.run([sys.executable, ROOT / "tests/eval/run", *arguments], env=os.environ, capture_output=True, text=True,
                          timeout=TIMEOUT_S, check=False)
    assert not done.stderr, done.stderr
    rows = {}
    for line in done.stdout.splitlines():
        first, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and cells:
            rows[first] = [int(number) for cell in cells for number in re.findall(r"\d+", cell)]
    return done.returncode, rows, done.stdout


def lines_of(name):
    return [json.loads(line) for line in (DATA / name).read_text().splitlines() if line.strip()]


@pytest.mark.parametrize("name, least_right", [("understanding-dev.jsonl", 200), ("understanding-kept.jsonl", 64)])
def test_no_utterance_that_must_not_act_becomes_an_operation(name, least_right):
    code, rows, shown = run_eval("understanding", "--data", str(DATA / name), "--show")
    assert code == 0, shown
    utterances, right, abstained, wrong, acted = rows["all"]
    assert utterances == len(lines_of(name)) == right + abstained + wrong + acted
    assert acted == 0, shown
    assert right >= least_right, shown


def test_every_wrong_answer_about_findings_is_caught_and_every_true_one_holds():
    code, rows, shown = run_eval("grounding", "--show")
    assert code == 0, shown
    cases = lines_of("grounding.jsonl")
    for row, holds in (("all wrong", False), ("all true", True)):
        answers, good = rows[row]
        assert answers == good == sum(case["holds"] == holds for case in cases), shown
