"""The operation protocol, model-checked: tests/model/operation_protocol.pml holds in every order of events, and no
longer does once any one of its guards is taken away."""
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODEL = ROOT / "tests/model/operation_protocol.pml"
STEPS = ROOT / "api/change/steps.h"
SECONDS = 120

HOLDS = {
    "one call under much trouble": "-DCALLERS=1 -DCRASHES=2 -DLOSSES=2 -DWRITES=2 -DREFUSALS=2",
    "a call that is repeated": "-DCALLERS=2",
    "two calls for one command, one of them repeated": "-DCALLERS=3 -DTOUCHES=0",
    "two calls for a command that was said twice": "-DCALLERS=3 -DTOUCHES=0 -DREFUSALS=0 -DCOMMANDS=2",
    "two approvers and one who rejects": "-DAPPROVALS -DCALLERS=2",
    "every intent ends": "-DLIVENESS -DCALLERS=1",
}
# What is taken away, in which world, and the assertion that then fails.
FAULTS = {
    "NO_INTENT": ("-DCALLERS=1", "operations[o].state==intended"),
    "NO_RECOVERY": ("-DCALLERS=1", "operations[i].state!=intended"),
    "NO_RESOURCE_VERSION": ("-DCALLERS=1", "field==operations[o].field"),
    "NO_GENERATION": ("-DCALLERS=1", "field==operations[o].field"),
    "NO_MANAGED_FIELDS": ("-DCALLERS=1", "ending!=unknown"),
    "NO_WAIT_AFTER_A_REFUSAL": ("-DCALLERS=1", "ending!=failed"),
    "NO_WAIT_AFTER_A_GUARD": ("-DCALLERS=1", "ending!=failed"),
    "SEPARATE_REVOCATION_CHECK": ("-DCALLERS=1", "!(after_revocation[o])"),
    "NO_CALL_ID": ("-DCALLERS=2 -DCOMMANDS=2", "effects_of_call[(o/2)]==1"),
    "NO_COMMAND_USE": ("-DCALLERS=3", "mandates_used<=1"),
    "NO_COMPARE_AND_SET": ("-DAPPROVALS -DCALLERS=2", "mandates_used<=1"),
}


def run(command: list, folder: pathlib.Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def check(flags: str, folder: pathlib.Path, compiled: str = "-O1") -> str:
    """What the checker says after it has been through every state, or up to the first fault."""
    run(["spin", "-Pclang-19 -E -x c", "-a", *flags.split(), MODEL], folder)  # by default gcc, which need not be there
    asks_when = "-DLIVENESS" in flags
    run(["clang-19", "-w", compiled, "-DCOLLAPSE", "-DVECTORSZ=2048", "-DNFAIR=3" if asks_when else "-DSAFETY", "-o", "pan", "pan.c"], folder)
    # -E: a process that waits for ever is right; that no intent does is asserted. -f: each who can move some day does.
    said = run(["./pan", "-E", "-m100000", "-w22", *(["-a", "-f"] if asks_when else [])], folder)
    assert "max search depth too small" not in said and "out of memory" not in said, said
    return said


def errors(said: str) -> int:
    return int(re.search(r"errors: (\d+)", said)[1])


def names_of_states(said: str) -> str:
    """Assertions as they are written in the model: SPIN prints a state as its number."""
    kinds = re.search(r"mtype:state = \{(.*?)\}", MODEL.read_text(), re.DOTALL)[1]
    for number, name in enumerate(reversed([name.strip() for name in kinds.split(",")]), 1):
        said = re.sub(rf"(state|ending)(==|!=){number}\b", rf"\1\2{name}", said)
    return said


@pytest.mark.parametrize("world", HOLDS)
def test_the_operation_protocol_holds(world, tmp_path, figures):
    said = check(HOLDS[world], tmp_path)
    assert errors(said) == 0, said
    states = int(re.search(r"(\d+) states, stored", said)[1])
    figures(f"the operation protocol, {world}: {states} states")
    assert states > 10_000, "it did not go far"


@pytest.mark.parametrize("guard", FAULTS)
def test_the_model_finds_what_happens_with(guard, tmp_path):
    flags, fails = FAULTS[guard]
    said = check(f"{flags} -D{guard}", tmp_path, "-O0")
    assert errors(said) == 1, said
    violated = names_of_states(re.search(r"assertion violated.*", said)[0])
    assert fails in violated, violated


@pytest.mark.parametrize("asks", ["caller", "approver"])
def test_every_statement_of_the_model_is_reached(asks, tmp_path):
    said = check("-DCALLERS=1" + " -DAPPROVALS" * (asks == "approver"), tmp_path)
    for who in (asks, "performer", "writers", "fate", "init"):
        idle = re.search(rf"unreached in (?:proctype )?{who}\n(.*?)\(\d+ of \d+ states\)", said, re.DOTALL)[1]
        assert re.findall(r'"(.*)"', idle) in ([], ["-end-"]), idle


def test_every_guard_of_the_model_is_taken_away_once():
    guards = set(re.findall(r"^#ifn?def ((?:NO|SEPARATE)_\w+)$", MODEL.read_text(), re.MULTILINE))
    assert guards == set(FAULTS)


def test_every_step_of_a_change_stands_in_the_model():
    steps = re.findall(r'\{Step::(\w+), "(\w+)"\}', STEPS.read_text())
    assert len(steps) == int(re.search(r"std::array<StepRow, (\d+)>", STEPS.read_text())[1]) > 0
    comment, code = MODEL.read_text().split("*/", 1)
    table = re.findall(r"^ \*   (\w+) +(at_\w+) ", comment, re.MULTILINE)
    assert table == [(name, f"at_{name}") for _, name in steps]
    for _, place in table:
        assert re.search(rf"\bat [=!]= {place}\b", code) or re.search(rf"\bat = {place}\b", code), f"nobody is {place}"
