"""Roles that an organization defines, denies, sessions with fewer permissions, and approval rules: over the API, to the
advisor's callback and the cluster."""
import json

import pytest
from test_tenants import PASSWORD, Tenants

from support.people import request
from support.stage import Stage

ROLES = "/api/v1/organizations/demo/roles"
MEMBERS = "/api/v1/workspaces/shop/members"
VIEWER = ["objects.read", "events.read", "logs.read"]


@pytest.fixture(scope="module")
def tenants(tmp_path_factory):
    with Stage(tmp_path_factory.mktemp("authorization")) as stage:
        yield Tenants(stage.start_with_played_advisor())


@pytest.fixture(autouse=True)
def three_replicas(tenants):
    tenants.stage.reset_web()


def scaled(tenants, who: str, replicas: int = 5):
    """What the advisor gets that asks for exactly what this user commands."""
    answers = []
    tenants.stage.advisor.play = lambda turn: answers.append(turn.scale("web", replicas))
    status, reply = tenants.call("POST", "/api/v1/workspaces/shop/ai/chat", {"message": f"scale web to {replicas}", "stream": False}, who)
    assert status == 200, reply
    return answers[0]


def refused(answer, code: str, status: int = 403) -> str:
    """The text of a refusal with this reason."""
    got, problem = answer
    assert got == status and problem["reason"]["code"] == code, answer
    return problem["reason"]["text"]


def cut_session(tenants, user: str, permissions: list, password: str = PASSWORD) -> str:
    """Signs in once more, with these permissions at most; the name that calls with it."""
    status, _, reply = request(tenants.stage.public, "POST", "/api/v1/sessions",
                               {"user": user, "password": password, "permissions": permissions})
    assert status == 201, reply
    tenants.tokens[f"{user}, cut"] = reply["token"]
    return f"{user}, cut"


def test_a_custom_role_gives_what_it_is_now_and_no_longer(tenants):
    tenants.add_user("demo", "scott")
    defined = tenants.ok("POST", ROLES, {"name": "scaler", "permissions": ["objects.read", "workloads.scale"]}, "mia")
    assert defined == {"name": "scaler", "permissions": ["objects.read", "workloads.scale"], "built_in": False}
    bound = tenants.member("ada", "shop", "scott", "scaler")
    assert scaled(tenants, "scott")[0] == 200 and tenants.stage.replicas("web") == 5
    status, problem = tenants.call("DELETE", f"{ROLES}/scaler", who="mia")
    assert status == 409 and "somebody has this role" in problem["detail"]

    def change_the_role(turn):  # while a turn of theirs is open
        tenants.ok("PATCH", f"{ROLES}/scaler", {"permissions": ["objects.read"]}, "mia")
        answers.append(turn.scale("web", 4))
    answers = []
    tenants.stage.advisor.play = change_the_role
    tenants.ok("POST", "/api/v1/workspaces/shop/ai/chat", {"message": "scale web to 4", "stream": False}, "scott")
    assert "your role there: scaler" in refused(answers[0], "missing_permission")
    tenants.ok("DELETE", f"{MEMBERS}/{bound['id']}")
    tenants.ok("DELETE", f"{ROLES}/scaler", who="mia")
    assert [row["name"] for row in tenants.ok("GET", ROLES, who="sam")["roles"]] == ["viewer", "editor", "admin"]
    deeds = [next(iter({"added", "changed", "removed"} & entry["arguments"].keys())) for entry in tenants.audited("role.changed")
             if entry["arguments"]["role"] == "scaler"]
    assert deeds == ["added", "changed", "removed"]
    assert {entry["subject"] for entry in tenants.audited("role.changed")} == {"mia"}


def test_wrong_roles_are_refused_and_named(tenants):
    for body, place in (({"name": "x"}, "$.permissions"), ({"name": "x", "permissions": []}, "$.permissions"),
                        ({"name": "x", "permissions": ["objects.write"]}, "$.permissions[0]"),
                        ({"name": "X", "permissions": ["objects.read"]}, "$.name"),
                        ({"name": "x", "permissions": ["objects.read"], "built_in": True}, "$.built_in")):
        status, problem = tenants.call("POST", ROLES, body, "mia")
        assert status == 400 and place in problem["detail"], problem
    for name in ("viewer", "editor", "admin"):
        body = {"permissions": ["objects.read"]}
        assert tenants.call("POST", ROLES, {"name": name, **body}, "mia")[0] == 409
        assert tenants.call("PATCH", f"{ROLES}/{name}", body, "mia")[0] == 409
        assert tenants.call("DELETE", f"{ROLES}/{name}", who="mia")[0] == 409
    assert tenants.call("PATCH", f"{ROLES}/no-such", {"permissions": ["objects.read"]}, "mia")[0] == 404
    for body in ({"user": "vic", "role": "no-such"}, {"user": "vic", "role": "viewer", "effect": "maybe"}):
        assert tenants.call("POST", MEMBERS, body)[0] == 400


def test_another_organizations_role_is_no_role(tenants):
    tenants.ok("POST", "/api/v1/organizations/globex/roles", {"name": "theirs", "permissions": ["objects.read"]}, "gwen")
    status, problem = tenants.call("POST", MEMBERS, {"user": "vic", "role": "theirs"})
    _, absent = tenants.call("POST", MEMBERS, {"user": "vic", "role": "no-such"})
    assert status == 400 and problem["detail"] == absent["detail"]
    assert "theirs" not in json.dumps(tenants.ok("GET", ROLES, who="mia"))


def test_a_deny_beats_every_allow_until_it_is_taken_back(tenants):
    tenants.add_user("demo", "dora")
    tenants.member("ada", "shop", "dora", "admin")
    tenants.member("ada", "shop", "dora", "editor", project="shop")
    tenants.ok("POST", ROLES, {"name": "hands", "permissions": ["workloads.scale", "workloads.restart"]}, "mia")
    deny = tenants.member("ada", "shop", "dora", "hands", effect="deny")
    assert deny["effect"] == "deny" and deny in tenants.ok("GET", MEMBERS)["members"]
    assert refused(scaled(tenants, "dora"), "denied_by_binding").startswith("You may not scale workloads in project shop: ")
    assert tenants.stage.replicas("web") == 3
    status, problem = tenants.call("DELETE", f"{MEMBERS}/{deny['id']}", who="dora")
    assert status == 403 and "what you do not have there yourself: workloads.scale, workloads.restart" in problem["detail"]
    assert deny in tenants.ok("GET", MEMBERS)["members"]
    tenants.ok("DELETE", f"{MEMBERS}/{deny['id']}")
    assert scaled(tenants, "dora")[0] == 200
    refusal = [entry for entry in tenants.audited("operation.decision") if entry["subject"] == "dora"][-1]
    assert refusal["decision"]["rule"] == "not-denied"
    assert {"role": "hands", "effect": "deny"} in refusal["roles_seen"]


def test_what_is_denied_is_not_read_either(tenants):
    tenants.add_user("demo", "rolf")
    tenants.member("ada", "shop", "rolf", "admin")
    tenants.member("ada", "shop", "rolf", "editor", effect="deny", project="shop")
    assert tenants.ok("GET", "/api/v1/workspaces/shop/names", who="rolf")["names"] == []
    assert tenants.ok("GET", "/api/v1/workspaces/shop/operations", who="rolf")["operations"] == []
    assert tenants.call("GET", "/api/v1/workspaces/shop/audit", who="rolf")[0] == 200, "what is not denied"
    there, ghost = scaled(tenants, "rolf"), []
    tenants.stage.advisor.play = lambda turn: ghost.append(turn.scale("ghost", 5))
    tenants.ok("POST", "/api/v1/workspaces/shop/ai/chat", {"message": "scale web to 5", "stream": False}, "rolf")
    for answer in (there, ghost[0]):
        answer[1].pop("request_id")
    assert there == ghost[0] and there[0] == 404, "what is there looks like what is not"


def test_who_is_only_denied_is_no_member(tenants):
    tenants.add_user("demo", "dina")
    tenants.member("ada", "shop", "dina", "viewer", effect="deny")
    status, problem = tenants.call("GET", "/api/v1/workspaces/shop/names", who="dina")
    _, absent = tenants.call("GET", "/api/v1/workspaces/no-such/names", who="dina")
    assert status == 404 and problem["detail"] == absent["detail"]
    assert tenants.ok("GET", "/api/v1/workspaces", who="dina")["workspaces"] == []


def test_nobody_gives_others_more_than_they_have(tenants):
    tenants.add_user("demo", "pat")
    tenants.ok("POST", ROLES, {"name": "people", "permissions": ["members.manage", "objects.read"]}, "mia")
    tenants.member("ada", "shop", "pat", "people")
    for role in ("viewer", "editor", "admin"):
        for user in ("sam", "pat"):
            status, problem = tenants.call("POST", MEMBERS, {"user": user, "role": role}, "pat")
            assert status == 403 and "You cannot give others" in problem["detail"], problem
    granted = tenants.member("pat", "shop", "sam", "people")
    tenants.ok("DELETE", f"{MEMBERS}/{granted['id']}", who="pat")
    assert tenants.call("POST", ROLES, {"name": "more", "permissions": ["audit.read"]}, "pat")[0] == 403
    assert refused(scaled(tenants, "pat"), "missing_permission")
    assert not [row for row in tenants.ok("GET", MEMBERS)["members"] if row["user"] == "sam"]


def test_a_session_with_fewer_permissions_can_do_no_more_in_a_turn(tenants):
    tenants.add_user("demo", "cora")
    tenants.member("ada", "shop", "cora", "admin")
    cut = cut_session(tenants, "cora", VIEWER)
    assert tenants.ok("GET", "/api/v1/me", who=cut)["permissions"] == VIEWER
    seen = {}

    def play(turn):
        seen["operations"] = turn.call("GET", "/internal/v1/operations")[1]["operations"]
        seen["scale"] = turn.scale("web", 5)
        seen["snapshot"] = turn.call("GET", "/internal/v1/workspaces/shop/snapshot")[0]
    tenants.stage.advisor.play = play
    tenants.ok("POST", "/api/v1/workspaces/shop/ai/chat", {"message": "scale web to 5", "stream": False}, cut)
    assert seen["operations"] == [] and seen["snapshot"] == 200
    assert "not with the credential of this request" in refused(seen["scale"], "above_ceiling")
    assert tenants.stage.replicas("web") == 3
    assert scaled(tenants, "cora")[0] == 200, "the user may, in a session without a ceiling"


def test_a_session_with_fewer_permissions_reads_decides_and_manages_no_more(tenants):
    tenants.add_user("demo", "carl")
    tenants.member("ada", "shop", "carl", "admin")
    tenants.ok("PATCH", "/api/v1/organizations/demo/users/carl", {"manager": True}, "mia")
    assert tenants.ok("GET", "/api/v1/organizations/demo/users", who="carl")
    blind = cut_session(tenants, "carl", ["logs.read"])
    shop = "/api/v1/workspaces/shop"
    assert tenants.ok("GET", f"{shop}/names", who=blind)["names"] == []
    assert tenants.ok("GET", f"{shop}/operations", who=blind)["operations"] == []
    assert tenants.ok("GET", f"{shop}/approvals", who=blind)["approvals"] == []
    assert tenants.call("GET", f"{shop}/operations/{tenants.operation}", who=blind)[0] == 404
    reader = cut_session(tenants, "carl", VIEWER)
    approval = f"{shop}/approvals/{tenants.proposal['approval_id']}"
    assert tenants.ok("GET", approval, who=reader)["may_decide"] is False
    for decision in ("approve", "reject"):
        body = {"decision": decision, "op_hash": tenants.proposal["op_hash"]}
        assert tenants.call("POST", f"{approval}/decision", body, reader)[0] == 403
    status, problem = tenants.call("POST", f"{shop}/operations/{tenants.undoable}/undo", who=reader)
    assert status == 403 and problem["reason"]["code"] == "above_ceiling", problem
    assert tenants.call("GET", f"{shop}/audit", who=reader)[0] == 403
    for method, path, body in (("GET", MEMBERS, None), ("POST", MEMBERS, {"user": "sam", "role": "viewer"}),
                               ("GET", "/api/v1/organizations/demo/users", None), ("POST", ROLES, {"name": "r", "permissions": VIEWER}),
                               ("PATCH", "/api/v1/organizations/demo/users/sam", {"manager": True})):
        status, problem = tenants.call(method, path, body, reader)
        assert status == 403 and "You signed in with" in problem["detail"], problem
    keeper = cut_session(tenants, "carl", ["members.manage", "objects.read"])
    assert tenants.call("POST", MEMBERS, {"user": "sam", "role": "viewer"}, keeper)[0] == 403, "a manager's cut session gives no more"
    assert tenants.ok("GET", approval, who="ada")["state"] == "open"


def test_a_ceiling_never_adds(tenants):
    tenants.add_user("demo", "vera")
    tenants.member("ada", "shop", "vera", "viewer")
    cut = cut_session(tenants, "vera", ["objects.read", "workloads.scale", "members.manage"])
    refused(scaled(tenants, cut), "missing_permission")
    assert tenants.call("GET", MEMBERS, who=cut)[0] == 403


@pytest.mark.parametrize("permissions", [[], ["objects.write"], "objects.read", [5], ["objects.read"] * 11])
def test_a_wrong_ceiling_signs_nobody_in(tenants, permissions):
    status, _, problem = request(tenants.stage.public, "POST", "/api/v1/sessions",
                                 {"user": "cora", "password": PASSWORD, "permissions": permissions})
    assert status == 400 and "$.permissions" in problem["detail"]


@pytest.mark.parametrize("rule, answer", [("run", (200, None)), ("approve", (202, "risk_high")), ("two-person", (202, "risk_high")),
                                          ("never", (403, "risk_forbidden"))])
def test_the_workspaces_rule_for_a_risk_decides_what_a_command_needs(tenants, rule, answer):
    change = "/api/v1/organizations/demo/workspaces/shop"
    try:
        assert tenants.ok("PATCH", change, {"policy": {"low": rule}}, "mia")["policy"]["low"] == rule
        status, reply = scaled(tenants, "erin")
        assert (status, reply.get("reason", {}).get("code")) == answer
        assert tenants.stage.replicas("web") == (5 if rule == "run" else 3)
        if status == 202:
            path = f"/api/v1/workspaces/shop/approvals/{reply['approval_id']}"
            assert tenants.ok("GET", path, who="erin")["may_decide"] is (rule == "approve")
            decision = {"decision": "approve", "op_hash": reply["op_hash"]}
            if rule == "two-person":
                assert refused(tenants.call("POST", f"{path}/decision", decision, "erin"), "other_person_needed")
            tenants.ok("POST", f"{path}/decision", decision, "ada" if rule == "two-person" else "erin")
            assert tenants.stage.replicas("web") == 5
    finally:
        tenants.ok("PATCH", change, {"policy": {"low": "run"}}, "mia")
