"""The bundle that a case of the diagnosis stands for: objects of a cluster, and files beside them."""
import dataclasses
import datetime
import re

import yaml

NOW = datetime.datetime(2026, 1, 2, 12, tzinfo=datetime.timezone.utc)
NAMESPACE = "shop"
WITHOUT_NAMESPACE = {"GatewayClass", "IngressClass", "Namespace", "Node", "NodeService", "PersistentVolume", "StorageClass",
                     "ValidatingWebhookConfiguration"}
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class _Loader(yaml.SafeLoader):
    """Leaves times as they are written."""


_Loader.yaml_implicit_resolvers = {
    first: [row for row in rows if row[0] != "tag:yaml.org,2002:timestamp"]
    for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def timestamp(at: datetime.datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def match(pattern: str, text: str, form: str) -> tuple:
    found = re.fullmatch(pattern, text, re.DOTALL)
    if not found:
        raise ValueError(f"`{text}` is not of the form `{form}`")
    return found.groups()


@dataclasses.dataclass
class Bundle:
    """Each method takes what stands behind the statement of its name, and raises ValueError for what does not read."""
    objects: list = dataclasses.field(default_factory=list)
    files: dict = dataclasses.field(default_factory=dict)  # path -> text

    def use(self, text: str, blocks: dict) -> None:
        for each in text.split(","):
            block, name = match(r"(\S+)(?: as (\S+))?", each.strip(), "BLOCK, BLOCK as NAME")
            if block not in blocks:
                raise ValueError(f"there is no block `objects {block}:`")
            self.objects.extend(_value(blocks[block].replace("NAME", name or block)))

    def new(self, text: str) -> None:
        kind, name, members = match(r"(\w+)/(\S+) *(.*)", text, "KIND/NAME members")
        added = {"apiVersion": "v1", "kind": kind, **(_value(members) or {})}
        namespace = {} if kind in WITHOUT_NAMESPACE else {"namespace": NAMESPACE}
        added["metadata"] = {"name": name, **namespace, "uid": f"{kind}-{name}", **added.get("metadata", {})}
        self.objects.append(added)

    def change(self, text: str, states: dict) -> None:
        kind, name, rest = match(r"(\w+)/(\S+)\s+(.+)", text, "KIND/NAME path=value, or KIND/NAME is STATE")
        target = self._find(kind, name)
        if not rest.startswith("is "):
            return _set(target, rest)
        state = rest.removeprefix("is ").strip()
        if state not in states:
            raise ValueError(f"there is no `state {state}:`")
        for line in states[state].strip().splitlines():
            _set(target, line.strip())

    def gone(self, text: str) -> None:
        self.objects.remove(self._find(*match(r"(\w+)/(\S+)", text, "KIND/NAME")))

    def event(self, text: str) -> None:
        kind, name, severity, reason, times, amount, unit, message = match(
            r"(\w+)/(\S+) (Normal|Warning) (\w+)(?: x(\d+))? (\d+)([smhd]) ago: (.+)", text,
            "KIND/NAME Warning REASON [x4] 30s ago: MESSAGE")
        about = self._find(kind, name)["metadata"]
        at = NOW - datetime.timedelta(seconds=int(amount) * SECONDS[unit])
        self.objects.append({
            "apiVersion": "v1", "kind": "Event", "type": severity, "reason": reason, "message": message,
            "metadata": {"name": f"event-{len(self.objects)}", "namespace": about.get("namespace", "default")},
            "involvedObject": {"kind": kind, **{key: about[key] for key in ("name", "namespace", "uid") if key in about}},
            "count": int(times or 1), "lastTimestamp": timestamp(at)})

    def log(self, text: str) -> None:
        pod, container, run, line = match(r"([\w-]+)/([\w-]+)( previous)?: (.+)", text, "POD/CONTAINER [previous]: LINE")
        file = f"{NAMESPACE}/{pod}/{container}/logs/{'previous' if run else 'current'}.log"
        self.files[file] = self.files.get(file, "") + line + "\n"

    def text(self, text: str) -> None:
        file, lines = match(r"(\S+)\n(.+)", text, "FILE and indented lines")
        self.files[file] = "\n".join(line.removeprefix("  ") for line in lines.splitlines()) + "\n"

    def _find(self, kind: str, name: str) -> dict:
        for each in self.objects:
            if (each["kind"], each["metadata"]["name"]) == (kind, name):
                return each
        raise ValueError(f"there is no {kind}/{name}")


def _value(text: str):
    return yaml.load(text, _Loader)


def _set(target, text: str) -> None:
    path, value = match(r"([\w./-]+?)=(.*)", text, "path.of.0.steps=YAML")
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    try:
        for step in steps:
            target = target[step] if isinstance(target, list) else target.setdefault(step, {})
        if isinstance(target, list) and last == len(target):
            target.append(None)
        target[last] = _value(value)
    except (AttributeError, IndexError, TypeError) as problem:
        raise ValueError(f"{path}: there is no such place in it") from problem
