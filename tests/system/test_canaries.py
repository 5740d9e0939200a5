"""Credentials planted wherever people and programs leave them, plain and encoded, never reach the advisor, whatever it reads."""
import base64
import itertools
import json
import urllib.parse

import pytest

from support.stage import eventually

# A text as it stands in logs and messages, with "@" where the secret is; the secrets are cut in two so that scanners of
# this repository stay quiet. Each planting gets one of its own.
IN_TEXT = {
    "aws": ("using @ of the account", lambda n: "AKI" f"ACANARY{n:010d}"),
    "github": ("remote: invalid token @.", lambda n: "gh" f"p_canary{n:030d}"),
    "gitlab": ("clone with @", lambda n: "glp" f"at-canary{n:014d}"),
    "slack": ("posting as @ failed", lambda n: "xo" f"xb-123456789012-canary{n:06d}"),
    "stripe": ("charge with @", lambda n: "sk" f"_live_canary{n:012d}"),
    "jwt": ("got @ from kubelet", lambda n: "ey" f"JhbGciOiJSUzI1NiJ9.eyJjYW5hcnki{n:06d}.c2lnbmF0dXJlY2FuYXJ5{n:06d}"),
    "private_key": ("loaded -----BEGIN RSA " "PRIVATE KEY-----\n@\n-----END RSA " "PRIVATE KEY-----\nready", lambda n: f"MIICANARY{n:020d}"),
    "bearer": ("> Authorization: Bearer @", lambda n: f"canary{n:06d}token"),
    "url": ("dial postgres://app:@@db.shop:5432/app: refused", lambda n: f"canary{n:06d}pw"),
    "assigned": ("config: password=@ host=db", lambda n: f"canary{n:06d}pw"),
    "json": ('{"user":"app","api_key":"@"}', lambda n: f"canary{n:06d}key"),
    "base64": ("loaded @ from the disk", lambda n: base64.b64encode(f'{{"auth":"canary{n:06d}"}}'.encode()).decode()),
    "base64url": ("state=@", lambda n: base64.urlsafe_b64encode(f"<<??>>~~ password=canary{n:06d}".encode()).decode().rstrip("=")),
    "percent": ("GET /login?to=%2Fhome%3Fpassword%3D@%26x%3D1 302", lambda n: f"canary{n:06d}pw"),
    "escaped": (r'{"msg":"{\"db\":{\"password\":\"@\"}}"}', lambda n: f"canary{n:06d}pw"),
    "percent in JSON": (r'{"url":"https:\/\/x.example\/?next=token%3D@"}', lambda n: f"canary{n:06d}token"),
}
# Without a form that could be told: kept out only because their places are.
SHAPELESS = [lambda n: f"Tr0ub4dor-canary-{n:06d}", lambda n: f"canary{n:06d}horsebatterystaple"]
NAME = "canary"
APPS, CORE = "/apis/apps/v1/namespaces/shop", "/api/v1/namespaces/shop"


class Planted:
    """Every secret with the place where it was planted."""

    def __init__(self):
        self.numbers = itertools.count(1)
        self.places: dict = {}

    def secret(self, place: str, make) -> str:
        secret = make(next(self.numbers))
        self.places[secret] = place
        return secret

    def value(self, place: str) -> str:
        """A secret alone."""
        return self.secret(place, SHAPELESS[next(self.numbers) % len(SHAPELESS)])

    def texts(self, place: str) -> list:
        """One of each form."""
        return [text.replace("@", self.secret(f"{place}: {form}", make), 1) for form, (text, make) in IN_TEXT.items()]

    def text(self, place: str) -> str:
        return "\n".join(self.texts(place))

    def found_in(self, read: str) -> list:
        """Also encoded, as a program that tidies up might do."""
        return [f"{place} ({secret})" for secret, place in self.places.items()
                if any(form in read for form in (secret, urllib.parse.quote(secret), base64.b64encode(secret.encode()).decode()))]


def container(planted: Planted) -> dict:
    value = planted.value
    return {"name": "app", "image": "demo.local/canary:1.0",
            "env": [{"name": "API_KEY", "value": value("env API_KEY")}, {"name": "COLOUR", "value": value("env of a harmless name")},
                    {"name": "DATABASE_URL", "value": f"postgres://app:{value('env URL')}@db.shop:5432/app?sslkey={value('env URL query')}"},
                    *({"name": f"TEXT_{number}", "value": text} for number, text in enumerate(planted.texts("env text")))],
            "command": ["sh", "-c", "login " + value("command")],
            "args": ["--password", value("argument"), f"--token={value('flag')}", "-p" + value("short flag"), value("bare argument"),
                     *planted.texts("args text")],
            "livenessProbe": {"periodSeconds": 60, "httpGet": {
                "port": 80, "path": f"/health?key={value('probe path')}", "httpHeaders": [{"name": "X-Auth", "value": value("probe header")}]}},
            "lifecycle": {"preStop": {"exec": {"command": ["bye", value("lifecycle command")]}}}}


def deployment(planted: Planted) -> dict:
    annotations = lambda where: {  # noqa: E731
        "note": planted.text(f"annotation of the {where}"), "example.com/token": planted.value(f"plain annotation of the {where}"),
        "kubectl.kubernetes.io/last-applied-configuration": json.dumps({"env": planted.value(f"last-applied of the {where}")})}
    labels = {"app": NAME, "owner-key": planted.secret("label", IN_TEXT["aws"][1])}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": NAME, "annotations": annotations("deployment")},
            "spec": {"replicas": 1, "selector": {"matchLabels": {"app": NAME}}, "template": {
                "metadata": {"labels": labels, "annotations": {
                    **annotations("pod"), "demo/fail": "CrashLoopBackOff", "demo/backoff": "1s",
                    "demo/log": "canary is singing\n" + planted.text("log")}},
                "spec": {"containers": [container(planted)]}}}}


def config_map(planted: Planted) -> dict:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": NAME, "annotations": {"note": planted.value("ConfigMap annotation")}},
            "data": {"PASSWORD": planted.value("ConfigMap"), "MOTTO": planted.value("ConfigMap under a harmless name"),
                     "app.yaml": planted.text("ConfigMap file"), "PORT": "8080"},
            "binaryData": {"blob": base64.b64encode(planted.value("ConfigMap binary").encode()).decode()}}


def secret(planted: Planted) -> dict:
    data = {name: base64.b64encode(planted.value(f"Secret {name}").encode()).decode() for name in ("password", "token")}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": NAME}, "type": "Opaque", "data": data}


def event(planted: Planted, number: int, text: str) -> dict:
    about = {"kind": "Deployment", "namespace": "shop", "name": NAME, "apiVersion": "apps/v1"}
    return {"apiVersion": "v1", "kind": "Event", "metadata": {"name": f"{NAME}.{number}", "annotations": {"note": planted.value("event annotation")}},
            "involvedObject": about, "type": "Warning", "reason": "BackOff", "message": text, "count": 1,
            "source": {"component": "kubelet"}, "lastTimestamp": "2099-01-01T00:00:00Z"}


def service(planted: Planted) -> dict:
    conditions = [{"type": f"Loaded{number}", "status": "False", "reason": "Refused", "message": text,
                   "lastTransitionTime": "2026-01-01T00:00:00Z"} for number, text in enumerate(planted.texts("condition"))]
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": NAME}, "status": {"conditions": conditions},
            "spec": {"selector": {"app": NAME}, "ports": [{"port": 80}]}}


@pytest.fixture(scope="module")
def planted(played_stage):
    planted = Planted()
    made = []

    def make(collection: str, one: dict) -> None:
        played_stage.kubernetes("POST", collection, one, kind="application/json")
        made.append(f"{collection}/{one['metadata']['name']}")
    try:
        make(f"{CORE}/configmaps", config_map(planted))
        make(f"{CORE}/secrets", secret(planted))
        one = service(planted)
        make(f"{CORE}/services", one)
        played_stage.kubernetes("PATCH", f"{CORE}/services/{NAME}/status", {"status": one["status"]})
        make(f"{APPS}/deployments", deployment(planted))
        for number, text in enumerate(planted.texts("event")):
            make(f"{CORE}/events", event(planted, number, text))
        yield planted
    finally:
        for path in reversed(made):
            played_stage.kubernetes("DELETE", path)


WORKSPACE = "/internal/v1/workspaces/shop"
CALLS_A_TURN = 80  # fewer than a turn may make


def read(stage, paths: list) -> list:
    """What the advisor gets for each path, as it decodes it."""
    got = []

    def play(turn):
        for path in asked:
            status, reply = turn.call("GET", path)
            got.append((status, reply if isinstance(reply, str) else json.dumps(reply, ensure_ascii=False)))
    for at in range(0, len(paths), CALLS_A_TURN):
        asked = paths[at:at + CALLS_A_TURN]
        stage.play(play, "what is wrong?")
    return got


def snapshot(stage) -> list:
    (status, lines), = read(stage, [f"{WORKSPACE}/snapshot"])
    assert status == 200
    return [json.loads(line) for line in lines.splitlines()][1:]


def refs(objects: list) -> list:
    """Of those in a project, which are the ones with a route."""
    return [(one["kind"], one["metadata"]["namespace"], one["metadata"]["name"]) for one in objects if "namespace" in one["metadata"]]


def has_all(stage) -> list:
    """The snapshot, once all that was planted is in it."""
    objects = snapshot(stage)
    names = [(kind, name) for kind, _, name in refs(objects)]
    pods = [name for kind, name in names if kind == "Pod" and name.startswith(NAME)]
    wanted = [("Deployment", NAME), ("ConfigMap", NAME), ("Service", NAME)]
    return objects if pods and all(one in names for one in wanted) else None


def test_what_is_planted_is_in_the_cluster_and_would_be_found(played, planted):
    raw = json.dumps([played.kubernetes("GET", f"{base}/{kind}") for base, kind in (
        (APPS, "deployments"), (CORE, "configmaps"), (CORE, "secrets"), (CORE, "events"), (CORE, "services"))], ensure_ascii=False)
    assert len(planted.found_in(raw)) == len(planted.places) > 100


def test_nothing_planted_reaches_an_advisor_that_reads_everything(played, planted):
    objects = eventually(lambda: has_all(played))
    paths = [f"{WORKSPACE}/objects/{kind}/{project}/{name}" for kind, project, name in refs(objects)]
    paths += [f"{WORKSPACE}/objects/Secret/shop/{NAME}", f"{WORKSPACE}/events?limit=500", "/internal/v1/operations"]
    paths += [f"{WORKSPACE}/events?project=shop&kind={kind}&name={name}" for kind, _, name in refs(objects) if name.startswith(NAME)]
    got = read(played, paths)
    everything = "\n".join(text for _, text in got) + json.dumps(objects, ensure_ascii=False)
    assert not planted.found_in(everything)
    assert not [path for (status, _), path in zip(got, paths) if status != 200 and NAME in path and "/Secret/" not in path]
    for kept in ("demo.local/canary:1.0", "DATABASE_URL", "5432", "BackOff", "invalid token", "charge with", "8080"):
        assert kept in everything, f"{kept}: nobody would see whether it was read at all"


def test_nothing_planted_reaches_an_advisor_that_reads_logs(played, planted):
    def logs():
        pods = [name for kind, _, name in refs(snapshot(played)) if kind == "Pod" and name.startswith(NAME)]
        paths = [f"{WORKSPACE}/logs?project=shop&pod={pod}&container=app&tail_lines=500&previous={previous}"
                 for pod in pods for previous in ("true", "false")]
        got = [text for status, text in read(played, paths) if status == 200]
        return got if sum("canary is singing" in text for text in got) == 2 else None
    everything = "\n".join(eventually(logs, every=0.5))
    assert not planted.found_in(everything)
    for kept in ("using", "clone with", "dial postgres://app:", "5432", "host=db", "ready"):
        assert kept in everything


def test_nothing_that_a_user_says_by_mistake_reaches_the_advisor(played):
    planted, bodies = Planted(), []
    people = itertools.cycle(("ada", "erin", "vic"))  # one alone would say too much at once
    for text in planted.texts("message"):
        played.play(lambda turn: bodies.append(turn.body), f"why does it say {text}", user=next(people))
    assert not planted.found_in(json.dumps(bodies, ensure_ascii=False))
    assert len(bodies) == len(IN_TEXT) and "invalid token" in str(bodies)
    leaves = [leaf for leaf, in played.database("SELECT leaf FROM audit_entries")]
    assert not planted.found_in("\n".join(leaves)), "nor the audit"
