"""The contracts hold together: references resolve, every example is what its schema says, the code has the same events."""
import json
import re

from cpp_text import without_comments
from json_schema import Documents, Validator
from repo import Repo, Report
from yaml_subset import load

FOLDER = "contracts/"
EVENTS = "events.schema.json"
EVENTS_TABLE = "api/turns/events.h"
REASONS_TABLE = "api/policy/rules.cc"
VERBS = ("get", "put", "post", "patch", "delete")


def documents(repo: Repo, report: Report | None = None) -> Documents:
    """All contracts. One that cannot be read is told to `report`, which one rule passes, and left out."""
    found = {}
    for path in repo.files:
        name = path.removeprefix(FOLDER)
        if name == path or "/" in name or not name.endswith((".schema.json", ".openapi.yaml")):
            continue
        try:
            found[name] = json.loads(repo.text(path)) if name.endswith(".json") else load(repo.text(path))
        except ValueError as error:  # a YamlError is one
            if report:
                report.fail(path, 1, str(error))
    return Documents(found)


def members(node, pointer=""):
    """Every (pointer, map) inside a document."""
    if isinstance(node, dict):
        yield pointer, node
        for key, value in node.items():
            yield from members(value, pointer + "/" + key.replace("~", "~0").replace("/", "~1"))
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from members(value, f"{pointer}/{i}")


def check_references(repo: Repo, report: Report) -> None:
    known = documents(repo, report)
    for name, document in known.documents.items():
        for pointer, node in members(document):
            reference = node.get("$ref")
            if not isinstance(reference, str):
                continue
            try:
                known.resolve(name, reference)
            except (KeyError, IndexError, ValueError):
                report.fail(FOLDER + name, _line_naming(repo, FOLDER + name, reference), f"{reference} leads nowhere")


def check_operations(repo: Repo, report: Report) -> None:
    """Each operation has an id of its own, declares the parameters of its path, and says what else may come."""
    known = documents(repo)
    for name, document in known.documents.items():
        ids = set()
        for path, item in document.get("paths", {}).items():
            line = _line_naming(repo, FOLDER + name, path + ":")
            for verb in VERBS:
                operation = item.get(verb)
                if operation is None:
                    continue
                declared = {_resolved(known, name, p).get("name")
                            for p in item.get("parameters", []) + operation.get("parameters", [])}
                for wanted in sorted(set(re.findall(r"{(\w+)}", path)) - declared):
                    report.fail(FOLDER + name, line, f"{verb} {path} does not declare {wanted}")
                if operation.get("operationId") in ids | {None}:
                    report.fail(FOLDER + name, line, f"{verb} {path} has no operationId of its own")
                ids.add(operation.get("operationId"))
                if "default" not in operation.get("responses", {}):
                    report.fail(FOLDER + name, line, f"{verb} {path} has no default response")


def check_examples(repo: Repo, report: Report) -> None:
    known = documents(repo)
    validator = Validator(known)
    seen, events = set(), set()
    for path in repo.files:
        if m := re.fullmatch(FOLDER + r"examples/event\.([a-z]+)(\.[a-z_]+)?\.json", path):
            seen.add(path)
            for value in _values(repo, report, path):
                events.add(m[1])
                if value.get("event") != m[1]:
                    report.fail(path, 1, f"is not an event {m[1]}")
                _validate(report, validator, path, EVENTS, known.documents.get(EVENTS, True), value)
    for name, document in known.documents.items():
        for _, media in members(document):
            for example in _externals(media):
                path = FOLDER + example
                seen.add(path)
                if path not in repo.files:
                    report.fail(FOLDER + name, _line_naming(repo, FOLDER + name, example), f"{example} does not exist")
                    continue
                for value in _values(repo, report, path):
                    _validate(report, validator, path, name, media["schema"], value)
    for path in repo.files:
        if path.startswith(FOLDER + "examples/") and path not in seen:
            report.fail(path, 1, "no contract refers to this example")
    for event in sorted(set(_event_rows(known)) - events):
        report.fail(FOLDER + EVENTS, 1, f"event {event} has no example")


def check_events_table(repo: Repo, report: Report) -> None:
    """kEvents of the control plane names the same events, and the same ones for the advisor to send."""
    if not repo.exists(EVENTS_TABLE):
        return
    text = without_comments(repo.text(EVENTS_TABLE))
    table = re.search(r"\bkEvents\b[^;]*?\{(.*?)\};", text, re.DOTALL)
    rows = dict(re.findall(r'\{\s*"(\w+)"\s*,\s*From::(\w+)', table[1] if table else ""))
    schema = _event_rows(documents(repo))
    line = text.count("\n", 0, table.start()) + 1 if table else 1
    for event in sorted(set(schema) ^ set(rows)):
        report.fail(EVENTS_TABLE, line, f"event {event} is only in {'the schema' if event in schema else 'kEvents'}")
    for event in sorted(set(schema) & set(rows)):
        if ("advisor" in schema[event]) != (rows[event] == "advisor"):
            report.fail(EVENTS_TABLE, line, f"event {event} is from {rows[event]}, in the schema from {schema[event]}")


def check_reasons_table(repo: Repo, report: Report) -> None:
    """Every reason that policy gives is one that readers of the contract know."""
    definitions = documents(repo).documents.get(EVENTS, {}).get("$defs", {})
    known = {"deny": "deny_reason", "needs_approval": "approval_reason"}
    text = without_comments(repo.text(REASONS_TABLE)) if repo.exists(REASONS_TABLE) else ""
    for found in re.finditer(r'Effect::(\w+),\s*"(\w+)"', text):
        effect, code = found.groups()
        if effect in known and code not in definitions.get(known[effect], {}).get("enum", []):
            line = text.count("\n", 0, found.start()) + 1
            report.fail(REASONS_TABLE, line, f"{code} is no {known[effect]} of {FOLDER}{EVENTS}")


def _event_rows(known: Documents) -> dict[str, list[str]]:
    definitions = known.documents.get(EVENTS, {}).get("$defs", {})
    return {name: schema["x-from"] for name, schema in definitions.items() if "x-from" in schema}


def _resolved(known: Documents, name: str, node: dict) -> dict:
    return known.resolve(name, node["$ref"])[1] if "$ref" in node else node


def _externals(media: dict) -> list[str]:
    examples = media.get("examples")
    if "schema" not in media or not isinstance(examples, dict):
        return []
    return [example["externalValue"] for example in examples.values()]


def _values(repo: Repo, report: Report, path: str) -> list:
    """The JSON values of an example: one, one a line, or one an SSE frame (with its event's name put in)."""
    try:
        text = repo.text(path)
        if path.endswith(".ndjson"):
            return [json.loads(line) for line in text.splitlines()]
        return _frames(text) if path.endswith(".sse") else [json.loads(text)]
    except ValueError as error:
        report.fail(path, 1, str(error))
        return []


def _frames(text: str) -> list[dict]:
    found = []
    for frame in text.removesuffix("\n\n").split("\n\n"):
        m = re.fullmatch(r"id: (\d+)\nevent: (\w+)\ndata: (\{.*\})", frame)
        if not m:
            raise ValueError(f"not a frame of id, event and data: {frame[:60]!r}")
        value = json.loads(m[3])
        if value.get("seq") != int(m[1]) or value.get("seq") != len(found) + 1:
            raise ValueError(f"frame {len(found) + 1} has id {m[1]} and seq {value.get('seq')}")
        found.append({**value, "event": m[2]})
    return found


def _validate(report: Report, validator: Validator, path: str, base: str, schema, value) -> None:
    for error in validator.errors(base, schema, value):
        report.fail(path, 1, error)


def _line_naming(repo: Repo, path: str, text: str) -> int:
    return next((number for number, line in enumerate(repo.lines(path), 1) if text in line), 1)
