"""Tenants do not see each other through the advisor's side either: the internal API and the advisor's own, by the tokens of real
turns, every route of the tables, every verb; and a canary of each tenant and of each user in every place that holds their data."""
import json
import re
import typing
import uuid

import pytest

from support.doors import ROUTES, open_doors
from support.people import request
from support.stage import Stage, eventually

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
INTERNAL = [row for row in ROUTES if row["access"] == "internal_token"]


# --- the tokens of three open turns, on everything that both services answer tokens with ---

class Target(typing.NamedTuple):
    workspace: str
    project: str
    name: str
    pod: str
    conversation: str


class Row(typing.NamedTuple):
    query: str
    body: dict | None
    own: dict  # the status that each actor gets of their own


def everybody(status: int) -> dict:
    return dict.fromkeys(ACTORS, status)


ACTORS = {"erin": "shop", "vic": "shop", "gus": "globex"}
SCALE = {"call_id": "o1", "arguments": {"project": "{project}", "kind": "Deployment", "name": "{name}", "replicas": "{replicas}"}}
MATRIX = {
    "GET /internal/v1/workspaces/{workspace}/snapshot": Row("", None, everybody(200)),
    "GET /internal/v1/workspaces/{workspace}/objects/{kind}/{project}/{name}": Row("", None, everybody(200)),
    "GET /internal/v1/workspaces/{workspace}/events": Row("?project={project}", None, everybody(200)),
    "GET /internal/v1/workspaces/{workspace}/logs": Row("?project={project}&pod={pod}", None, everybody(200)),
    "GET /internal/v1/operations": Row("", None, everybody(200)),
    "POST /internal/v1/operations/{operation}": Row("", SCALE, {"erin": 202, "vic": 403, "gus": 202}),
    "POST /v1/chat": Row("", {"turn": "{turn}", "message": "what is wrong?", "commands": []}, everybody(200)),
    "POST /v1/findings": Row("", {"turn": "{turn}"}, everybody(200)),
    "GET /v1/models": Row("", None, everybody(200)),
    "GET /v1/conversations": Row("", None, everybody(200)),
    "GET /v1/conversations/{conversation}": Row("", None, everybody(200)),
    "DELETE /v1/conversations/{conversation}": Row("", None, everybody(204)),
}
# Neither the path nor the query nor the body says whose: the token alone does.
OF_THE_TOKEN = {"GET /internal/v1/operations", "GET /v1/models", "GET /v1/conversations", "POST /v1/chat", "POST /v1/findings"}
IN_A_WORKSPACE = ("project", "name", "pod")


def names_one(route: str, *words: str) -> bool:
    """Whether a request of that route has one of these words of its target in it."""
    return any("{%s}" % word in json.dumps([route, MATRIX[route].query, MATRIX[route].body]) for word in words)


def test_the_internal_matrix_has_a_row_for_every_route():
    assert sorted(f"{row['method']} {row['pattern']}" for row in INTERNAL) == sorted(MATRIX), "a new route needs its row, a row its route"


class Board:
    """The played stage with a real advisor beside, and a turn of each actor open at once."""

    def __init__(self, stage: Stage):
        self.stage, self.doors = stage, open_doors(stage)
        self.targets = {actor: self.target_of(workspace) for actor, workspace in ACTORS.items()}
        self.nobodys = Target("no-such", "no-such", "no-such", "no-such", str(uuid.uuid4()))
        self.turns: dict = {}

    def target_of(self, workspace: str) -> Target:
        name = {"shop": "web", "globex": "globex-web"}[workspace]
        pods = eventually(lambda: [pod["metadata"]["name"] for pod in self.stage.kubernetes("GET", f"/api/v1/namespaces/{workspace}/pods")["items"]
                                   if pod["metadata"]["name"].startswith(name + "-") and pod["status"].get("phase") == "Running"])
        return Target(workspace, workspace, name, pods[0], str(uuid.uuid4()))

    def with_all_turns_open(self, use, actors=tuple(ACTORS)) -> None:
        if not actors:
            return use()

        def script(turn):
            self.turns[actors[0]] = turn
            self.with_all_turns_open(use, actors[1:])
        self.stage.play(script, "what is wrong?", user=actors[0], workspace=ACTORS[actors[0]])

    def filled(self, one, target: Target, actor: str):
        """With the target's names for the words in braces."""
        if isinstance(one, dict):
            return {name: self.filled(value, target, actor) for name, value in one.items()}
        if not isinstance(one, str):
            return one
        words = {**target._asdict(), "kind": "Deployment", "operation": "scale", "turn": self.turns[actor].body["turn"]}
        return 4 if one == "{replicas}" else re.sub(r"{(\w+)}", lambda found: words[found[1]], one)

    def ask(self, actor: str, route: str, target: Target, verb: str = "") -> tuple:
        """Status and body as text, without what is of this one request; what it asked for stands there as it stood in the request."""
        method, _, pattern = route.partition(" ")
        row = MATRIX[route]
        body = self.filled(row.body, target, actor)
        if route == "POST /v1/chat":
            body = {**body, "conversation_id": target.conversation}
        elif body and route != "POST /v1/findings":
            body = {**body, "call_id": str(uuid.uuid4())}
        path = self.filled(pattern + row.query, target, actor)
        program = "hks-control-plane" if pattern.startswith("/internal") else "hks-ai-ops"
        address, context = self.doors.of(next(one for one in INTERNAL if one["program"] == program))
        status, _, reply = request(address, verb or method, path, body, self.turns[actor].token, context=context)
        if isinstance(reply, dict):
            reply.pop("request_id", None)
        text = json.dumps(reply, ensure_ascii=False)
        if status >= 400:
            for word, value in target._asdict().items():
                text = re.sub(rf"\b{value}\b", "{%s}" % word, text)
        return status, text


@pytest.fixture(scope="module")
def answers(tmp_path_factory) -> dict:
    """By actor, whose, route and verb: what everybody got of everything."""
    got = {}
    with Stage(tmp_path_factory.mktemp("internal")) as stage:
        board = Board(stage.start_with_played_advisor())

        def ask_all():
            for actor, own in board.targets.items():
                other = board.targets["gus" if actor != "gus" else "erin"]
                places = {"own": own, "other": other, "nobody's": board.nobodys,
                          "other in own": own._replace(project=other.project, name=other.name, pod=other.pod),
                          "nobody's in own": own._replace(project="no-such", name="no-such", pod="no-such")}
                for route in sorted(MATRIX, key=lambda route: ("POST", "GET", "DELETE").index(route.split()[0])):
                    for whose in reversed(places):  # what is deleted last is one's own
                        if whose == "own" or (names_one(route, *IN_A_WORKSPACE) if "in own" in whose else route not in OF_THE_TOKEN):
                            got[actor, whose, route, ""] = board.ask(actor, route, places[whose])
                    for verb in VERBS:
                        if not any(f"{verb} {route.partition(' ')[2]}" == known for known in MATRIX):
                            for whose in ("own", "other", "nobody's"):
                                got[actor, whose, route, verb] = board.ask(actor, route, places[whose], verb)
        board.with_all_turns_open(ask_all)
    return got


@pytest.mark.parametrize("route", MATRIX)
@pytest.mark.parametrize("actor", ACTORS)
def test_each_turns_token_is_good_for_its_own(answers, actor, route):
    status, reply = answers[actor, "own", route, ""]
    assert status == MATRIX[route].own[actor], reply


@pytest.mark.parametrize("route", [route for route in MATRIX if route not in OF_THE_TOKEN])
@pytest.mark.parametrize("actor", ACTORS)
def test_what_is_another_tenants_looks_like_nobodys_to_a_turns_token(answers, actor, route):
    assert answers[actor, "other", route, ""] == answers[actor, "nobody's", route, ""]
    assert answers[actor, "other", route, ""][0] == 404
    if names_one(route, *IN_A_WORKSPACE):
        assert answers[actor, "other in own", route, ""] == answers[actor, "nobody's in own", route, ""]
        assert answers[actor, "other in own", route, ""][0] == 404


@pytest.mark.parametrize("actor", ACTORS)
def test_no_verb_that_is_not_in_the_table_tells_whose_it_is(answers, actor):
    verbs = [(route, verb) for one, whose, route, verb in answers if one == actor and whose == "own" and verb]
    assert len(verbs) >= 3 * len({route.partition(" ")[2] for route in MATRIX})
    for route, verb in verbs:
        seen = [answers[actor, whose, route, verb] for whose in ("own", "other", "nobody's")]
        assert seen[0][0] == 405 and seen[0] == seen[1] == seen[2], (route, verb)


@pytest.mark.parametrize("actor", ACTORS)
def test_no_answer_to_a_turns_token_names_another_tenant(answers, actor):
    foreign = "globex" if actor != "gus" else "shop"
    for (one, whose, route, verb), (_, reply) in answers.items():
        if one == actor:
            assert foreign not in reply, (whose, route, verb)


# --- canaries of every tenant and of every user, in every place that holds their data ---

TENANTS = {"shop": "shopcanary", "globex": "globexcanary"}  # what their data is called, by project
USERS = {"ada": "shop", "erin": "shop", "vic": "shop", "gwen": "globex", "gus": "globex"}


def said_by(user: str) -> str:
    return f"canary{user}said"


class Town:
    """Both tenants with all that they have, each thing with a canary in it: as content, and where it can as a name."""

    def __init__(self, stage: Stage):
        self.stage = stage
        self.heard: dict = {user: [] for user in USERS}
        for project, canary in TENANTS.items():
            self.plant(project, canary)
        stage.seed.write_text(re.sub(r'display = "(\w+)"', r'display = "canarydisplay\1"', stage.seed.read_text()) + GWEN)
        stage.start_whole()
        for user, project in USERS.items():
            eventually(lambda: TENANTS[project] in str(stage.person(user).get(f"/api/v1/workspaces/{project}/names")), every=0.2)
        self.invite_own_clusters()

    def plant(self, project: str, canary: str) -> None:
        kubernetes = lambda path, body: self.stage.kubernetes("POST", path.format(project), body, kind="application/json")  # noqa: E731
        labels = {"app": f"{canary}-web", "team": f"{canary}-label"}
        kubernetes("/api/v1/namespaces/{}/configmaps", {"metadata": {"name": f"{canary}-config"}, "data": {"MODE": f"{canary}mode"}})
        container = {"name": "app", "image": f"demo.local/{canary}-image:1.0", "env": [{"name": "MODE", "value": f"{canary}env"}]}
        kubernetes("/apis/apps/v1/namespaces/{}/deployments", {
            "metadata": {"name": f"{canary}-web", "labels": labels}, "spec": {"replicas": 2, "selector": {"matchLabels": {"app": labels["app"]}}, "template": {
                "metadata": {"labels": labels, "annotations": {"demo/fail": "CrashLoopBackOff", "demo/backoff": "2s", "demo/log": f"{canary}log line\n"}},
                "spec": {"containers": [container]}}}})
        kubernetes("/api/v1/namespaces/{}/events", {
            "metadata": {"name": f"{canary}.1"}, "involvedObject": {"kind": "Deployment", "namespace": project, "name": f"{canary}-web"},
            "type": "Warning", "reason": "Failed", "message": f"{canary}event", "lastTimestamp": "2099-01-01T00:00:00Z"})

    def invite_own_clusters(self) -> None:
        """A workspace of each tenant's own, on a kubeconfig that says the canary."""
        for manager, (project, canary) in zip(("ada", "gwen"), TENANTS.items()):
            kubeconfig = self.stage.kubeconfig.read_text()
            kubeconfig = re.sub(r"(name|user): *\"?[\w-]*admin[\w-]*\"?", rf"\1: {canary}kubeuser", kubeconfig)
            assert f"{canary}kubeuser" in kubeconfig
            body = {"name": f"{canary}-own", "display": f"{canary}display", "projects": [project], "kubeconfig": kubeconfig}
            organization = {"shop": "demo", "globex": "globex"}[project]
            status, reply = self.stage.person(manager).ask("POST", f"/api/v1/organizations/{organization}/workspaces", body)
            assert status == 201, reply

    def ask(self, user: str, method: str, path: str, body=None):
        """Everything of the answer is remembered, its headers too."""
        status, headers, reply = request(self.stage.public, method, path, body, token=self.stage.person(user).token)
        self.heard[user].append(f"{status} {headers} {json.dumps(reply, ensure_ascii=False)}")
        return status, reply

    def talk(self, user: str) -> None:
        """Chats of every kind, with words of their own in it."""
        project = USERS[user]
        name, chat = f"{TENANTS[project]}-web", f"/api/v1/workspaces/{project}/ai/chat"
        conversation = str(uuid.uuid4())
        for message in ("what is wrong?", f"why is {name} failing? {said_by(user)}", "its logs", f"scale {name} to 3", f"could you double {name}?",
                        f"{said_by(user)} and nothing else", "what are the events?"):
            self.ask(user, "POST", chat, {"message": message, "conversation_id": conversation, "stream": False})
        self.ask(user, "POST", chat, {"message": f"what is wrong? {said_by(user)}"})
        self.ask(user, "POST", chat, {"message": f"{said_by(user)}", "surprise": 1})

    def read_everything(self, user: str) -> None:
        """Every route that reads, of their own and of the others'; and what they made themselves."""
        things = self.things_of(user)
        for row in ROUTES:
            if row["listener"] == "public" and row["method"] == "GET":
                for organization, workspace in (("demo", "shop"), ("globex", "globex"), ("demo", f"{TENANTS['shop']}-own")):
                    if USERS[user] != "shop" and "own" in workspace:
                        continue  # they would say the name themselves
                    for thing in things if re.search("{(approval|operation|conversation)}", row["pattern"]) else [""]:
                        words = {"organization": organization, "workspace": workspace}
                        self.ask(user, "GET", re.sub(r"{(\w+)}", lambda found: words.get(found[1], thing), row["pattern"]))

    def things_of(self, user: str) -> list:
        """The ids that the lists of theirs have shown."""
        return sorted(set(re.findall(r'"(?:id|approval_id|operation_id)": "([0-9a-f-]{36})"', "".join(self.heard[user]))))[:4]

    def canaries_of(self, project: str) -> list:
        organization = {"shop": ["Ada", "Erin", "Vic", "Demo", "Shop"], "globex": ["Gus", "Gwen", "Globex"]}[project]
        return [TENANTS[project], *(said_by(user) for user, where in USERS.items() if where == project), *(f"canarydisplay{name}" for name in organization)]


GWEN = """
[[users]]
name = "gwen"
display = "canarydisplayGwen"
organization = "globex"
manager = true
bindings = [{ workspace = "globex", role = "admin" }]
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    with Stage(tmp_path_factory.mktemp("town")) as stage:
        town = Town(stage)
        for do in (town.talk, town.read_everything):
            for user in USERS:
                do(user)
        yield town


@pytest.mark.parametrize("user", USERS)
def test_everybody_hears_of_their_own_tenant(town, user):
    """Else the tests below would find nothing in nothing."""
    heard, canary = "\n".join(town.heard[user]), TENANTS[USERS[user]]
    for kept in (f"{canary}-web", f"{canary}log line", said_by(user)):
        assert kept in heard, kept


@pytest.mark.parametrize("user", USERS)
def test_no_canary_of_another_tenant_is_in_what_a_user_hears(town, user):
    heard = "\n".join(town.heard[user])
    other = next(project for project in TENANTS if project != USERS[user])
    assert not [canary for canary in town.canaries_of(other) if canary in heard]


@pytest.mark.parametrize("user", USERS)
def test_no_words_of_another_user_are_in_what_a_user_hears(town, user):
    """Not of one's own tenant either, whatever role one has."""
    heard = "\n".join(town.heard[user])
    assert not [other for other in USERS if other != user and said_by(other) in heard]


def test_no_canary_is_in_a_log_a_metric_or_the_name_of_a_file(town):
    contents = [said_by(user) for user in USERS] + [f"{canary}{what}" for canary in TENANTS.values() for what in ("log", "env", "mode", "event", "kubeuser")]
    for log in (town.stage.folder / "log").glob("hks-[ac]*.log"):
        text = log.read_text()
        assert text and not [canary for canary in contents if canary in text], log.name
    for listener in ("control-plane-ops", "ai-ops-ops"):
        metrics = request("http://" + town.stage.system.addresses[listener], "GET", "/metrics")[2]
        assert "hks_" in metrics and not re.findall(r".*canary.*", metrics)
    names = [str(path) for path in town.stage.data.rglob("*")]
    assert len(names) > 5 and not [name for name in names if "canary" in name]
