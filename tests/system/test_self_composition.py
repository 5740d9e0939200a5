"""What one tenant sees does not depend on another's data: the same session of tenant demo on two fresh installations, between which
everything of tenant globex differs, gives the same bytes."""
import json
import re

import pytest

from support import people
from support.contract_ids import Numbered
from support.people import request
from support.stage import Stage, eventually

CONVERSATION = "019b7d5a-0c1e-7001-8a3f-5d2c9e4b7a10"
WORKSPACE = "/api/v1/workspaces/shop"
QUESTIONS = ["what is wrong?", "why is checkout failing?", "its logs", "how many replicas does web have?", "what are the events?",
             "why is globex-web failing?", "scale globex-web to 2", "hello"]
READS = ["/api/v1/me", "/api/v1/workspaces", *(f"{WORKSPACE}{path}" for path in (
    "/names", "/approvals", "/operations", "/audit?limit=100", "/audit/verification", "/conversations", f"/conversations/{CONVERSATION}", "/members")),
    "/api/v1/organizations/demo/users", "/api/v1/organizations/demo/workspaces",
    "/api/v1/workspaces/globex/names", "/api/v1/organizations/globex/users", "/api/v1/workspaces/no-such/names", "/api/v1/nowhere"]


def app(name: str, replicas: int, env: dict = {}, **annotations) -> dict:
    """A StatefulSet: the names of its pods are the same in every run."""
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": name}, "spec": {
        "replicas": replicas, "serviceName": name, "selector": {"matchLabels": {"app": name}}, "template": {
            "metadata": {"labels": {"app": name}, "annotations": annotations},
            "spec": {"containers": [{"name": name, "image": f"registry.example/{name}:1.0", "ports": [{"containerPort": 8080}],
                                     "env": [{"name": key, "value": value} for key, value in env.items()]}]}}}}


def service(name: str, port: int) -> dict:
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {
        "clusterIP": "10.96.200.7", "selector": {"app": name}, "ports": [{"port": port, "targetPort": 8080}]}}


OURS = [app("postgres", 1), service("postgres", 5432), app("web", 3),
        app("checkout", 1, {"DATABASE_URL": "postgres://shop:hunter2@postgres.alpha:5433/shop"},
            **{"demo/needs-endpoint": "DATABASE_URL", "demo/backoff": "5000s", "demo/log": "checkout starting\n"})]


class Installation:
    """Tenant demo's project is alpha, globex' is beta. The cluster's time moves by hand only."""

    def __init__(self, folder, theirs: list, users: str):
        self.stage = Stage(folder, demo_options=("--manual-clock",))
        self.log, self.numbered = [], Numbered()
        for node in ("node-2", "node-3"):  # so that where a pod runs does not depend on who was first
            self.stage.kubernetes("DELETE", f"/api/v1/nodes/{node}")
        for project, objects in (("alpha", OURS), ("beta", theirs)):
            self.make("/api/v1/namespaces", {"metadata": {"name": project}})
            for one in objects:
                self.make(self.collection(one, project), one)
        eventually(self.has_come_to_rest, every=0.1)
        self.forget_events()
        seed = self.stage.seed.read_text().replace('projects = ["shop"]', 'projects = ["alpha"]').replace('projects = ["globex"]', 'projects = ["beta"]')
        self.stage.seed.write_text(seed + users)
        self.stage.start_whole()
        eventually(lambda: "web-2" in str(self.stage.person("erin").get(f"{WORKSPACE}/names")), every=0.2)

    def has_come_to_rest(self) -> bool:
        """Demo's pods are as they will stay: checkout waits longer than any session lasts."""
        self.stage.kubernetes("POST", "/demo/v1/advance?ms=1000")
        pods = self.stage.kubernetes("GET", "/api/v1/namespaces/alpha/pods")["items"]
        states = {pod["metadata"]["name"]: one for pod in pods for one in pod["status"].get("containerStatuses", [])}
        waits = states.pop("checkout-0", {}).get("state", {}).get("waiting", {}).get("reason") == "CrashLoopBackOff"
        return waits and len(states) == 4 and all(one["ready"] for one in states.values())

    def forget_events(self) -> None:
        """Those of the run tell its times and what its pods are called inside the cluster; one that tells neither stays."""
        events = "/api/v1/namespaces/alpha/events"
        for one in self.stage.kubernetes("GET", events)["items"]:
            self.stage.kubernetes("DELETE", f"{events}/{one['metadata']['name']}")
        self.make(events, {"kind": "Event", "metadata": {"name": "full"}, "type": "Warning", "reason": "Full", "message": "the disk is full",
                           "involvedObject": {"kind": "Pod", "namespace": "alpha", "name": "web-0"}, "lastTimestamp": "2026-01-01T00:00:00Z"})

    @staticmethod
    def collection(one: dict, project: str) -> str:
        return {"StatefulSet": "/apis/apps/v1/namespaces/%s/statefulsets", "Service": "/api/v1/namespaces/%s/services",
                "ConfigMap": "/api/v1/namespaces/%s/configmaps", "Event": "/api/v1/namespaces/%s/events"}[one["kind"]] % project

    def make(self, collection: str, one: dict) -> None:
        self.stage.kubernetes("POST", collection, one, kind="application/json")

    def ask(self, user: str, method: str, path: str, body=None):
        """Remembers the whole answer: status, headers and body; ids, times and durations as their numbers."""
        status, headers, reply = request(self.stage.public, method, path, body, token=self.stage.person(user).token)
        for name in ("Date", "X-Request-Id", "Content-Length"):
            headers.pop(name, None)
        if isinstance(reply, str) and "event-stream" in headers.get("Content-Type", ""):
            reply = [{"event": re.search(r"^event: (.*)$", frame, re.M)[1], "data": json.loads(re.search(r"^data: (.*)$", frame, re.M)[1])}
                     for frame in reply.split("\n\n") if "data: " in frame]
        what = (body or {}).get("message", "")[:40] or path.split("/")[5 if path.startswith(WORKSPACE) else -1]
        self.log.append(json.dumps([user, method, what, status, headers, self.numbered(reply)], ensure_ascii=False))
        return status, reply

    def session(self) -> None:
        """Of tenant demo's people: everything that they can do and see."""
        say = lambda user, message, **more: self.ask(user, "POST", f"{WORKSPACE}/ai/chat", {"message": message, **more})  # noqa: E731
        for user in ("erin", "vic"):
            for question in QUESTIONS:
                say(user, question, conversation_id=CONVERSATION)
        say("vic", "scale web to 5")
        say("erin", "scale web to 5", stream=False)
        eventually(lambda: self.web_pods() == 5, every=0.1)
        _, reply = say("erin", "could you double web?", stream=False)
        proposal = people.only(reply["events"], "proposal")
        approval = f"{WORKSPACE}/approvals/{proposal['approval_id']}"
        for user in ("vic", "ada"):
            self.ask(user, "POST", approval + "/decision", {"decision": "reject", "op_hash": proposal["op_hash"]})
        operation = people.only(self.stage.person("erin").say("scale web to 4"), "operation")
        self.ask("erin", "POST", f"{WORKSPACE}/operations/{operation['operation_id']}/undo")
        for body in ({}, {"message": ""}, {"message": "x", "conversation_id": "no"}, {"message": "x" * 9000}):
            self.ask("erin", "POST", f"{WORKSPACE}/ai/chat", body)
        self.ask("erin", "POST", "/api/v1/workspaces/globex/ai/chat", {"message": "what is wrong?"})
        for user in ("erin", "vic", "ada"):
            for path in READS:
                self.ask(user, "GET", path)
        for listener in ("control-plane-ops", "ai-ops-ops"):
            for path in ("/health/live", "/health/ready"):
                status, _, reply = request("http://" + self.stage.system.addresses[listener], "GET", path)
                self.log.append(json.dumps([listener, path, status, reply]))

    def web_pods(self) -> int:
        self.stage.kubernetes("POST", "/demo/v1/advance?ms=1000")
        return str(self.stage.person("erin").get(f"{WORKSPACE}/names")).count("'web-")


@pytest.fixture(scope="module")
def sessions(tmp_path_factory) -> list:
    """Of both installations, one after the other."""
    few = [app("globex-web", 1)]
    many = [app("globex-web", 4), service("globex-web", 80), *(app(f"billing-{n}", 2, {"URL": "http://nowhere.beta:1"}, **{
        "demo/fail": "CrashLoopBackOff", "demo/backoff": "2s"}) for n in range(4)),
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "prices"}, "data": {"A": "password=hunter3", "B": "60s"}},
        *({"apiVersion": "v1", "kind": "Event", "metadata": {"name": f"e{n}"}, "type": "Warning", "reason": "Failed", "message": f"token=hunter{n}secret",
           "involvedObject": {"kind": "StatefulSet", "namespace": "beta", "name": "globex-web"}} for n in range(20))]
    more_users = "".join(f'\n[[users]]\nname = "globex-{n}"\ndisplay = "G{n}"\norganization = "globex"\nbindings = '
                         f'[{{ workspace = "globex", role = "editor" }}]\n' for n in range(3))
    out = []
    for number, (theirs, users, is_loud) in enumerate(((few, "", False), (many, more_users, True))):
        installation = Installation(tmp_path_factory.mktemp(f"installation{number}"), theirs, users)
        with installation.stage:
            if is_loud:
                speak(installation.stage)
            installation.session()
        out.append(installation.log)
    return out


def speak(stage: Stage) -> None:
    """globex' people have conversations, changes, proposals and refusals before demo's say their first word."""
    for name in ("gus", "globex-0", "globex-1"):
        person = stage.person(name)
        for message in ("what is wrong?", "why is billing-1 failing?", "scale globex-web to 3", "could you double globex-web?", "scale billing-1 to 3"):
            person.say(message, "globex", conversation_id=CONVERSATION)
    with pytest.raises(people.Refused):
        people.Person(stage.public, "globex-2", "wrong")


def test_the_session_is_of_everything(sessions):
    """Else equal would mean little."""
    said = "\n".join(sessions[0])
    for kept in ("postgres.alpha:5433, the Service listens on 5432", '"operation"', '"proposal"', '"rejected"', '"finding"', '"denied"', "checkout-0", "web-4", "the disk is full"):
        assert kept in said, kept
    assert "hunter2" not in said
    assert len(sessions[0]) > 70


def test_nothing_that_a_tenant_sees_depends_on_another(sessions):
    assert len(sessions[0]) == len(sessions[1])
    for one, other in zip(*sessions):
        same = next((at for at, pair in enumerate(zip(one, other)) if pair[0] != pair[1]), min(len(one), len(other)))
        assert one == other, f"{one[:90]}\n...{one[same - 80:same + 120]}\n...{other[same - 80:same + 120]}"
