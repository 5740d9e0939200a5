"""Answers and events without what is of one run alone: ids, times and durations, as the contracts name them, not as they look."""
import json
import pathlib
import typing

import yaml

CONTRACTS = pathlib.Path(__file__).resolve().parents[2] / "contracts"
IDS = ("uuid", "request_id", "sha256")  # of events.schema.json's $defs
TIMES = ("time",)
# Without a $def of their own: an object's identity in its cluster, an audit entry's predecessor, and how long something took.
MORE_IDS = {"uid", "resource_version", "token_digest", "token", "previous"}
MORE_TIMES = {"duration_ms"}


def members(definitions: tuple) -> set:
    """Names of the members, of all contracts, that are of one of these definitions."""
    found: set = set()
    for file in CONTRACTS.glob("*.yaml"):
        collect(yaml.safe_load(file.read_text()), definitions, found)
    for file in CONTRACTS.glob("*.schema.json"):
        collect(json.loads(file.read_text()), definitions, found)
    return found


def collect(schema, definitions: tuple, found: set) -> None:
    if isinstance(schema, list):
        for one in schema:
            collect(one, definitions, found)
    elif isinstance(schema, dict):
        for name, member in (schema.get("properties") or {}).items():
            if is_of(member, definitions):
                found.add(name)
        for one in schema.values():
            collect(one, definitions, found)


def is_of(member, definitions: tuple) -> bool:
    if not isinstance(member, dict):
        return False
    reference = member.get("$ref", "")
    return reference.rpartition("/")[2] in definitions or any(is_of(one, definitions) for one in member.get("anyOf", []))


class Numbered:
    """What differs from run to run of the same session taken out: each id becomes its number, so that what is the same stays to be
    seen; each time and duration only its name."""

    def __init__(self):
        self.ids, self.times = members(IDS) | MORE_IDS, members(TIMES) | MORE_TIMES
        self.numbers: dict = {}

    def __call__(self, value: typing.Any, name: str = "") -> typing.Any:
        if isinstance(value, dict):
            return {member: self(one, member) for member, one in value.items()}
        if isinstance(value, list):
            return [self(one, name) for one in value]
        if value is None or name not in self.ids | self.times:
            return value
        return f"<{name}>" if name in self.times else f"<{name} {self.numbers.setdefault(value, len(self.numbers) + 1)}>"
