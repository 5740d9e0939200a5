"""Plans as a line of text, as the data files write them, and whether a plan that was made is such a one.

    overview | help | diagnose NAME, NAME | status [NAME | KIND] | events [NAME] | logs NAME
    scale NAME COUNT; restart NAME    operations; the order does not matter
    ask                               it says what is missing and does nothing
    unread                            it says that it did not understand
    no-operation                      anything but an operation

NAME is the end of an object's "Kind/project/name": "web", "stage/web".
"""
import dataclasses
import re

OPERATIONS = ("scale", "restart")
NO_OPERATION = ("no-operation", "unread", "ask")


def is_operation(text: str) -> bool:
    return text.split(" ", 1)[0] in OPERATIONS


def names_of(text: str) -> list:
    return [name.strip() for name in text.split(",") if name.strip()]


def is_named(name: str, reference: str) -> bool:
    return ("/" + reference).endswith("/" + name)


@dataclasses.dataclass
class Operation:
    operation: str
    name: str
    replicas: int | None = None
    before: int | None = None

    def is_made(self, made: dict) -> bool:
        arguments = made["arguments"]
        reference = f"{arguments['kind']}/{arguments['project']}/{arguments['name']}"
        return made["operation"] == self.operation and is_named(self.name, reference) and arguments.get("replicas") == self.replicas


def operations_of(text: str) -> list:
    """Of "scale web 5 from 3; restart cart"."""
    form = re.compile(r"(scale|restart) (\S+)(?: (\d+))?(?: from (\d+))?")
    out = []
    for part in text.split(";"):
        operation, name, *counts = form.fullmatch(part.strip()).groups()
        out.append(Operation(operation, name, *(None if count is None else int(count) for count in counts)))
    return out


def are_made(wanted: list, made: list) -> bool:
    return len(wanted) == len(made) and all(any(one.is_made(other) for other in made) for one in wanted)


def is_read(text: str, plan: dict) -> bool:
    intent, _, rest = text.partition(" ")
    if plan["intent"] != intent or plan["missing"]:
        return False
    names, targets = names_of(rest), plan["targets"]
    if not names:
        return not targets
    if not targets:
        return names == [plan["kind"]]
    said = {target.rsplit("/", 1)[1] for target in targets}  # a Deployment and its Service are one name
    return len(said) == len(names) and all(any(is_named(name, target) for target in targets) for name in names)


def acts(plan: dict) -> bool:
    return bool(plan["operations"] or plan["commands"])


def is_plan(text: str, plan: dict) -> bool:
    if is_operation(text):
        wanted = operations_of(text)
        return are_made(wanted, plan["operations"]) and (not plan["commands"] or are_made(wanted, plan["commands"]))
    if acts(plan):
        return False
    if text == "ask":
        return bool(plan["missing"])
    if text == "unread":
        return plan["intent"] == "unknown" and not plan["missing"]
    return text == "no-operation" or is_read(text, plan)


def shown(plan: dict) -> str:
    """Of a plan that was made, for a person."""
    if plan["missing"]:
        return f"ask ({plan['missing']})"
    if acts(plan):
        made = [(one["operation"], one["arguments"]) for one in plan["operations"] or plan["commands"]]
        return "; ".join(f"{operation} {arguments['name']} {arguments.get('replicas', '')}".strip() for operation, arguments in made)
    if plan["intent"] == "unknown":
        return "unread"
    names = dict.fromkeys(target.rsplit("/", 1)[1] for target in plan["targets"])
    return " ".join([plan["intent"], ", ".join(names) or plan["kind"]]).strip()
