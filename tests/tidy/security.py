"""SECURITY.md and the tests agree: each claim names tests that there are, each security test stands behind a claim."""
import pathlib
import sys

from repo import Repo, Report

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import security_claims  # noqa: E402


def check(repo: Repo, report: Report) -> None:
    if not repo.exists(security_claims.PAGE):
        return
    claims = security_claims.claims_of(repo.text(security_claims.PAGE))
    files = filter(security_claims.is_test_file, repo.files)
    tests = [test for path in files for test in security_claims.tests_in(path, repo.text(path))]
    for claim in claims:
        if not claim.tests:
            report.fail(security_claims.PAGE, claim.line, f"no test stands behind \"{claim.text}\"")
        for name in claim.tests:
            if not any(test.is_called(name) for test in tests):
                report.fail(security_claims.PAGE, claim.line, f"there is no test {name}")
    named = set(security_claims.named_tests(claims, tests))
    report.note(f"{len(claims)} claims, {len(named)} tests")
    for test in tests:
        if test.is_securitys() and test not in named:
            report.fail(test.file, 1, f"no claim of {security_claims.PAGE} names {test.names[0]}")
