"""Each case of diagnosis/*.cases: a bundle, and what hks-diagnose must find in it. diagnosis/README.md has the format."""
import json
import pathlib
import re
import subprocess

import case_bundle
import cases
import pytest
from support.stage import PROGRAMS, ROOT

FOLDER = pathlib.Path(__file__).resolve().parent / "diagnosis"
FAULTS = ROOT / "ai-ops/diagnosis/fault.cc"
TIMEOUT_S = 60
FAMILIES = {file.stem: cases.read(file) for file in sorted(FOLDER.glob("*.cases"))}
ALL = [pytest.param(case, id=f"{family}: {case.name}") for family, read in FAMILIES.items() for case in read.cases]


def findings_in(case: cases.Case, folder: pathlib.Path) -> list:
    """As a case writes them."""
    objects = json.dumps({"kind": "List", "items": case.bundle.objects})
    for path, text in {**case.bundle.files, "objects.json": objects}.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    now = case_bundle.timestamp(case_bundle.NOW)
    done = subprocess.run([PROGRAMS / "hks-diagnose", folder, "--output", "json", "--at", now], capture_output=True,
                          text=True, timeout=TIMEOUT_S)
    assert done.returncode in (0, 1, 2), done.stderr
    report = json.loads(done.stdout)
    assert not report["skipped"], report["skipped"]
    told = {row["id"]: f"{row['fault']} {row['object']['kind']}/{row['object']['name']}" for row in report["findings"]}
    out = []
    for row in report["findings"]:
        causes = ", ".join(sorted(told[cause] for cause in row.get("causes", [])))
        out.append(f"{row['severity']} {told[row['id']]}" + (f" <- {causes}" if causes else ""))
    return sorted(out)


@pytest.mark.parametrize("case", ALL)
def test_finds(case: cases.Case, tmp_path):
    found = findings_in(case, tmp_path)
    if case.says_all:
        assert found == sorted(case.findings)
    faults = {finding.split()[1] for finding in found}
    assert not faults & set(case.unexpected)


@pytest.fixture(scope="module")
def known() -> set:
    return set(re.findall(r'^    \{"([a-z-]+)", \w+,', FAULTS.read_text(), re.MULTILINE))


def codes_by_gap() -> dict:
    """The faults that have what a line of gaps.cases could say is missing."""
    every = [case for read in FAMILIES.values() for case in read.cases]
    return {"no case": {finding.split()[1] for case in every for finding in case.findings},
            "no near miss": {code for case in every for code in case.nearly},
            "no healed case": {code for case in every for code in case.healed}}


@pytest.mark.parametrize("gap", cases.GAPS)
def test_every_fault_has_a_case_of_each_sort_or_says_why_not(gap, known):
    have = codes_by_gap()[gap]
    told = {code for read in FAMILIES.values() for code in read.gaps[gap]}
    assert not sorted(have & told), f"they have such a case: their line `{gap}:` goes"
    assert not sorted(known - have - told), f"each wants such a case, or a line `{gap}: CODE: WHY`"
    assert not sorted((have | told) - known), "the catalogue has no such fault"


def test_a_case_rules_out_only_faults_that_there_are(known):
    named = {code for read in FAMILIES.values() for case in read.cases for code in case.unexpected}
    assert not sorted(named - known)


@pytest.mark.parametrize("line, says", [
    ("use: nowhere", "there is no block"),
    ("with: Pod/web-1 a=b", "there is no Pod/web-1"),
    ("new: Pod/web-1 {a: [}", "while parsing"),
    ("event: Pod/web-1 Failed: no", "is not of the form"),
    ("expect: image-not-found", "is not of the form"),
    ("nearly: image not found", "is not of the form"),
    ("healed: crash,", "is not of the form"),
    ("no healed case: crash", "is not of the form"),
    ("expected: nothing", "this is no statement"),
])
def test_what_does_not_read_is_told_with_its_line(line, says, tmp_path):
    (tmp_path / cases.BASE).write_text("")
    file = tmp_path / "a.cases"
    file.write_text(f"case: one\n{line}\nexpect: nothing\n")
    with pytest.raises(cases.BadCase, match=rf"a\.cases:2: .*{says}"):
        cases.read(file)


def test_a_case_that_expects_nothing_says_so(tmp_path):
    (tmp_path / cases.BASE).write_text("")
    file = tmp_path / "a.cases"
    file.write_text("case: one\n")
    with pytest.raises(cases.BadCase, match=r"a\.cases:1: .*expects nothing"):
        cases.read(file)
