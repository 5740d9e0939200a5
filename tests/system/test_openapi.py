"""Both services do what their three OpenAPI documents say: requests made of the documents' own schemas, by people who may
and people who may not, right ones and wrong ones. No 500, every answer documented, and nearly all operations succeed."""
import uuid

import pytest

from support import openapi
from support.people import Person, Refused, named
from support.stage import Stage, eventually

MOST = 0.8  # of the operations succeed here
PASSWORD = "correct horse battery"
SHOP = {"workspace": "shop"}
DEMO = {"organization": "demo"}


class Live:
    """What is there to be asked for, made when it is wanted."""

    def __init__(self, stage: Stage):
        self.stage = stage
        self.tokens = {name: stage.person(name).token for name in ("ada", "erin", "vic")}
        self.kubeconfig = stage.kubeconfig.read_text()

    def name(self) -> str:
        return "x" + uuid.uuid4().hex[:12]

    def ask(self, method: str, path: str, body=None) -> dict:
        status, reply = self.stage.person("ada").ask(method, path, body)
        assert status in (200, 201), (status, reply)
        return reply

    def user(self) -> str:
        return self.ask("POST", "/api/v1/organizations/demo/users", {"name": self.name(), "password": PASSWORD})["user"]["name"]

    def invitation(self) -> str:
        return self.ask("POST", "/api/v1/organizations/demo/users", {"name": self.name()})["invitation"]

    def member(self) -> str:
        return self.ask("POST", "/api/v1/workspaces/shop/members", {"user": self.user(), "role": "viewer"})["id"]

    def said(self, message: str, event: str) -> dict:
        """What erin's message brings; said again while she has said too much, or the cluster has not caught up."""
        def once():
            try:
                return named(self.stage.person("erin").say(message), event)
            except Refused:
                return []
        return eventually(once, every=0.2)[-1]

    def conversation(self) -> str:
        return self.said("how many replicas does web have?", "turn")["conversation_id"]

    def operation(self) -> str:
        """web has another number of replicas each time."""
        return self.said(f"scale web to {self.stage.replicas('web') % 5 + 2}", "operation")["operation_id"]

    def proposal(self) -> dict:
        return self.said("could you restart web?", "proposal")

    def workspace(self) -> str:
        body = {"name": self.name(), "projects": ["shop"], "kubeconfig": self.kubeconfig}
        return self.ask("POST", "/api/v1/organizations/demo/workspaces", body)["name"]

    def credentials(self) -> dict:
        """Of a user whose name no generated request has guessed: wrong passwords hold a name back."""
        return {"user": self.user(), "password": PASSWORD}

    def role(self) -> str:
        return self.ask("POST", "/api/v1/organizations/demo/roles", {"name": self.name(), "permissions": ["objects.read"]})["name"]

    def session(self) -> str:
        credentials = self.credentials()
        return Person(self.stage.public, credentials["user"], credentials["password"]).token

    def decision(self) -> dict:
        proposal = self.proposal()
        return {"path": {**SHOP, "approval": proposal["approval_id"]}, "body": {"decision": "approve", "op_hash": proposal["op_hash"]}}


# A request of each operation that succeeds: path, body, token ("ada" without one).
PUBLIC = {
    "sign_in": lambda live: {"body": live.credentials()},
    "sign_out": lambda live: {"token": live.session()},
    "who_am_i": lambda live: {},
    "list_workspaces": lambda live: {},
    "chat": lambda live: {"path": SHOP, "body": {"message": "what is wrong?"}},
    "list_findings": lambda live: {"path": SHOP, "query": {"project": "shop", "severity": "warning"}},
    "list_conversations": lambda live: {"path": SHOP},
    "read_conversation": lambda live: {"path": {**SHOP, "conversation": live.conversation()}, "token": live.tokens["erin"]},
    "delete_conversation": lambda live: {"path": {**SHOP, "conversation": live.conversation()}, "token": live.tokens["erin"]},
    "list_audit": lambda live: {"path": SHOP, "query": {"limit": 5}},
    "verify_audit": lambda live: {"path": SHOP},
    "list_names": lambda live: {"path": SHOP},
    "list_approvals": lambda live: {"path": SHOP},
    "read_approval": lambda live: {"path": {**SHOP, "approval": live.proposal()["approval_id"]}},
    "decide_approval": lambda live: live.decision(),
    "list_operations": lambda live: {"path": SHOP},
    "read_operation": lambda live: {"path": {**SHOP, "operation": live.operation()}},
    "undo_operation": lambda live: {"path": {**SHOP, "operation": live.operation()}, "token": live.tokens["erin"]},
    "accept_invitation": lambda live: {"body": {"token": live.invitation(), "password": PASSWORD}},
    "list_members": lambda live: {"path": SHOP},
    "add_member": lambda live: {"path": SHOP, "body": {"user": live.user(), "role": "editor", "project": "shop"}},
    "remove_member": lambda live: {"path": {**SHOP, "member": live.member()}},
    "list_users": lambda live: {"path": DEMO},
    "add_user": lambda live: {"path": DEMO, "body": {"name": live.name(), "display": "X", "password": PASSWORD}},
    "change_user": lambda live: {"path": {**DEMO, "user": live.user()}, "body": {"display": "Y"}},
    "list_roles": lambda live: {"path": DEMO},
    "add_role": lambda live: {"path": DEMO, "body": {"name": live.name(), "permissions": ["objects.read"]}},
    "change_role": lambda live: {"path": {**DEMO, "role": live.role()}, "body": {"permissions": ["objects.read", "logs.read"]}},
    "remove_role": lambda live: {"path": {**DEMO, "role": live.role()}},
    "list_organization_workspaces": lambda live: {"path": DEMO},
    "add_workspace": lambda live: {"path": DEMO, "body": {"name": live.name(), "projects": ["shop"], "kubeconfig": live.kubeconfig}},
    "change_workspace": lambda live: {"path": {**DEMO, "workspace": live.workspace()}, "body": {"policy": {"allow_unattended_approval": True}}},
}
INTERNAL = {
    "read_key_set": lambda live: {},
    "read_snapshot": lambda live: {"path": SHOP},
    "read_object": lambda live: {"path": {**SHOP, "kind": "Deployment", "project": "shop", "name": "web"}},
    "read_events": lambda live: {"path": SHOP},
    "read_logs": lambda live: {"path": SHOP, "query": {"project": "shop", "pod": live["pod"], "tail_lines": 5}},
    "list_operations": lambda live: {},
    "request_operation": lambda live: {"path": {"operation": "scale"}, "body": {"call_id": "known", "arguments": {
        "project": "shop", "kind": "Deployment", "name": "web", "replicas": 5}}},
}
ADVISOR = {
    "run_turn": lambda live: {"body": {"turn": live["turn"], "conversation_id": live["conversation"], "message": "what is wrong?",
                                       "commands": []}},
    "list_findings": lambda live: {"body": {"turn": live["turn"], "object": {"kind": "Deployment", "name": "web"}}},
    "list_models": lambda live: {},
    "list_conversations": lambda live: {},
    "read_conversation": lambda live: {"path": {"conversation": live["conversation"]}},
    "delete_conversation": lambda live: {"path": {"conversation": live["conversation"]}},
}
TABLES = {"public.openapi.yaml": PUBLIC, "internal.openapi.yaml": INTERNAL, "ai-ops.openapi.yaml": ADVISOR}


@pytest.mark.parametrize("document", TABLES)
def test_the_table_has_a_row_for_every_operation(document):
    assert sorted(TABLES[document]) == sorted(openapi.operations_of(document)), "a new operation needs its row"


def show_share(api: openapi.Api) -> None:
    unreached = api.unreached()
    share = 1 - len(unreached) / len(api.operations)
    print(f"\n{api.document}: {len(api.operations) - len(unreached)} of {len(api.operations)} operations reach a 2xx"
          + (f", not {unreached}" if unreached else ""))
    assert share >= MOST, unreached


# --- the public API ---

@pytest.fixture(scope="module")
def live(tmp_path_factory):
    with Stage(tmp_path_factory.mktemp("openapi")) as stage:
        stage.system.listen("chat", "ai-ops-ops")
        stage.begin_control_plane()
        stage.system.start_ai_ops()
        stage.public = stage.system.wait_for("hks-control-plane")["public"]
        yield Live(stage)


@pytest.fixture(scope="module")
def public(live):
    return openapi.Api("public.openapi.yaml", live.stage.public)


@pytest.fixture(scope="module")
def known(live):
    """What paths name, by parameter or by operation and parameter. What generated requests may spoil stands apart."""
    proposal = live.proposal()
    return {"workspace": "shop", "organization": "demo", "user": live.user(), "role": live.role(), "member": live.member(), "operation": live.operation(),
            "approval": proposal["approval_id"], "conversation": live.conversation(), ("change_workspace", "workspace"): live.workspace()}


def test_most_public_operations_succeed_as_documented(live, public):
    for name, row_of in PUBLIC.items():
        row = row_of(live)
        public.ask(name, row.pop("token", live.tokens["ada"]), **row)
    show_share(public)


@pytest.mark.parametrize("name", PUBLIC)
def test_the_public_api_answers_as_documented(live, public, known, name):
    people = {"ada": live.tokens["ada"], "erin": live.tokens["erin"], "vic": live.tokens["vic"], "nobody": ""}
    public.explore(name, known, {"another": live.session()} if name == "sign_out" else people)


# --- what the services say to each other ---

class Inner:
    """An API of one service for the other, in turns of erin's whose tokens this test holds."""

    def __init__(self, document: str, address: str, pki, caller: str):
        self.api = openapi.Api(document, address, pki / "ca.crt", (pki / f"{caller}.crt", pki / f"{caller}.key"))

    def in_turn(self, played, script) -> None:
        def play(turn):
            pods = played.kubernetes("GET", "/api/v1/namespaces/shop/pods?labelSelector=app%3Dweb")["items"]
            script({"workspace": "shop", "kind": "Deployment", "project": "shop", "name": "web", "operation": "scale",
                    "turn": turn.body["turn"], "conversation": turn.body["conversation_id"], "pod": pods[0]["metadata"]["name"]},
                   turn.token)
        played.play(play, "scale web to 5")

    def succeed(self, played, table: dict) -> None:
        def ask_all(live, token):
            for name, row_of in table.items():
                self.api.ask(name, token, **row_of(live))
        self.in_turn(played, ask_all)
        show_share(self.api)

    def explore(self, played, name: str) -> None:
        self.in_turn(played, lambda live, token: self.api.explore(name, live, {"the turn": token, "a turn": token, "nobody": ""}))


@pytest.fixture(scope="module")
def internal(played_stage):
    return Inner("internal.openapi.yaml", played_stage.internal, played_stage.data / "pki", "ai-ops")


@pytest.fixture(scope="module")
def advisor(played_stage, doors):
    return Inner("ai-ops.openapi.yaml", doors.addresses["hks-ai-ops", "chat"], played_stage.data / "pki", "control-plane")


def test_most_internal_operations_succeed_as_documented(played, internal):
    internal.succeed(played, INTERNAL)


@pytest.mark.parametrize("name", INTERNAL)
def test_the_internal_api_answers_as_documented(played, internal, name):
    internal.explore(played, name)


def test_most_of_the_advisors_operations_succeed_as_documented(played, advisor):
    advisor.succeed(played, ADVISOR)


@pytest.mark.parametrize("name", ADVISOR)
def test_the_advisors_api_answers_as_documented(played, advisor, name):
    advisor.explore(played, name)
