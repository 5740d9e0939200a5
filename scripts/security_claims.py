"""What SECURITY.md claims, and which tests it names: read by `./test security` and by tests/tidy.

A claim is a row `| claim | mechanism | test | figure |` of its table. In the third column each name in backticks is one
of `Suite.Case` (GoogleTest), `test_case`, `test_file.py::test_case` or `test_file.py` (pytest); `*` stands for any text.
"""
import dataclasses
import fnmatch
import re

PAGE = "SECURITY.md"
COLUMNS = 4
TESTS_COLUMN = 2
# Every test in these files is security's: each must be named by a claim.
SECURITY_FILES = (
    "api/policy/*_test.cc", "foundation/redaction/*_test.cc", "api/turns/key_ring*_test.cc", "foundation/access/*_test.cc",
    "foundation/jwt/*_test.cc", "tests/fuzz/test_*.py",
    *(f"tests/kubernetes/test_{name}.py" for name in ("bad_calls", "drift", "rights", "second_gate", "writes")),
    *(f"tests/system/test_{name}.py" for name in (
        "approvals_between", "authorization", "bad_bytes", "canaries", "hijacked_advisor", "injection", "isolation",
        "key_rotation", "nothing_starts", "operation_model", "redaction", "self_composition", "separation", "ten_failures",
        "tokens")),
)
GTEST = re.compile(r"^\s*(?:TEST|TEST_F|TEST_P|TYPED_TEST|RC_GTEST_PROP|RC_GTEST_FIXTURE_PROP)\(\s*(\w+),\s*(\w+)", re.M)
PYTEST = re.compile(r"^(?:async )?def (test_\w+)", re.M)


@dataclasses.dataclass(frozen=True, order=True)
class Test:
    file: str   # relative to the root
    suite: str  # of GoogleTest; empty for pytest
    name: str

    @property
    def is_gtest(self) -> bool:
        return bool(self.suite)

    @property
    def names(self) -> tuple:
        """How a claim may call it."""
        if self.is_gtest:
            return (f"{self.suite}.{self.name}",)
        file = self.file.rpartition("/")[2]
        return self.name, f"{file}::{self.name}", file

    @property
    def program(self) -> str:
        """Of GoogleTest: the test program of its room."""
        return re.sub(r"[/-]", "_", self.file.rpartition("/")[0]) + "_test"

    def is_called(self, name: str) -> bool:
        return any(fnmatch.fnmatchcase(own, name) for own in self.names)

    def is_securitys(self) -> bool:
        return any(fnmatch.fnmatchcase(self.file, pattern) for pattern in SECURITY_FILES)


@dataclasses.dataclass(frozen=True)
class Claim:
    line: int
    text: str
    tests: tuple


def is_test_file(path: str) -> bool:
    return path.endswith("_test.cc") or re.match(r"tests/[a-z]+/test_\w+\.py$", path) is not None


def tests_in(path: str, text: str) -> list:
    if path.endswith(".py"):
        return [Test(path, "", name) for name in PYTEST.findall(text)]
    return [Test(path, suite, name) for suite, name in GTEST.findall(text)]


def claims_of(text: str) -> list:
    """Rows of tables, but for their heads; a row of another number of columns has no tests."""
    out, lines = [], text.splitlines()
    for number, line in enumerate(lines, 1):
        is_head = number < len(lines) and re.match(r"\|[-| :]+\|$", lines[number]) is not None
        if not line.startswith("|") or is_head or re.match(r"\|[-| :]+\|$", line):
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        named = re.findall(r"`([^`]+)`", cells[TESTS_COLUMN]) if len(cells) == COLUMNS else []
        out.append(Claim(number, cells[0], tuple(named)))
    return out


def named_tests(claims: list, tests: list) -> list:
    return sorted({test for claim in claims for name in claim.tests for test in tests if test.is_called(name)})
