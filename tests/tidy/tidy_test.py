"""Each rule is proven to fail on a small bad sample, at the line it names, and to pass a good one."""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import cpp_text
import json_schema
import run
import yaml_subset
from repo import Repo, Report

UNFINISHED = "TO" "DO"  # in two, so that tidy does not find it here
HOST = "ghcr" ".io"
FLOORS = '''[rooms]
"foundation/base" = { uses = [] }
"foundation/json" = { uses = ["foundation/base"], test_uses = ["foundation/crypto"] }
"foundation/crypto" = { uses = ["foundation/base"] }
'''
SCHEMA = {"oneOf": [{"$ref": "#/$defs/delta"}], "$defs": {"delta": {
    "x-from": ["advisor"], "type": "object", "required": ["text"], "additionalProperties": False,
    "properties": {"event": {"const": "delta"}, "seq": {"type": "integer"}, "text": {"type": "string"}}}}}
API = '''openapi: 3.1.0
paths:
  /a/{id}:
    parameters:
      - {name: id, in: path}
    get:
      operationId: read
      responses:
        "200":
          content:
            application/json:
              schema: {$ref: "events.schema.json#/$defs/delta"}
              examples:
                one: {externalValue: examples/read.json}
        default: {description: a problem}
'''
EVENTS_HEADER = '''// Events.
#pragma once
enum class From { advisor, control_plane };
struct Row {
  const char* name;
  From from;
};
constexpr Row kEvents[] = {
    {"delta", From::advisor},
};
'''
CLAIMS = "# Security\n\n| claim | mechanism | test | figure |\n|---|---|---|---|\n| a | b | {} | 1 row |\n"
# A repository in which no rule finds anything; a bad sample changes or adds files.
GOOD = {
    ".gitignore": "/build/\n",
    "ARCHITECTURE.md": "# A\n\n| `foundation/` | pure: `base` `json` `crypto` |\n| `api/` | `turns` |\n",
    "README.md": "# Title\n\nSee `foundation/base` and [the top](#title), `foundation/base/error.{h,cc}`.\n",
    "foundation/floors.toml": FLOORS,
    "foundation/base/error.h": "// Errors.\n#pragma once\n\nint code_of(int error);\n",
    "foundation/base/error.cc": '#include "foundation/base/error.h"\n\nint code_of(int error) { return error; }\n',
    "foundation/base/error_test.cc": '#include "foundation/base/error.h"\n',
    "foundation/base/error_bad_input_test.cc": "",
    "foundation/json/json_test.cc": '#include "foundation/crypto/key.h"\n',
    "tests/kubernetes/test_contract.py": '@one_side("demo", "only there time flies")\ndef test_a(cluster):\n    pass\n',
    "foundation/crypto/key.h": "// Keys.\n#pragma once\n#include <openssl/evp.h>\n",
    "contracts/events.schema.json": json.dumps(SCHEMA),
    "contracts/public.openapi.yaml": API,
    "contracts/examples/event.delta.json": '{"event": "delta", "text": "a"}',
    "contracts/examples/read.json": '{"text": "a"}',
    "api/floors.toml": '[rooms]\n"api/turns" = { uses = ["foundation/base"] }\n',
    "api/turns/events.h": EVENTS_HEADER,
    "SECURITY.md": CLAIMS.format("`test_tokens.py::test_a`, `Keys.*`"),
    "tests/system/test_tokens.py": "def test_a():\n    pass\n",
    "api/turns/key_ring.cc": "",
    "api/turns/key_ring_test.cc": "TEST(Keys, Roll) {}\n",
}


def claimed(tests: str) -> dict[str, str]:
    return {"SECURITY.md": CLAIMS.format(tests)}


def cc(text: str) -> dict[str, str]:
    return {"foundation/base/error.cc": text}


def table(rows: str) -> dict[str, str]:
    return {"api/floors.toml": f"[rooms]\n{rows}\n"}


# rule, what changes, where it is found, a part of what is said
CONTRACT = "tests/kubernetes/test_contract.py"


def contract(mark: str, body: str = "    pass\n", fixture: str = "cluster") -> dict[str, str]:
    return {CONTRACT: f"{mark}def test_a({fixture}):\n{body}"}


BAD = [
    ("floors", cc('#include "foundation/json/view.h"\n') | {"foundation/json/view.h": ""},
     "foundation/base/error.cc:1", "foundation/base may not include from foundation/json"),
    ("floors", cc('int a;\n#include "error.h"\n'), "foundation/base/error.cc:2", "is no file, seen from the root"),
    ("floors", {"foundation/other/x.cc": ""}, "foundation/other/x.cc:1", "stands in no room"),
    ("floors", {"foundation/json/value.cc": '#include "foundation/crypto/key.h"\n'},
     "foundation/json/value.cc:1", "may not include from foundation/crypto"),
    ("floors-table", table('"api/a" = { uses = ["api/b"] }\n"api/b" = { uses = ["api/a"] }'),
     "api/floors.toml:2", "cycle: api/a -> api/b -> api/a"),
    ("floors-table", table('"api/a" = { uses = ["api/gone"] }'), "api/floors.toml:2", "api/gone, which is no room"),
    ("floors-table", table('"cli/a" = { uses = [] }'), "api/floors.toml:2", "another part"),
    ("floors-page", {"ARCHITECTURE.md": "# A\n\n| `foundation/` | `base` `json` |\n"}, "ARCHITECTURE.md:3", "does not list foundation/crypto"),
    ("floors-page", {"ARCHITECTURE.md": "| `api/` | `turns` `redaction` |\n"}, "ARCHITECTURE.md:1", "api/redaction is no room"),
    ("include-cycle", {"foundation/base/a.h": '#include "foundation/base/b.h"\n',
                       "foundation/base/b.h": '#include "foundation/base/a.h"\n'},
     "foundation/base/a.h:1", "foundation/base/a.h -> foundation/base/b.h -> foundation/base/a.h"),
    ("services-apart", {"ai-ops/chat/x.cc": '#include "api/turns/events.h"\n'}, "ai-ops/chat/x.cc:1", "ai-ops/ includes"),
    ("services-apart", table('"api/a" = { uses = ["ai-ops/chat"] }'), "api/floors.toml:2", "uses ai-ops/chat"),
    ("libraries", cc("#include <openssl/evp.h>\n"), "foundation/base/error.cc:1", "belongs to foundation/crypto"),
    ("libraries", cc("#include <boost/json/parse.hpp>\n"), "foundation/base/error.cc:1", "foundation/json"),
    ("libraries", cc("#include <boost/beast.hpp>\n"), "foundation/base/error.cc:1", "foundation/http"),
    ("libraries", cc("#include <sqlite3.h>\n"), "foundation/base/error.cc:1", "foundation/database"),
    ("beast-in-header", {"foundation/http/a.h": "// A.\n#pragma once\n#include <boost/beast/core.hpp>\n"},
     "foundation/http/a.h:3", "in a header"),
    ("file-size", cc("int a;\n" * 601), "foundation/base/error.cc:1", "601 lines"),
    ("function-size", cc("int a;\nint f() {\n" + "  g();\n" * 69 + "}\n"), "foundation/base/error.cc:2", "f has 71 lines"),
    ("banned", cc("\nvoid f() { spawn(asio::detached); }\n"), "foundation/base/error.cc:2", "without an owner"),
    ("banned", cc("auto s = std::format(x);\n"), "foundation/base/error.cc:1", "use fmt"),
    ("banned", cc("#include <format>\n"), "foundation/base/error.cc:1", "use fmt"),
    ("unfinished", cc(f"int a;\n// {UNFINISHED}: more\n"), "foundation/base/error.cc:2", "finish it"),
    ("registry-host", {"run": f"#!/bin/sh\npull {HOST}/a/b\n"}, "run:2", HOST),
    ("empty-name", {"foundation/base/string_utils.h": "// S.\n#pragma once\n"}, "foundation/base/string_utils.h:1", "util"),
    ("empty-name", cc("\nclass SessionManager {};\n"), "foundation/base/error.cc:2", "SessionManager: manager"),
    ("lambda-coroutine", cc("int a;\nvoid f() {\n  spawn([&ctx]() -> Task<void> { co_await g(); });\n}\n"),
     "foundation/base/error.cc:3", "captures [&ctx]"),
    ("lambda-coroutine", cc("auto f = [=](std::function<int()> g) mutable -> Task<int> { co_return g(); };\n"),
     "foundation/base/error.cc:1", "captures [=]"),
    ("test-name", {"foundation/base/other_test.cc": ""}, "foundation/base/other_test.cc:1", "other is neither"),
    ("test-name", {"foundation/base/errors_test.cc": ""}, "foundation/base/errors_test.cc:1", "errors is neither"),
    ("header", {"foundation/base/a.h": "#pragma once\n"}, "foundation/base/a.h:1", "does not open with a comment"),
    ("header", {"foundation/base/a.h": "// A.\n// #pragma once\n"}, "foundation/base/a.h:1", "lacks #pragma once"),
    ("contract-references", {"contracts/public.openapi.yaml": API.replace("$defs/delta", "$defs/gone")},
     "contracts/public.openapi.yaml:12", "leads nowhere"),
    ("contract-references", {"contracts/public.openapi.yaml": API + "a: &b c\n"}, "contracts/public.openapi.yaml:1",
     "not in this subset"),
    ("contract-operations", {"contracts/public.openapi.yaml": API.replace("name: id", "name: key")},
     "contracts/public.openapi.yaml:3", "does not declare id"),
    ("contract-operations", {"contracts/public.openapi.yaml": API.replace("        default: {description: a problem}", "")},
     "contracts/public.openapi.yaml:3", "no default response"),
    ("contract-operations", {"contracts/public.openapi.yaml": API.replace("operationId", "summary")},
     "contracts/public.openapi.yaml:3", "no operationId"),
    ("contract-examples", {"contracts/examples/read.json": '{"text": 1}'}, "contracts/examples/read.json:1",
     "text: is not string"),
    ("contract-examples", {"contracts/examples/event.delta.json": '{"event": "delta"}'},
     "contracts/examples/event.delta.json:1", "lacks text"),
    ("contract-examples", {"contracts/examples/lost.json": "{}"}, "contracts/examples/lost.json:1", "no contract refers"),
    ("contract-examples", {"contracts/examples/read.json": None}, "contracts/public.openapi.yaml:14", "does not exist"),
    ("contract-examples", {"contracts/examples/event.delta.json": None}, "contracts/events.schema.json:1", "no example"),
    ("contract-examples", {"contracts/public.openapi.yaml": API.replace("read.json", "read.sse"),
                           "contracts/examples/read.json": None,
                           "contracts/examples/read.sse": 'id: 2\nevent: delta\ndata: {"seq":2,"text":"a"}\n\n'},
     "contracts/examples/read.sse:1", "frame 1 has id 2"),
    ("events-table", {"api/turns/events.h": EVENTS_HEADER.replace("delta", "deltas")}, "api/turns/events.h:8",
     "delta is only in the schema"),
    ("events-table", {"api/turns/events.h": EVENTS_HEADER.replace("From::advisor", "From::control_plane")}, "api/turns/events.h:8",
     "delta is from control_plane"),
    ("reasons-table", {"api/policy/rules.cc": '\n{"rule", is_so, Effect::deny, "because"},\n'}, "api/policy/rules.cc:2",
     "because is no deny_reason"),
    ("one-sided", contract('@one_side("demo")\n'), f"{CONTRACT}:1", "needs a side and a reason"),
    ("one-sided", contract('@one_side("demo", "")\n'), f"{CONTRACT}:1", "needs a side and a reason"),
    ("one-sided", contract('@one_side("kwok", "it is faster there")\n'), f"{CONTRACT}:1", "needs a side and a reason"),
    ("one-sided", contract('@one_side("demo", WHY)\n'), f"{CONTRACT}:1", "needs a side and a reason"),
    ("one-sided", contract('@pytest.mark.skipif(True, reason="slow")\n'), f"{CONTRACT}:1", "skipped without one_side"),
    ("one-sided", contract("", "    pytest.skip('not today')\n"), f"{CONTRACT}:2", "skipped without one_side"),
    ("one-sided", contract("", fixture="demo_kubernetes"), f"{CONTRACT}:1", "does not take both sides"),
    ("security-claims", claimed("`test_tokens.py`, `Keys.Roll`, `test_gone`"), "SECURITY.md:5", "there is no test test_gone"),
    ("security-claims", claimed("none"), "SECURITY.md:5", "no test stands behind \"a\""),
    ("security-claims", claimed("`Keys.*`"), "tests/system/test_tokens.py:1", "no claim of SECURITY.md names test_a"),
    ("security-claims", claimed("`test_a`"), "api/turns/key_ring_test.cc:1", "no claim of SECURITY.md names Keys.Roll"),
    ("links", {"docs/a.md": "\n[b](../b.md)\n"}, "docs/a.md:2", "../b.md leads nowhere"),
    ("links", {"docs/a.md": "[b](../README.md#bottom)\n"}, "docs/a.md:1", "#bottom is no heading"),
    ("named-files", {"README.md": "`foundation/base/gone.{h,cc}`\n"}, "README.md:1", "foundation/base/gone.h"),
    ("format", cc("int  a;\n"), "foundation/base/error.cc:1", "clang-format"),
    ("header-alone", {"foundation/base/a.h": "// A.\n#pragma once\n\nstd::string name();\n"}, "foundation/base/a.h:4",
     "std"),
    ("clang-tidy", cc("struct A {\n  virtual void f();\n};\nstruct B : A {\n  virtual void f();\n};\n"),
     "foundation/base/error.cc:5", "override"),
]
NEEDS = {"format": "clang-format-19", "header-alone": "clang++-19", "clang-tidy": "clang-tidy-19"}


class Sample:
    """A git repository of its own with the good files, changed; None takes a file away."""

    def __init__(self, changes: dict[str, str | None]):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="tidy."))
        files = {path: text for path, text in (GOOD | changes).items() if text is not None}
        for path, text in files.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text)
        for name in (".clang-format", ".clang-tidy"):
            shutil.copy(run.HERE.parents[1] / name, self.root / name)
        git = ["git", "-C", self.root, "-c", "user.name=tidy", "-c", "user.email=tidy@localhost"]
        subprocess.run(["git", "init", "-q", self.root], check=True)
        subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "empty"], check=True)
        command = f"ccache clang++-19 -std=c++23 -I{self.root} -o x.o -c {self.root}/foundation/base/error.cc"
        build = self.root / "build" / "dev"
        build.mkdir(parents=True)
        (build / "compile_commands.json").write_text(json.dumps(
            [{"directory": str(build), "command": command, "file": f"{self.root}/foundation/base/error.cc"}]))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.root)

    def findings(self, name: str) -> list[str]:
        options = argparse.Namespace(build="build/dev", clang_tidy="changed", base=None)
        rule = {rule.name: rule for rule in ALL_RULES}[name]
        repo, report = Repo(self.root), Report(name)
        rule.check(repo, report, options)
        return [str(finding) for finding in report.findings if not repo.allows(finding)]


ALL_RULES = [*run.RULES, run.RULE_HEADERS, run.RULE_CLANG_TIDY]


class EveryRule(unittest.TestCase):
    def test_has_a_bad_sample(self):
        self.assertEqual({rule.name for rule in ALL_RULES}, {name for name, *_ in BAD})

    def test_finds_what_is_bad_where_it_stands(self):
        for name, changes, place, text in BAD:
            with self.subTest(rule=name, place=place, text=text):
                if not shutil.which(NEEDS.get(name, "git")):
                    self.skipTest(NEEDS[name])
                with Sample(changes) as sample:
                    found = sample.findings(name)
                self.assertTrue(any(f.startswith(f"{place}: {name}: ") and text in f for f in found), found)

    def test_passes_what_is_good(self):
        with Sample({}) as sample:
            for rule in ALL_RULES:
                with self.subTest(rule=rule.name):
                    self.assertEqual(sample.findings(rule.name), [])

    def test_what_was_found_bad_is_found_again(self):
        bad = cc("struct A {\n  virtual void f();\n};\nstruct B : A {\n  virtual void f();\n};\n")
        with Sample(bad) as sample:
            self.assertEqual(sample.findings("clang-tidy"), sample.findings("clang-tidy"))
            self.assertTrue(sample.findings("clang-tidy"))


class Allowing(unittest.TestCase):
    def test_needs_a_reason(self):
        for comment, left in (("// tidy: allow banned: shown to readers", 0), ("// tidy: allow banned:", 1),
                              ("// tidy: allow unfinished: another rule", 1)):
            with Sample(cc(f"{comment}\nvoid f() {{ spawn(asio::detached); }}\n")) as sample:
                self.assertEqual(len(sample.findings("banned")), left, comment)


class NotFlagged(unittest.TestCase):
    """What looks bad and is not."""

    SAMPLES = [
        ("banned", 'auto s = "asio::detached";  // std::format\nauto r = R"(std::format)";\nint n = 1\'000\'000;\n'),
        ("floors", '// #include "foundation/json/view.h"\n/*\n#include "foundation/json/view.h"\n*/\n'),
        ("empty-name", "using Type = std::common_type_t<int>;\nstruct FieldManager {};\nvoid f(int common_name);\n"),
        ("lambda-coroutine", "auto f = []() -> Task<void> { co_await g(); };\n"),
        ("lambda-coroutine", "auto f = [&] { return 1; };\nTask<void> g() { co_await a[i](); }\n"),
        ("lambda-coroutine", "Task<int> f() { co_return co_await [&]() -> Task<int> { co_return 1; }(); }\n"),
        ("lambda-coroutine", "auto f = [a] { return [](int b) -> Task<int> { co_return b; }; };\n"),
    ]

    def test_samples(self):
        for name, text in self.SAMPLES:
            with self.subTest(text=text), Sample(cc(text)) as sample:
                self.assertEqual(sample.findings(name), [])


class Functions(unittest.TestCase):
    SOURCE = '''
namespace a::b {
struct Point { int x; };
constexpr Row kRows[] = {
    {"one", 1},
};
inline constexpr std::array<Row, 1> kMore{{{"{", 2}}};
template <class T, class U = std::vector<int>>
Task<T> generic(T value) {
  if (value) {
    return [&] { return value; }();
  }
}
class Thing final : public Base<int()> {
 public:
  explicit Thing(int a) : a_{a}, b_(std::move(a)) {
    start();
  }
  bool operator==(const Thing&) const = default;
  int size() const { return a_; }
  bool operator()(int) {
    return true;
  }

 private:
  enum class State { on, off };
  std::vector<int> a_{1, 2};
};
Thing::~Thing() {
}
TEST(Thing, Works) {
}
}  // namespace a::b
'''

    def test_are_told_from_other_braces(self):
        found = [(f.name, f.line, f.lines) for f in cpp_text.functions(self.SOURCE)]
        self.assertEqual(found, [("generic", 8, 6), ("Thing", 16, 3), ("size", 20, 1), ("operator()", 21, 3),
                                 ("Thing::~Thing", 29, 2), ("TEST(Thing, Works)", 31, 2)])

    def test_blanking_keeps_every_offset(self):
        for text in (self.SOURCE, 'R"x(a"b)x" /* {\n */ \'{\' "\\"{" #define A {\\\n }\n'):
            for blanked in (cpp_text.code(text), cpp_text.without_comments(text)):
                self.assertEqual([i for i, c in enumerate(text) if c == "\n"],
                                 [i for i, c in enumerate(blanked) if c == "\n"])
                self.assertEqual(len(text), len(blanked))


class Yaml(unittest.TestCase):
    def test_reads_what_contracts_use(self):
        text = ('a: 1\nb:\n- x\n- {c: [1, two, "3, x"], d: null}\n- e: >-\n    folded\n    text\n  "200": \'it\'\'s\'\n'
                'f: [a,\n    b]  # comment\ng: http://x:80/#y\nh: {$ref: "#/a"}\n')
        self.assertEqual(yaml_subset.load(text), {
            "a": 1, "b": ["x", {"c": [1, "two", "3, x"], "d": None}, {"e": "folded text", "200": "it's"}],
            "f": ["a", "b"], "g": "http://x:80/#y", "h": {"$ref": "#/a"}})

    def test_refuses_the_rest(self):
        for bad in ("a: 1\na: 2\n", "a: &x 1\n", "a: *x\n", "a: !t 1\n", "a:\n\tb: 1\n", "a: {b: c, d}\n", "a: b: c\n",
                    "a: 1\n  b: 2\n", "a: [1\nb: 2\n"):
            with self.subTest(bad=bad), self.assertRaises(yaml_subset.YamlError):
                yaml_subset.load(bad)


class Schema(unittest.TestCase):
    CASES = [  # schema, a good value, a bad one
        ({"type": "integer"}, 1, True),
        ({"type": ["string", "null"]}, None, 1),
        ({"const": 1}, 1, True),
        ({"enum": ["a"]}, "a", "b"),
        ({"required": ["a"]}, {"a": 1}, {}),
        ({"properties": {"a": False}}, {}, {"a": 1}),
        ({"properties": {"a": {}}, "additionalProperties": False}, {"a": 1}, {"b": 1}),
        ({"items": {"type": "string"}}, ["a"], [1]),
        ({"minItems": 1}, [1], []),
        ({"minProperties": 1}, {"a": 1}, {}),
        ({"maxItems": 1}, [1], [1, 2]),
        ({"uniqueItems": True}, [1, True], [1, 1]),
        ({"minLength": 1}, "a", ""),
        ({"maxLength": 1}, "ü", "ab"),
        ({"x-max-bytes": 1}, "a", "ü"),
        ({"pattern": "^a$"}, "a", "a\n"),
        ({"minimum": 0}, 0, -1),
        ({"maximum": 0}, 0, 1),
        ({"allOf": [{"minimum": 0}, {"maximum": 1}]}, 1, 2),
        ({"anyOf": [{"type": "null"}, {"const": 1}]}, 1, 2),
        ({"oneOf": [{"minimum": 1}, {"maximum": 1}]}, 0, 1),
        ({"if": {"const": 1}, "then": False, "else": {"type": "string"}}, "a", 1),
        ({"if": {"const": 1}, "then": {}, "else": {"type": "string"}}, 1, 2),
        ({"$ref": "#/$defs/a"}, 1, "b"),
        ({"nonsense": 1}, None, None),
    ]

    def test_each_keyword(self):
        for schema, good, bad in self.CASES:
            with self.subTest(schema=schema):
                known = json_schema.Documents({"s": {"$defs": {"a": {"type": "integer"}}}})
                errors = json_schema.Validator(known).errors
                self.assertTrue(errors("s", schema, bad))
                self.assertEqual(bool(errors("s", schema, good)), "nonsense" in schema)


if __name__ == "__main__":
    unittest.main()
