"""Utterances and what is made of them, against what a careful colleague would make of them.

A line of data: {"id", "category", "message", "expect": a plan or several that are as good (plan_text.py), "world"?: one
of data/worlds.json, "now"?: {name: replicas} that differ there, "history"?: [{"said", "was": its plan, "named"?: what
else was spoken of}]}. `was` of an operation says what it found: "scale web 5 from 3"; one that waits: "proposed scale ...".
"""
import collections
import json
import pathlib

import plan_text
from advisor import Advisor, table

WORLDS = json.loads((pathlib.Path(__file__).resolve().parent / "data/worlds.json").read_text())
VERDICTS = ("right", "abstained", "wrong", "acted")
PROPOSED = "proposed "


class World:
    def __init__(self, name: str, now: dict):
        self.replicas = dict(WORLDS[name])
        for short, count in now.items():
            self.replicas[self.reference(short)] = count

    def reference(self, name: str) -> str:
        """Workloads stand before what has their name besides."""
        return next(reference for reference in self.replicas if plan_text.is_named(name, reference))

    def objects(self) -> list:
        return [reference if count is None else f"{reference}={count}" for reference, count in self.replicas.items()]


def done_of(one: plan_text.Operation, world: World, was_proposed: bool) -> dict:
    kind, project, name = world.reference(one.name).split("/")
    arguments = {"project": project, "kind": kind, "name": name}
    if one.replicas is not None:
        arguments["replicas"] = one.replicas
    return {"operation": one.operation, "arguments": arguments, "before": {} if one.before is None else {"replicas": one.before},
            "undoable": one.before is not None, "became": "waiting" if was_proposed else "executed"}


def turn_of(turn: dict, world: World) -> dict:
    text = turn["was"].removeprefix(PROPOSED)
    intent, _, rest = text.partition(" ")
    out = {"message": turn["said"], "intent": intent, "subjects": plan_text.names_of(rest), "done": []}
    if plan_text.is_operation(text):
        operations = plan_text.operations_of(text)
        was_proposed = turn["was"].startswith(PROPOSED)
        out.update(intent="operate", subjects=[one.name for one in operations],
                   done=[done_of(one, world, was_proposed) for one in operations])
    out["subjects"] = [world.reference(name) for name in out["subjects"]]
    out["mentioned"] = out["subjects"] + [world.reference(name) for name in turn.get("named", [])]
    return out


def question_of(case: dict) -> dict:
    world = World(case.get("world", "shop"), case.get("now", {}))
    return {"message": case["message"], "objects": world.objects(), "history": [turn_of(turn, world) for turn in case.get("history", [])]}


def expected_of(case: dict) -> list:
    return case["expect"] if isinstance(case["expect"], list) else [case["expect"]]


def verdict(case: dict, plan: dict) -> str:
    expected = expected_of(case)
    if any(plan_text.is_plan(text, plan) for text in expected):
        return "right"
    if plan_text.acts(plan):
        return "wrong" if any(map(plan_text.is_operation, expected)) else "acted"
    return "abstained" if plan["intent"] == "unknown" or plan["missing"] else "wrong"


def counts(verdicts: list) -> list:
    counted = collections.Counter(verdicts)
    return [len(verdicts), *(counted[name] for name in VERDICTS)]


def run(advisor: Advisor, data: pathlib.Path, show: bool) -> int:
    cases = [json.loads(line) for line in data.read_text().splitlines() if line.strip()]
    plans = advisor.answers("plan", [question_of(case) for case in cases])
    judged = [(case, plan, verdict(case, plan)) for case, plan in zip(cases, plans)]
    categories = list(dict.fromkeys(case["category"] for case in cases))
    rows = [[category, *counts([how for case, _, how in judged if case["category"] == category])] for category in categories]
    every = [how for _, _, how in judged]
    print(table(["category", "utterances", "right", "abstained", "wrong", "acted, must not"], [*rows, ["all", *counts(every)]]))
    tell_operations(judged)
    if advisor.model:
        tell_model(judged)
    if show:
        tell_failures(judged)
    return 1 if "acted" in every else 0


def tell_operations(judged: list) -> None:
    acting = [(plan, how) for _, plan, how in judged if plan_text.acts(plan)]
    at_once = [how for plan, how in acting if plan["commands"]]
    print(f"\noperations: {len(acting)}, {sum(how != 'right' for _, how in acting)} of them not as asked; "
          f"the control plane alone reads {len(at_once)} as commands, {sum(how != 'right' for how in at_once)} of them not as asked")


def tell_model(judged: list) -> None:
    asked = [(case, plan, how) for case, plan, how in judged if plan["by"] != "reader"]
    lost = sum(plan["by"] == "no answer" for _, plan, _ in asked)
    print(f"the model was asked {len(asked)} times; {lost} answers were none that could be taken")
    for what, is_wanted in (("something was asked for", True), ("nothing was to be done", False)):
        verdicts = [how for case, _, how in asked if is_wanted != any(text in plan_text.NO_OPERATION for text in expected_of(case))]
        named = ", ".join(f"{count} {name}" for name, count in zip(VERDICTS, counts(verdicts)[1:]))
        print(f"  where {what}: {named}")


def tell_failures(judged: list) -> None:
    for case, plan, how in sorted(judged, key=lambda one: -VERDICTS.index(one[2])):
        if how != "right":
            print(f"{how:9} {case['id']}: {case['message']!r} -> {plan_text.shown(plan)} (by {plan['by']}); "
                  f"expected {' | '.join(expected_of(case))}")
