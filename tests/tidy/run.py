#!/usr/bin/env python3
"""Reads the repository and refuses what the house rules refuse: python3 tests/tidy/run.py [--help].

One line a finding, `file:line: rule: text`; then the figures; at the end `N passed, M failed`, counting rules. A line
that must stay carries `// tidy: allow RULE: reason`, itself or the line above.
"""
import argparse
import os
import pathlib
import sys
from typing import Callable, NamedTuple

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import banned
import compiler
import contracts
import floors
import libraries
import markdown
import one_sided
import security
import sizes
from repo import Repo, Report, Skipped


class Rule(NamedTuple):
    name: str
    check: Callable  # (repo, report, options)


def plain(check: Callable) -> Callable:
    return lambda repo, report, options: check(repo, report)


RULES = [
    Rule("floors", plain(floors.check_includes)),
    Rule("floors-table", plain(floors.check_table)),
    Rule("floors-page", plain(floors.check_page)),
    Rule("include-cycle", plain(floors.check_file_cycles)),
    Rule("services-apart", plain(floors.check_services_apart)),
    Rule("libraries", plain(libraries.check)),
    Rule("beast-in-header", plain(libraries.check_headers_without_beast)),
    Rule("file-size", plain(sizes.check_files)),
    Rule("function-size", plain(sizes.check_functions)),
    Rule("banned", plain(banned.check_cpp)),
    Rule("unfinished", plain(banned.check_unfinished)),
    Rule("registry-host", plain(banned.check_hosts)),
    Rule("empty-name", plain(banned.check_names)),
    Rule("lambda-coroutine", plain(banned.check_lambda_coroutines)),
    Rule("test-name", plain(banned.check_test_names)),
    Rule("header", plain(compiler.check_headers_open)),
    Rule("contract-references", plain(contracts.check_references)),
    Rule("contract-operations", plain(contracts.check_operations)),
    Rule("contract-examples", plain(contracts.check_examples)),
    Rule("events-table", plain(contracts.check_events_table)),
    Rule("reasons-table", plain(contracts.check_reasons_table)),
    Rule("one-sided", plain(one_sided.check)),
    Rule("security-claims", plain(security.check)),
    Rule("links", plain(markdown.check_links)),
    Rule("named-files", plain(markdown.check_named_files)),
    Rule("format", plain(compiler.check_format)),
]
RULE_HEADERS = Rule("header-alone", lambda repo, report, o: compiler.check_headers_alone(repo, report, o.build))
RULE_CLANG_TIDY = Rule(
    "clang-tidy", lambda repo, report, o: compiler.check_clang_tidy(repo, report, o.build, o.clang_tidy, o.base))


def options_of(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=HERE.parents[1], help="another repository")
    parser.add_argument("--rule", action="append", metavar="NAME", help="only this rule; may be given again")
    parser.add_argument("--headers", action="store_true", help="compile each header alone")
    parser.add_argument("--clang-tidy", choices=("changed", "all", "none"), default="changed")
    parser.add_argument("--base", metavar="COMMIT", help="what `changed` compares with (origin/HEAD, else HEAD~1)")
    parser.add_argument("--build", metavar="FOLDER", help="build folder for compile commands (default: the newest)")
    parser.add_argument("--quiet", action="store_true", help="no figures")
    parser.add_argument("--self-test", action="store_true", help="prove that each rule fails on a bad sample")
    return parser.parse_args(arguments)


def rules_for(options: argparse.Namespace) -> list[Rule]:
    rules = list(RULES)
    if options.headers or "header-alone" in (options.rule or ()):
        rules.append(RULE_HEADERS)
    if options.clang_tidy != "none":
        rules.append(RULE_CLANG_TIDY)
    if options.rule:
        unknown = set(options.rule) - {rule.name for rule in rules}
        if unknown:
            raise SystemExit(f"no rule {', '.join(sorted(unknown))}; there are {', '.join(r.name for r in rules)}")
        rules = [rule for rule in rules if rule.name in options.rule]
    return rules


def run(options: argparse.Namespace) -> int:
    """The exit status: 0 when no rule failed. In CI a rule that cannot run has failed."""
    repo = Repo(options.root.resolve())
    passed = failed = 0
    notes: list[str] = []
    for rule in rules_for(options):
        report = Report(rule.name)
        try:
            rule.check(repo, report, options)
        except Skipped as missing:
            print(f"skip {rule.name}: {missing}")
            failed += "CI" in os.environ
            continue
        left = sorted({finding for finding in report.findings if not repo.allows(finding)})
        for finding in left:
            print(finding)
        passed, failed = passed + (not left), failed + bool(left)
        notes += report.notes
    if not options.quiet:
        print("".join(note + "\n" for note in notes), end="")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def self_test() -> int:
    import unittest
    suite = unittest.defaultTestLoader.discover(str(HERE), pattern="tidy_test.py")
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=1).run(suite)
    broken = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - broken} passed, {broken} failed")
    return 1 if broken else 0


def main(arguments: list[str]) -> int:
    options = options_of(arguments)
    return self_test() if options.self_test else run(options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
