"""A recorded case of Cloud-OpsBench as the support bundle that an operator would have taken of the cluster: files.

A recording is {"Tool:{arguments}": what the tool printed}. kubectl's text stays as it was printed; what no kubectl prints
(alerts, checks, calls) becomes objects (opsbench_observed.py). Nothing is judged here, and the answers are not looked at.
"""
import collections
import dataclasses
import datetime
import json
import re

import opsbench_observed as observed

TAKEN = "collection_timestamp"
EVENT_COLUMNS = ("LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE")
KUBECTL_TIME = re.compile(r"\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} ([+-]\d{4})")
YAML = ".yaml"
PREVIOUS = "previous"  # the container's last run
SIDECARS = ("istio-proxy",)
FORMS = ("output_wide", "show_labels", "output_yaml")  # of GetResources: flags of kubectl get


@dataclasses.dataclass
class Bundle:
    at: str  # RFC 3339: when it was taken
    texts: dict  # path: what stands in the file, one after another
    unknown: list  # recordings of no known tool, or in no known form

    def files(self) -> dict:
        """As a shell collects them: `kubectl describe pod web-1 >> describe-pods.txt`."""
        return {path: ("\n---\n" if path.endswith(YAML) else "\n\n").join(texts) for path, texts in self.texts.items()}


@dataclasses.dataclass
class Call:
    tool: str
    arguments: dict
    output: object  # text, or JSON that was read already

    def text(self) -> str:
        return self.output if isinstance(self.output, str) else json.dumps(self.output)

    def value(self) -> object:
        """JSON that came as text is read; other text stays."""
        if not isinstance(self.output, str):
            return self.output
        try:
            return json.loads(self.output)
        except ValueError:
            return self.output

    def namespace(self) -> str:
        return self.arguments.get("namespace") or ""


def call_of(key: str, output: object) -> Call:
    """Of "Tool:{json}", "Tool", and "CheckServiceConnectivity-<namespace>-<service>-<port>"."""
    tool, _, rest = key.partition(":")
    if rest.startswith("{"):
        return Call(tool, json.loads(rest), output)
    parts = re.fullmatch(r"(CheckServiceConnectivity)-([^-]+)-(.+)-(\d+)", key)
    if parts is None:
        return Call(key, {}, output)
    return Call(parts[1], {"namespace": parts[2], "service_name": parts[3], "port": int(parts[4])}, output)


def zone_of(calls: list) -> datetime.timezone:
    """The time of the recording names none; what kubectl described at the same time does."""
    for call in calls:
        found = KUBECTL_TIME.search(call.text()) if call.tool == "DescribeResource" else None
        if found:
            return datetime.datetime.strptime(found[1], "%z").tzinfo
    return datetime.timezone.utc


def in_folder(folder: str, name: str) -> str:
    name = re.sub(r"[^\w.=-]+", "_", name)
    return f"{folder}/{name}" if folder else name


def with_head(text: str) -> str:
    """Events were recorded by their last lines; the head of the table went missing with the first ones."""
    first = text.lstrip("\n").split("\n", 1)[0]
    if first.startswith(EVENT_COLUMNS[0]):
        return text
    begins = [cell.start() for cell in re.finditer(r"(?:(?<=\s{2})|^)\S", first)][:len(EVENT_COLUMNS)]
    head = ""
    for begin, column in zip(begins, EVENT_COLUMNS):
        head = head.ljust(begin) + column
    return f"{head}\n{text}"


def resources(call: Call):
    """kubectl get; a refusal tells nothing of the cluster but that there is no such object."""
    text = call.text()
    if not text.strip() or text.startswith("Error"):
        return
    arguments = call.arguments
    words = ["get", arguments["resource_type"], *(form.split("_")[1] for form in FORMS if arguments.get(form))]
    if arguments["resource_type"] == "events":
        text = with_head(text)
    yield in_folder(call.namespace(), "-".join(words) + (YAML if arguments.get("output_yaml") else ".txt")), text


def description(call: Call):
    if not call.text().startswith("Error"):
        yield in_folder(call.namespace(), f"describe-{call.arguments['resource_type']}.txt"), call.text()


def manifest(call: Call):
    """What was applied once, not what runs."""
    yield in_folder("manifests", call.arguments["app_name"] + YAML), call.text()


def node_service(call: Call):
    """systemctl status, after lines that name the service and the node."""
    yield in_folder(f"nodes/{call.arguments['node_name']}", "systemctl-status.txt"), call.text()


def lines_of(value: object) -> dict:
    """{container: lines} of a summary of patterns ("" stands for the only container), of a list, of what is that already."""
    if isinstance(value, dict) and "patterns" in value:
        ordered = sorted(value["patterns"], key=lambda pattern: -pattern.get("count", 0))
        return {"": [pattern["sample"] for pattern in ordered]}
    if isinstance(value, dict):
        return value
    return {"": value if isinstance(value, list) else str(value).splitlines()}


def logs(call: Call, pods: dict):
    """Of a service's pods, where `kubectl cluster-info dump` puts them. Which of several pods logged was not recorded; the
    container is called "app", or not at all, when it is the pod's own rather than a sidecar."""
    for pod, containers in pods.items():
        if not pod.startswith(call.arguments["service_name"] + "-"):
            continue
        own = containers[0] if containers else "app"
        for container, lines in lines_of(call.value()).items():
            name = container if container in containers else own
            yield f"{call.namespace()}/{pod}/{name}/{PREVIOUS if container == PREVIOUS else 'logs'}.txt", "\n".join(lines) + "\n"


TEXTS = {"GetResources": resources, "DescribeResource": description, "GetAppYAML": manifest, "CheckNodeServiceStatus": node_service}
OBJECTS = {"GetAlerts": observed.alerts, "CheckServiceConnectivity": observed.service_checks,
           "GetServiceDependencies": observed.call_graph, "GetClusterConfiguration": observed.nodes}


def containers_in(described: str) -> list:
    """The names under "Containers:", sidecars last."""
    part = re.search(r"^Containers:\n((?: .*\n)*)", described, re.MULTILINE)
    names = re.findall(r"^  (\S+):$", part[1], re.MULTILINE) if part else []
    return sorted(names, key=lambda name: name in SIDECARS)


def pods_of(calls: list) -> dict:
    """{namespace: {pod: containers}}, of whatever named a pod."""
    out: dict = collections.defaultdict(dict)
    for call in calls:
        if not call.arguments.get("resource_type", "").startswith("pod"):
            continue
        pods = out[call.namespace()]
        if call.tool == "DescribeResource":
            pods[call.arguments["name"]] = containers_in(call.text())
        elif call.text().startswith("NAME "):
            for line in call.text().splitlines()[1:]:
                if line.strip():
                    pods.setdefault(line.split()[0], [])
    return out


def home_of(calls: list) -> str:
    counts = collections.Counter(call.namespace() for call in calls if call.namespace())
    return counts.most_common(1)[0][0] if counts else "default"


def table_of(call: Call) -> tuple:
    """What tells one table of `kubectl get` from another; names and selectors choose among its rows."""
    return (call.namespace(), call.arguments.get("resource_type"), *(bool(call.arguments.get(form)) for form in FORMS))


def chooses(call: Call) -> bool:
    return bool(call.arguments.get("name") or call.arguments.get("label_selector"))


def is_part_of_a_table(call: Call, whole: set) -> bool:
    """Its rows stand in the table of all. Documents do not: there is none of all."""
    return call.tool == "GetResources" and chooses(call) and table_of(call) in whole and not call.arguments.get("output_yaml")


def texts_of(call: Call, pods: dict):
    """(path, text) of what stays text; kubectl prints some tables alike in every form, and nothing for what there is none of."""
    found = logs(call, pods[call.namespace()]) if call.tool == "GetErrorLogs" else TEXTS[call.tool](call)
    return [(path, text) for path, text in found if text.strip()]


def calls_of(recording: dict) -> list:
    """Without those that only repeat rows of a table."""
    calls = [call_of(key, output) for key, output in recording.items() if key != TAKEN]
    whole = {table_of(call) for call in calls if call.tool == "GetResources" and not chooses(call) and call.text().startswith("NAME")}
    return [call for call in calls if not is_part_of_a_table(call, whole)]


def bundle_of(recording: dict) -> Bundle:
    calls = calls_of(recording)
    place, pods = observed.Place(home_of(calls), zone_of(calls)), pods_of(calls)
    at = datetime.datetime.fromisoformat(recording[TAKEN]).replace(tzinfo=place.zone, microsecond=0).isoformat()
    texts: dict = collections.defaultdict(list)
    objects, unknown, told = [], [], set()
    for call in calls:
        try:
            if call.tool in OBJECTS:
                objects += OBJECTS[call.tool](call.arguments, call.value(), place)
                continue
            found = texts_of(call, pods)
        except (AttributeError, KeyError, TypeError, ValueError):
            unknown.append(call.tool)
            continue
        for path, text in found:
            once = (call.namespace(), text) if call.tool == "GetResources" else (path, text)
            if once not in told:
                told.add(once)
                texts[path].append(text)
    texts["observed.json"] = [json.dumps({"kind": "List", "apiVersion": "v1", "items": objects}, indent=1, ensure_ascii=False)]
    return Bundle(at, dict(texts), unknown)
