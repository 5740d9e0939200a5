"""Tenants on one control plane: who may do what where, for every route of the table; and how users, members and
workspaces come into being over the API, from an empty data folder on."""
import json
import re
import subprocess
import time
import typing

import pytest

from support import people
from support.people import request
from support.stage import PROGRAMS, Stage, eventually, routes

PASSWORD = "correct horse battery"
NO_SUCH_ID = "019b7d5a-0c1e-7001-8a3f-5d2c9e4b7a10"
INTERVAL_S = 5  # in which a turn whose session has gone must end: the renewal of its lease


class Tenants:
    """demo and globex: ada manages demo and is admin of shop; gwen manages globex and is admin there."""

    def __init__(self, stage: Stage):
        self.stage = stage
        self.tokens = {"nobody": "", **{name: stage.person(name).token for name in ("ada", "erin", "vic")}}
        link = bootstrap(stage.data, "globex", "gwen")
        self.tokens["gwen"] = accept(stage, link.partition("#")[2])["token"]
        self.member("gwen", "globex", "gwen", "admin")
        for name, roles in {"sam": [], "adam": ["admin"], "mia": []}.items():
            self.add_user("demo", name)
            for role in roles:
                self.member("ada", "shop", name, role)
        self.ok("PATCH", "/api/v1/organizations/demo/users/mia", {"manager": True}, "ada")
        self.operation = self.change("scale web to 4", 4)["operation_id"]
        self.undoable = self.change("scale web to 3", 3)["operation_id"]  # so that there is nothing to undo in the first
        self.proposal = self.change("could you double web?", 6)

    def change(self, message: str, replicas: int) -> dict:
        """What the advisor gets that asks for it in erin's turn."""
        answers = []
        self.stage.play(lambda turn: answers.append(turn.scale("web", replicas)), message)
        assert answers[0][0] in (200, 202), answers
        return answers[0][1]

    def call(self, method: str, path: str, body=None, who: str = "ada"):
        status, _, reply = request(self.stage.public, method, path, body, token=self.tokens[who])
        return status, reply

    def ok(self, method: str, path: str, body=None, who: str = "ada"):
        status, reply = self.call(method, path, body, who)
        assert status in (200, 201, 204), (status, reply)
        return reply

    def member(self, who: str, workspace: str, user: str, role: str, **more) -> dict:
        return self.ok("POST", f"/api/v1/workspaces/{workspace}/members", {"user": user, "role": role, **more}, who)

    def add_user(self, organization: str, name: str, who: str = "ada") -> None:
        self.ok("POST", f"/api/v1/organizations/{organization}/users", {"name": name, "password": PASSWORD}, who)
        self.tokens[name] = people.Person(self.stage.public, name, PASSWORD).token

    def audited(self, kind: str) -> list:
        return [json.loads(leaf) for (leaf,) in
                self.stage.database("SELECT leaf FROM audit_entries WHERE kind = ? ORDER BY seq", kind)]


def bootstrap(data, organization: str, user: str) -> str:
    """The one-time link."""
    done = subprocess.run([PROGRAMS / "hks-control-plane", "bootstrap-admin", "--data", data, "--organization", organization,
                           "--user", user, "--public-url", "https://hks.example.com"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    link = done.stdout.strip()
    assert re.fullmatch(r"https://hks\.example\.com/#[A-Za-z0-9_-]{43}", link), link
    return link


def accept(stage, token: str, password: str = PASSWORD) -> dict:
    status, _, reply = request(stage.public, "POST", "/api/v1/invitations", {"token": token, "password": password})
    assert status == 201, reply
    return reply


@pytest.fixture(scope="module")
def tenants(tmp_path_factory):
    with Stage(tmp_path_factory.mktemp("tenants")) as stage:
        tenants = Tenants(stage.start_with_played_advisor())
        stage.advisor.remember = lambda read: (200, {"conversations": []}) if read.path == "/v1/conversations" else (404, None)
        yield tenants


# --- every route that names a tenant, called by everybody ---

class Row(typing.NamedTuple):
    body: dict | None
    statuses: str  # of the ACTORS, in their order, on demo and its workspace shop


ACTORS = {"nobody": "nobody", "foreign": "gwen", "stranger": "sam", "viewer": "vic", "editor": "erin", "admin": "adam",
          "manager": "mia"}
CHAT = {"message": "what is wrong?", "stream": False}
DECISION = {"decision": "reject", "op_hash": "sha256:" + "0" * 64}
# 400, 409: the caller may, but the body is wrong, or the state. The member and the role of the path are not there.
MATRIX = {  #                                                    nobody foreign stranger viewer editor admin manager
    "POST /workspaces/{workspace}/ai/chat":                 Row(CHAT, "401 404 404 200 200 200 404"),
    "GET /workspaces/{workspace}/findings":                 Row(None, "401 404 404 200 200 200 404"),
    "GET /workspaces/{workspace}/conversations":            Row(None, "401 404 404 200 200 200 404"),
    "GET /workspaces/{workspace}/conversations/{conversation}":
                                                            Row(None, "401 404 404 404 404 404 404"),
    "DELETE /workspaces/{workspace}/conversations/{conversation}":
                                                            Row(None, "401 404 404 404 404 404 404"),
    "GET /workspaces/{workspace}/audit":                    Row(None, "401 404 404 403 403 200 404"),
    "GET /workspaces/{workspace}/audit/verification":       Row(None, "401 404 404 403 403 200 404"),
    "GET /workspaces/{workspace}/names":                    Row(None, "401 404 404 200 200 200 404"),
    "GET /workspaces/{workspace}/approvals":                Row(None, "401 404 404 200 200 200 404"),
    "GET /workspaces/{workspace}/approvals/{approval}":     Row(None, "401 404 404 200 200 200 404"),
    "POST /workspaces/{workspace}/approvals/{approval}/decision":
                                                            Row(DECISION, "401 404 404 409 409 409 404"),
    "GET /workspaces/{workspace}/operations":               Row(None, "401 404 404 200 200 200 404"),
    "GET /workspaces/{workspace}/operations/{operation}":   Row(None, "401 404 404 200 200 200 404"),
    "POST /workspaces/{workspace}/operations/{operation}/undo":
                                                            Row(None, "401 404 404 409 409 409 404"),
    "GET /workspaces/{workspace}/members":                  Row(None, "401 404 404 403 403 200 200"),
    "POST /workspaces/{workspace}/members":                 Row({}, "401 404 404 403 403 400 400"),
    "DELETE /workspaces/{workspace}/members/{member}":      Row(None, "401 404 404 403 403 404 404"),
    "GET /organizations/{organization}/roles":              Row(None, "401 404 200 200 200 200 200"),
    "POST /organizations/{organization}/roles":             Row({}, "401 404 403 403 403 403 400"),
    "PATCH /organizations/{organization}/roles/{role}":     Row({}, "401 404 403 403 403 403 400"),
    "DELETE /organizations/{organization}/roles/{role}":    Row(None, "401 404 403 403 403 403 404"),
    "GET /organizations/{organization}/users":              Row(None, "401 404 403 403 403 403 200"),
    "POST /organizations/{organization}/users":             Row({}, "401 404 403 403 403 403 400"),
    "PATCH /organizations/{organization}/users/{user}":     Row({}, "401 404 403 403 403 403 400"),
    "GET /organizations/{organization}/workspaces":         Row(None, "401 404 403 403 403 403 200"),
    "POST /organizations/{organization}/workspaces":        Row({}, "401 404 403 403 403 403 400"),
    "PATCH /organizations/{organization}/workspaces/{workspace}":
                                                            Row({}, "401 404 403 403 403 403 400"),
}
ROUTES = [f"{row['method']} {row['pattern'].removeprefix('/api/v1')}" for row in routes("hks-control-plane")
          if row["access"] == "session" and re.search("{workspace}|{organization}", row["pattern"])]
OURS = {"organization": "demo", "workspace": "shop", "user": "vic"}
THEIRS = {"organization": "globex", "workspace": "globex", "user": "gus"}
NOBODYS = {"organization": "no-such", "workspace": "no-such", "user": "no-such"}


def call(tenants, route: str, target: dict, actor: str):
    """Ids of the path are those of demo's own things, wherever they are asked for."""
    method, _, pattern = route.partition(" ")
    ids = {"approval": tenants.proposal["approval_id"], "operation": tenants.operation, "member": NO_SUCH_ID, "conversation": NO_SUCH_ID,
           "role": "no-such"}
    path = "/api/v1" + re.sub(r"{(\w+)}", lambda found: {**ids, **target}[found[1]], pattern)
    return tenants.call(method, path, MATRIX[route].body, ACTORS[actor])


def test_the_matrix_has_a_row_for_every_route():
    assert sorted(ROUTES) == sorted(MATRIX), "a new route needs its row, a row its route"


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("route", ROUTES)
def test_everybody_on_the_tenant_demo(tenants, route, actor):
    expected = int(MATRIX[route].statuses.split()[list(ACTORS).index(actor)])
    status, problem = call(tenants, route, OURS, actor)
    assert status == expected, problem
    if status == 403:
        assert problem["code"] == "denied" and problem["reason"]["text"] == problem["detail"]


@pytest.mark.parametrize("actor", [actor for actor in ACTORS if actor != "foreign"])
@pytest.mark.parametrize("route", ROUTES)
def test_another_tenant_looks_like_none(tenants, route, actor):
    answers = [call(tenants, route, target, actor) for target in (THEIRS, NOBODYS)]
    for _, problem in answers:
        problem.pop("request_id")
    assert answers[0] == answers[1]
    assert answers[0][0] == (401 if actor == "nobody" else 404)


def test_a_viewer_decides_and_undoes_nothing(tenants):
    approval = f"/api/v1/workspaces/shop/approvals/{tenants.proposal['approval_id']}"
    for decision in ("approve", "reject"):
        status, problem = tenants.call("POST", approval + "/decision", {"decision": decision, "op_hash": tenants.proposal["op_hash"]}, "vic")
        assert status == 403 and problem["code"] == "denied", problem
    status, problem = tenants.call("POST", f"/api/v1/workspaces/shop/operations/{tenants.undoable}/undo", who="vic")
    assert status == 403 and problem["code"] == "denied", problem
    assert tenants.ok("GET", approval, who="vic")["state"] == "open" and tenants.stage.replicas("web") == 3


def test_ones_own_organization_is_no_way_into_anothers(tenants):
    for path, change in (("users/gus", {"display": "x"}), ("workspaces/globex", {"policy": {"allow_external_model": True}})):
        status, theirs = tenants.call("PATCH", f"/api/v1/organizations/demo/{path}", change, "mia")
        _, absent = tenants.call("PATCH", f"/api/v1/organizations/demo/{path.split('/')[0]}/no-such", change, "mia")
        assert status == 404 and theirs["detail"] == absent["detail"]
    members = "/api/v1/workspaces/shop/members"
    status, theirs = tenants.call("POST", members, {"user": "gus", "role": "viewer"}, "mia")
    _, absent = tenants.call("POST", members, {"user": "no-such", "role": "viewer"}, "mia")
    assert status == 404 and theirs["detail"] == absent["detail"]
    gwens = tenants.ok("GET", "/api/v1/workspaces/globex/members", who="gwen")["members"][0]["id"]
    assert tenants.call("DELETE", f"{members}/{gwens}", who="mia")[0] == 404
    assert gwens in str(tenants.ok("GET", "/api/v1/workspaces/globex/members", who="gwen"))


# --- members ---

def test_a_granted_role_holds_at_once_and_a_revoked_one_no_more(tenants):
    tenants.add_user("demo", "rita")
    assert tenants.call("GET", "/api/v1/workspaces/shop/names", who="rita")[0] == 404
    granted = tenants.member("adam", "shop", "rita", "viewer", project="shop")
    assert granted["project"] == "shop" and granted in tenants.ok("GET", "/api/v1/workspaces/shop/members")["members"]
    assert tenants.call("GET", "/api/v1/workspaces/shop/names", who="rita")[0] == 200
    status, problem = tenants.call("POST", "/api/v1/workspaces/shop/members", {"user": "rita", "role": "viewer", "project": "shop"})
    assert status == 409 and problem["code"] == "conflict"
    tenants.ok("DELETE", f"/api/v1/workspaces/shop/members/{granted['id']}")
    assert tenants.call("GET", "/api/v1/workspaces/shop/names", who="rita")[0] == 404
    for kind, maker in (("binding.granted", "adam"), ("binding.revoked", "ada")):
        entry = [entry for entry in tenants.audited(kind) if entry["arguments"]["id"] == granted["id"]][0]
        assert entry["subject"] == maker and entry["workspace"] == "shop" and entry["arguments"] == granted


def test_wrong_members_are_400_or_404_and_named(tenants):
    path = "/api/v1/workspaces/shop/members"
    for body, place in (({"role": "viewer"}, "$.user"), ({"user": "vic", "role": "root"}, "$.role"),
                        ({"user": "vic", "role": "viewer", "project": "../x"}, "$.project"),
                        ({"user": "vic", "role": "viewer", "admin": True}, "$.admin"), ({"user": 5, "role": "viewer"}, "$.user")):
        status, problem = tenants.call("POST", path, body)
        assert status == 400 and place in problem["detail"], problem
    assert tenants.call("POST", path, {"user": "vic", "role": "viewer", "project": "globex"})[0] == 404


# --- users and invitations ---

def invite(tenants, name: str) -> str:
    added = tenants.ok("POST", "/api/v1/organizations/demo/users", {"name": name, "display": name.title()})
    assert added["user"] == {"name": name, "display": name.title(), "disabled": False, "manager": False}
    return added["invitation"]


def test_an_invitation_is_good_once(tenants):
    token = invite(tenants, "nina")
    offer = {"token": token, "password": PASSWORD}
    assert request(tenants.stage.public, "POST", "/api/v1/invitations", {**offer, "password": "short"})[0] == 400
    assert request(tenants.stage.public, "POST", "/api/v1/invitations", offer, headers={"Content-Type": "text/plain"})[0] == 400
    assert request(tenants.stage.public, "POST", "/api/v1/invitations", offer, headers={"Origin": "https://evil.example"})[0] == 403
    status, headers, reply = request(tenants.stage.public, "POST", "/api/v1/invitations", offer)
    assert status == 201 and reply["user"] == "nina" and "HttpOnly" in headers["Set-Cookie"]
    assert request(tenants.stage.public, "GET", "/api/v1/me", token=reply["token"])[0] == 200
    status, _, problem = request(tenants.stage.public, "POST", "/api/v1/invitations", {**offer, "password": "another long one"})
    assert status == 401 and problem["code"] == "invalid_credentials"
    assert people.Person(tenants.stage.public, "nina", PASSWORD).token, "the first password stands"


def test_an_invitation_that_ran_out_or_was_replaced_is_worth_nothing(tenants):
    first = invite(tenants, "olga")
    change = tenants.ok("PATCH", "/api/v1/organizations/demo/users/olga", {"new_invitation": True})
    second = change["invitation"]
    answers = [request(tenants.stage.public, "POST", "/api/v1/invitations", {"token": first, "password": PASSWORD})]
    tenants.stage.database("UPDATE invitations SET expires_at = 1 WHERE user_name = 'olga'")
    answers.append(request(tenants.stage.public, "POST", "/api/v1/invitations", {"token": second, "password": PASSWORD}))
    assert [(status, problem["code"]) for status, _, problem in answers] == [(401, "invalid_credentials")] * 2
    tenants.stage.database("DELETE FROM login_failures")


def test_guessed_invitations_are_throttled_like_passwords(tenants):
    try:
        offers = [{"token": f"{number:043}", "password": PASSWORD} for number in range(7)]
        seen = [request(tenants.stage.public, "POST", "/api/v1/invitations", offer)[0] for offer in offers]
        assert seen[:5] == [401] * 5 and 429 in seen[5:]
    finally:
        tenants.stage.database("DELETE FROM login_failures")


def test_no_token_is_stored_or_audited(tenants):
    token = invite(tenants, "pia")
    session = accept(tenants.stage, token)["token"]
    stored = b"".join(file.read_bytes() for file in tenants.stage.data.glob("control-plane.db*"))
    log = (tenants.stage.folder / "log/hks-control-plane.log").read_bytes()
    for secret in (token, session, PASSWORD):
        assert secret.encode() not in stored and secret.encode() not in log


def test_the_last_manager_stays(tenants):
    for change in ({"manager": False}, {"disabled": True}):
        status, problem = tenants.call("PATCH", "/api/v1/organizations/globex/users/gwen", change, "gwen")
        assert status == 409 and "last manager" in problem["detail"]
    assert tenants.call("GET", "/api/v1/organizations/globex/users", who="gwen")[0] == 200


def test_a_taken_name_looks_the_same_in_ones_own_and_in_anothers_organization(tenants):
    answers = [tenants.call("POST", "/api/v1/organizations/demo/users", {"name": name, "password": PASSWORD}) for name in ("vic", "gus")]
    assert [status for status, _ in answers] == [409, 409] and answers[0][1]["detail"] == answers[1][1]["detail"]


def test_a_users_changes_are_audited_with_their_maker(tenants):
    invite(tenants, "quin")
    tenants.ok("PATCH", "/api/v1/organizations/demo/users/quin", {"display": "Q", "disabled": True}, "mia")
    added = [entry for entry in tenants.audited("user.added") if entry["arguments"]["user"] == "quin"][0]
    changed = [entry for entry in tenants.audited("user.changed") if entry["arguments"]["user"] == "quin"][0]
    assert added["subject"] == "ada" and added["organization"] == "demo"
    assert changed["subject"] == "mia" and changed["arguments"] == {"user": "quin", "display": "Q", "disabled": True}


# --- sessions end, in mid-turn too ---

def end_by_disabling(tenants, name):
    tenants.ok("PATCH", f"/api/v1/organizations/demo/users/{name}", {"disabled": True})


def end_by_signing_out(tenants, name):
    tenants.ok("DELETE", "/api/v1/sessions/current", who=name)


def end_by_a_new_password(tenants, name):
    change = tenants.ok("PATCH", f"/api/v1/organizations/demo/users/{name}", {"new_invitation": True})
    accept(tenants.stage, change["invitation"], "quite another one")


@pytest.mark.parametrize("end", [end_by_disabling, end_by_signing_out, end_by_a_new_password])
def test_an_open_turn_ends_with_its_session(tenants, end):
    name = end.__name__.replace("_", "-")
    tenants.add_user("demo", name)
    tenants.member("ada", "shop", name, "editor")
    before = tenants.stage.replicas("web")
    seen = {}

    def play(turn):
        seen["before"] = turn.call("GET", "/internal/v1/operations")[0]
        end(tenants, name)
        seen["ended_at"] = time.monotonic()
        seen["read"] = turn.call("GET", "/internal/v1/operations")[0]
        seen["change"] = turn.scale("web", before + 1)[0]
        turn.wait_for_hang_up()

    tenants.stage.advisor.play = play
    connection = people.connect(tenants.stage.public)
    connection.request("POST", "/api/v1/workspaces/shop/ai/chat", json.dumps({"message": f"scale web to {before + 1}"}),
                       {"Content-Type": "application/json", "Authorization": f"Bearer {tenants.tokens[name]}"})
    events = list(people.read_events(connection.getresponse()))
    took = time.monotonic() - seen["ended_at"]
    connection.close()
    tenants.stage.advisor.finish()
    assert seen["before"] == 200 and seen["read"] == seen["change"] == 401
    assert events[-1]["event"] == "error" and events[-1]["code"] == "cancelled"
    assert took < INTERVAL_S + 3
    assert tenants.call("GET", "/api/v1/me", who=name)[0] == 401
    assert tenants.stage.replicas("web") == before


# --- workspaces ---

def own_kubeconfig(tenants) -> str:
    return tenants.stage.kubeconfig.read_text()


def objects_seen(tenants, user: str, workspace: str) -> str:
    """What an advisor may read for them, as text; empty while the cluster is being read. Each look is a message of their rate."""
    seen = []
    tenants.stage.advisor.play = lambda turn: seen.append(turn.call("GET", f"/internal/v1/workspaces/{workspace}/snapshot"))
    status, reply = tenants.call("POST", f"/api/v1/workspaces/{workspace}/ai/chat", {"message": "what?", "stream": False}, user)
    assert status == 200, reply
    return seen[0][1] if seen[0][0] == 200 else ""


@pytest.fixture(scope="module")
def lab(tenants) -> str:
    """A workspace on a kubeconfig of demo's own, with vic as a viewer."""
    body = {"name": "lab", "display": "Lab", "projects": ["shop"], "kubeconfig": own_kubeconfig(tenants)}
    added = tenants.ok("POST", "/api/v1/organizations/demo/workspaces", body, "mia")
    assert added["cluster"]["from"] == "organization" and "kubeconfig" not in added
    tenants.member("mia", "lab", "vic", "viewer")
    return "lab"


def test_a_new_workspaces_cluster_is_read_at_once(tenants, lab):
    eventually(lambda: '"web"' in objects_seen(tenants, "vic", lab), every=0.3)
    listed = {row["name"]: row for row in tenants.ok("GET", "/api/v1/organizations/demo/workspaces", who="mia")["workspaces"]}
    assert listed["lab"]["cluster"] == {"from": "organization", "read": True}
    assert listed["shop"]["cluster"] == {"from": "operator", "read": True}
    assert "globex" not in listed


def test_changed_projects_are_read_and_removed_ones_no_more(tenants, lab):
    change = f"/api/v1/organizations/demo/workspaces/{lab}"
    assert tenants.ok("PATCH", change, {"projects": ["globex", "shop"]}, "mia")["projects"] == ["globex", "shop"]
    eventually(lambda: '"globex-web"' in objects_seen(tenants, "vic", lab), every=0.3)
    tenants.ok("PATCH", change, {"projects": ["globex"]}, "mia")
    now = eventually(lambda: objects_seen(tenants, "vic", lab), every=0.3)
    assert '"globex-web"' in now and '"namespace":"shop"' not in now
    tenants.ok("PATCH", change, {"projects": ["shop"]}, "mia")


def test_a_policy_changes_in_what_is_named_only(tenants, lab):
    change = f"/api/v1/organizations/demo/workspaces/{lab}"
    before = tenants.ok("GET", "/api/v1/organizations/demo/workspaces", who="mia")["workspaces"][0]["policy"]
    after = tenants.ok("PATCH", change, {"policy": {"high": "approve"}}, "mia")["policy"]
    assert before["high"] == "two-person" and after == {**before, "high": "approve"}
    entry = tenants.audited("workspace.changed")[-1]
    assert entry["subject"] == "mia" and entry["workspace"] == lab and entry["arguments"]["policy"] == after


def test_a_manager_cannot_reach_another_tenants_namespace_with_the_operators_cluster(tenants):
    change = "/api/v1/organizations/demo/workspaces/shop"
    for projects in (["shop", "globex"], ["globex"], []):
        status, problem = tenants.call("PATCH", change, {"projects": projects}, "mia")
        assert status == 403 and problem["code"] == "denied", problem
    assert tenants.stage.database("SELECT name FROM projects WHERE workspace = 'shop'") == [("shop",)]
    assert "globex" not in objects_seen(tenants, "vic", "shop")


def test_a_tenants_kubeconfig_must_be_complete_in_itself_and_https(tenants):
    good = own_kubeconfig(tenants)
    server = re.search(r"server: *\"?([^\s\"]+)", good).group(1)
    bad = {"plain http": good.replace(server, "http://127.0.0.1:9090"), "another key": good.replace("token:", "tokenFile:"),
           "an authority's file": re.sub("certificate-authority-data: .*", "certificate-authority: /etc/passwd", good),
           "no YAML": "{", "nothing": "", "deep": "[" * 200_000, "no text": 5, "too long": "x" * 300_000}
    for what, kubeconfig in bad.items():
        body = {"name": "bad", "projects": ["shop"], "kubeconfig": kubeconfig}
        status, problem = tenants.call("POST", "/api/v1/organizations/demo/workspaces", body, "mia")
        assert status == 400, what
        assert "passwd" not in problem["detail"]
    for change in ({"projects": ["a", "a"]}, {"projects": ["../x"]}, {"projects": [f"p{n}" for n in range(33)]}, {"policy": {}}, {}):
        assert tenants.call("PATCH", "/api/v1/organizations/demo/workspaces/shop", change, "mia")[0] == 400, change
    assert "bad" not in str(tenants.ok("GET", "/api/v1/organizations/demo/workspaces", who="mia"))


def test_a_kubeconfig_is_sealed_and_never_shown(tenants, lab):
    token = re.search(r"token: *\"?([^\s\"]+)", own_kubeconfig(tenants)).group(1)
    shown = str(tenants.ok("GET", "/api/v1/organizations/demo/workspaces", who="mia"))
    stored = b"".join(file.read_bytes() for file in tenants.stage.data.glob("control-plane.db*"))
    log = (tenants.stage.folder / "log/hks-control-plane.log").read_text()
    assert token not in shown and token.encode() not in stored and token not in log
    assert token not in str(tenants.audited("workspace.changed"))


@pytest.fixture(scope="module")
def dead(tenants) -> str:
    """A workspace of globex on a kubeconfig of its own, whose server is not there."""
    kubeconfig = re.sub(r"server: .*", "server: https://127.0.0.1:1", own_kubeconfig(tenants))
    body = {"name": "dead", "projects": ["shop"], "kubeconfig": kubeconfig}
    assert tenants.ok("POST", "/api/v1/organizations/globex/workspaces", body, "gwen")["cluster"]["read"] is False
    return "dead"


def test_a_tenants_dead_cluster_leaves_the_others_ready(tenants, dead):
    ops = "http://" + tenants.stage.system.addresses["control-plane-ops"]
    assert request(ops, "GET", "/health/ready")[2]["checks"]["clusters"] is True
    assert '"web"' in objects_seen(tenants, "vic", "shop")


def test_changes_of_clusters_are_held_back(tenants, dead):
    change = f"/api/v1/organizations/globex/workspaces/{dead}"
    for _ in range(25):
        status, headers, problem = request(tenants.stage.public, "PATCH", change, {"projects": ["shop"]}, token=tenants.tokens["gwen"])
        if status == 429:
            break
        assert status == 200, problem
    assert status == 429 and int(headers["Retry-After"]) >= 1
    assert tenants.call("PATCH", change, {"policy": {"allow_external_model": False}}, "gwen")[0] == 200


# --- from nothing ---

def test_from_an_empty_folder_to_a_user_who_scales(tmp_path):
    stage = Stage(tmp_path)
    stage.seed.write_text("")
    try:
        link = bootstrap(stage.data, "acme", "ann")
        stage.start_whole()
        ann = accept(stage, link.partition("#")[2])["token"]

        def ok(method, path, body=None, token=ann):
            status, _, reply = request(stage.public, method, path, body, token=token)
            assert status in (200, 201), (status, reply)
            return reply
        ok("POST", "/api/v1/organizations/acme/workspaces",
           {"name": "store", "projects": ["shop"], "kubeconfig": stage.kubeconfig.read_text()})
        added = ok("POST", "/api/v1/organizations/acme/users", {"name": "bob"})
        ok("POST", "/api/v1/workspaces/store/members", {"user": "bob", "role": "editor"})
        accept(stage, added["invitation"])
        bob = people.Person(stage.public, "bob", PASSWORD)
        eventually(lambda: ok("GET", "/api/v1/organizations/acme/workspaces")["workspaces"][0]["cluster"]["read"])
        assert people.only(bob.say("scale web to 4", "store"), "operation")["state"] == "executed"
        assert stage.replicas("web") == 4

        # The same after a restart: the sealed kubeconfig is opened from the database.
        for name in ("hks-ai-ops", "hks-control-plane"):
            stage.system.processes.pop(name).stop()
        stage.public = stage.system.start_services(stage.seed)
        bob.address = stage.public
        eventually(lambda: ok("GET", "/api/v1/organizations/acme/workspaces")["workspaces"][0]["cluster"]["read"])
        assert people.only(bob.say("scale web to 3", "store"), "operation")["state"] == "executed"

        ok("PATCH", "/api/v1/organizations/acme/users/bob", {"disabled": True})
        assert request(stage.public, "GET", "/api/v1/me", token=bob.token)[0] == 401
        with pytest.raises(people.Refused) as refused:
            people.Person(stage.public, "bob", PASSWORD)
        assert refused.value.status == 401
    finally:
        stage.stop()


def test_bootstrap_admin_says_what_is_wrong(tmp_path):
    data = tmp_path / "data"
    command = [PROGRAMS / "hks-control-plane", "bootstrap-admin", "--data", data, "--organization", "acme"]
    assert subprocess.run(command, capture_output=True).returncode == 2, "no user"
    bad = subprocess.run([*command, "--user", "Not A Name"], capture_output=True, text=True)
    assert bad.returncode == 1 and "not a name" in bad.stderr and not bad.stdout
    bootstrap(data, "acme", "ann")
    other = subprocess.run([*command[:-1], "globex", "--user", "ann"], capture_output=True, text=True)
    assert other.returncode == 1 and "belongs to organization acme" in other.stderr
