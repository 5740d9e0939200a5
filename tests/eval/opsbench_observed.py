"""What the tools of Cloud-OpsBench print of alerts, checks, calls and nodes, as the objects of ai-ops/diagnosis/observed.h.

Each function: (the call's arguments, its output, where it was made) -> objects.
"""
import datetime
import re
from typing import NamedTuple


class Place(NamedTuple):
    namespace: str  # of what names none
    zone: datetime.timezone  # of times that name none


METRICS = {  # the words of an alert's head: the metric
    "LATENCY_DEGRADATION": "latency", "LATENCY_MISSING": "latency", "THROUGHPUT_DROP": "throughput", "THROUGHPUT_SURGE": "throughput",
    "TRAFFIC_ANOMALY": "traffic", "ERROR_SPIKE": "errors", "NETWORK_QUALITY_DEGRADED": "network",
}
SATURATED = {"cpu_cfs": "cpu_throttling", "cpu": "cpu", "mem": "memory", "memory": "memory", "disk": "disk"}  # by the first word
MEASURED = re.compile(r"Normal=(?P<normal>[\d.]+)\s*(?P<unit>\S*) -> Cur(?:rent)?=(?P<current>[\d.]+)|Val: (?P<value>[\d.]+)(?P<of>\w*)")
QUANTILE = re.compile(r"\bp(\d\d)latency:")
RANGE = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) ~ (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)")
TRY = re.compile(r"Debug Pod test results deployed on (\S+): ")
REACHED = "Connection Succeeded"
CHILD = re.compile(r"^[├└]── (\S+)", re.MULTILINE)


def named(kind: str, name: str, namespace: str | None, spec: dict, status: dict | None = None) -> dict:
    metadata = {"name": name} if namespace is None else {"name": name, "namespace": namespace}
    return {"kind": kind, "metadata": metadata, "spec": spec} | ({} if status is None else {"status": status})


def metric_of(head: str) -> str:
    """Of "RESOURCE_SATURATION [cpu core]"; what is not known keeps its word."""
    word, _, subject = head.partition(" [")
    if word in METRICS:
        return METRICS[word]
    subject = re.split(r"[ \]]", subject.lower())[0]
    return SATURATED.get(subject, subject or word.lower())


def measured(metric: str, text: str) -> dict:
    """{normal, current, unit} as far as the text says them. A success rate is told as its opposite."""
    found = MEASURED.search(text)
    if found is None:
        return {}
    if found["value"]:
        return {"current": float(found["value"]), "unit": found["of"]}
    normal, current = float(found["normal"]), float(found["current"])
    if metric == "errors" and found["unit"] == "%":
        normal, current = round(100 - normal, 2), round(100 - current, 2)
    return {"normal": normal, "current": current, "unit": found["unit"]}


def measurements(evidence: str):
    """(metric, status) of "HEAD | p50latency: Normal=1ms -> Current=2ms (+100%) | Peak=3ms | p90latency: ..."."""
    head, *parts = evidence.split(" | ")
    metric = metric_of(head)
    groups: list = []
    for part in parts:
        if groups and part.startswith("Peak="):
            groups[-1] += f" | {part}"
        else:
            groups.append(part)
    for group in groups or [""]:
        yield metric, measured(metric, group) | {"text": f"{head} | {group}" if group else head}


def period(text: str, zone: datetime.timezone) -> dict:
    found = RANGE.fullmatch(text)
    if found is None:
        return {}
    since, until = (datetime.datetime.fromisoformat(time).replace(tzinfo=zone).isoformat() for time in found.groups())
    return {"since": since, "until": until}


def failed_requests(alert: dict) -> dict:
    request = f"{alert['request_method']} {alert['url']}".strip()
    text = f"{request} ({alert['business_action']}): {alert['raw_error']}, {alert['occurrences']} times"
    return {"current": alert["occurrences"], "unit": "requests", "text": text}


def alerts(_arguments: dict, output: dict, place: Place) -> list:
    out = []

    def add(kind: str, name: str, metric: str, status: dict) -> None:
        namespace = None if kind == "Node" else place.namespace
        spec = {"kind": kind, "name": name, "metric": metric}
        if quantile := QUANTILE.search(status["text"]):
            spec["quantile"] = int(quantile[1]) / 100
        out.append(named("Alert", f"{name}-{metric}-{len(out)}".lower().replace(" ", "-"), namespace, spec, status))

    for alert in output.get("alerts", []):
        if "raw_error" in alert:
            add("Service", alert["entry_service"], "errors", failed_requests(alert))
        for evidence in alert.get("evidence", []):
            for metric, status in measurements(evidence):
                add(alert["type"], alert["name"], metric, status | period(alert.get("time_range", ""), place.zone))
    return out


def service_checks(arguments: dict, output: str, _place: Place) -> list:
    """One a node that tried; a try of which nothing was recorded is none."""
    pieces = TRY.split(output)
    tries = list(zip(pieces[1::2], pieces[2::2])) or [("", output)]
    out = []
    for node, told in tries:
        message = " ".join(told.split())
        if not message:
            continue
        spec = {"service": arguments["service_name"], "port": arguments["port"]} | ({"from": node} if node else {})
        name = "-".join(str(part) for part in (arguments["service_name"], arguments["port"], node) if part)
        out.append(named("ServiceCheck", name, arguments["namespace"], spec, {"reached": REACHED in told, "message": message}))
    return out


def call_graph(arguments: dict, output: str, place: Place) -> list:
    """Only who is called directly: the rest is in the graphs of those."""
    above = re.search(r"^\[Upstream \(Called By\)\]: (.*)$", output, re.MULTILINE)
    callers = above[1] if above and not above[1].startswith("(") else ""
    called_by = [name.strip() for name in callers.split(",") if name.strip()]
    calls = CHILD.findall(output.partition("[Downstream")[2])
    return [named("CallGraph", arguments["service_name"], place.namespace, {"calls": calls, "called_by": called_by})]


def taint_of(text: str) -> dict:
    """Of "key=value:Effect" or "key:Effect"."""
    what, _, effect = text.rpartition(":")
    key, _, value = what.partition("=")
    return {"key": key, "effect": effect} | ({"value": value} if value else {})


READY = {"Ready": "True", "NotReady": "False"}


def nodes(_arguments: dict, output: dict, _place: Place) -> list:
    out = []
    for node in output.get("nodes", []):
        conditions = [{"type": kind, "status": status} for kind, status in node.get("conditions", {}).items()]
        conditions.append({"type": "Ready", "status": READY.get(node.get("status"), "Unknown")})
        one = named("Node", node["name"], None, {"taints": [taint_of(taint) for taint in node.get("taints", [])]},
                    {"conditions": conditions, "allocatable": node.get("allocatable_resources", {})})
        one["apiVersion"] = "v1"
        one["metadata"]["labels"] = node.get("labels", {})
        out.append(one)
    return out
