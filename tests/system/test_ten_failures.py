"""Ten failures that real systems of this shape shipped (SECURITY.md), against the real daemons. The seventh, which takes a rotation of
the signing keys, is test_07 in test_key_rotation.py."""
import contextlib
import json
import urllib.parse

import pytest

from support import crashes, issuer
from support.doors import ROUTES, path_of
from support.people import only, request

INTERNAL = [row for row in ROUTES if row["access"] == "internal_token"]
SCALE = "/internal/v1/operations/scale"


def scale_body(**arguments) -> dict:
    return {"call_id": "o1", "arguments": {"project": "shop", "kind": "Deployment", "name": "web", "replicas": 5, **arguments}}


def everything(played) -> list:
    """Of every workload of both tenants what a write would move."""
    workloads = [one for kind in ("deployments", "statefulsets", "daemonsets")
                 for one in played.kubernetes("GET", f"/apis/apps/v1/{kind}")["items"]]
    return sorted((one["metadata"]["namespace"], one["metadata"]["name"], one["metadata"]["generation"]) for one in workloads)


@pytest.fixture
def signer(played, tmp_path):
    return issuer.Issuer(played.data, tmp_path)


def ask_every_internal_route(doors, headers: dict) -> dict:
    answers = {}
    for row in INTERNAL:
        address, context = doors.of(row)
        answers[row["id"]] = request(address, row["method"], path_of(row), headers=headers, context=context)[0]
    return answers


# --- 1: an "internal" API that accepts any token with the right prefix, its signature unread ---

def test_01_a_token_with_the_right_prefix_and_no_valid_signature_is_refused(played, doors):
    before, seen = everything(played), {}

    def play(turn):
        prefix, _, signature = turn.token.rpartition(".")
        swapped = issuer.encode(issuer.decode(signature)[32:] + issuer.decode(signature)[:32])
        for bad in ("", "x", signature[::-1], swapped, issuer.encode(bytes(64)), signature[:-4], signature + "AAAA"):
            for route, status in ask_every_internal_route(doors, {"Authorization": f"Bearer {prefix}.{bad}"}).items():
                seen.setdefault(status, []).append(route)
        for token in ("internal", f"{prefix}", f"{prefix}.", "eyJhbGciOiJFUzI1NiJ9.e30.AAAA"):
            assert turn.call("POST", SCALE, scale_body(), token=token)[0] == 401
        assert turn.call("GET", "/internal/v1/operations")[0] == 200
    played.play(play, "scale web to 5")
    assert set(seen) == {401} and len(seen[401]) == 7 * len(INTERNAL), seen
    assert everything(played) == before


# --- 2: an internal handler that executes without any look-up of the user's rights ---

def test_02_a_valid_token_does_nothing_that_its_user_may_not(played, signer):
    """Not even one that says that its user may: the roles in a token are never what is decided by."""
    before, answers = everything(played), []

    def play(turn):
        answers.append(turn.scale("web", 5))
        claims = issuer.claims_of(turn.token)
        admin = signer.token(issuer.header_of(turn.token), {**claims, "roles": [{"role": "admin", "project": None}],
                                                            "scope": "chat workloads.scale approvals.decide"})
        answers.append(turn.call("POST", SCALE, {**scale_body(), "call_id": "o2"}, token=admin))
    played.play(play, "scale web to 5", user="vic")
    for status, problem in answers:
        assert status == 403 and problem["code"] == "denied" and problem["reason"]["code"] == "missing_permission"
    decision = played.person("ada").last_audited("operation.decision")
    assert decision["subject"] == "vic" and decision["decision"]["effect"] == "deny"
    assert everything(played) == before


# --- 3: an advisor that calls back with no token ---

def test_03_a_call_without_a_token_is_refused_whoever_calls(played, doors):
    """The certificate says which workload calls, never for whom."""
    answers = []
    played.play(lambda turn: answers.append(ask_every_internal_route(doors, {})), "scale web to 5")
    assert answers[0] and set(answers[0].values()) == {401}, answers[0]


# --- 4: a name from a model that is pasted into a URL path ---

PATHS = ["..", ".", "../globex-web", "../../../globex/deployments/globex-web", "web/scale", "web/../cart", "web%2fscale", "%2e%2e", "web?dryRun=All", "web#x",
         "web\0", "web\r\nX-Evil: 1", "web;x", "web ", "Web", "wéb", "", "w" * 254]


def test_04_a_name_that_is_a_path_retargets_nothing(played):
    before, answers = everything(played), {}

    def play(turn):
        for path in PATHS:
            for argument in ("name", "project", "kind"):
                answers[argument, path] = turn.call("POST", SCALE, scale_body(**{argument: path}))
            if path.isprintable() and path:
                quoted = urllib.parse.quote(path, safe="%?#" if path.isascii() else "")
                for url in (f"objects/Deployment/shop/{quoted}", f"objects/Deployment/{quoted}/web", f"logs?project=shop&pod={quoted}"):
                    answers[url, path] = turn.call("GET", f"/internal/v1/workspaces/shop/{url}")
        for url in ("shop/../globex/snapshot", "shop/%2e%2e/globex/snapshot", "shop%2f..%2fglobex/snapshot", "shop//snapshot", "./shop/snapshot"):
            assert turn.call("GET", f"/internal/v1/workspaces/{url}")[0] in (400, 404), url
    played.play(play, "what is wrong?")
    for (where, path), (status, reply) in answers.items():
        if status == 200:  # what reached the web of this very path: "web?dryRun=All" in a URL is the path "web" and a query
            assert reply["metadata"]["name"] == "web" and reply["metadata"]["namespace"] == "shop", (where, path, reply)
            assert where.startswith("objects/") and ("?" in path or "#" in path), (where, path)
        else:
            assert status in ((400,) if where in ("name", "project", "kind") else (400, 404)), (where, path, status, reply)
    assert everything(played) == before


# --- 5: the workspace in the path and another in the query; membership of neither checked ---

def test_05_the_workspace_is_named_once_and_membership_is_checked(played):
    erin, answers = played.person("erin"), []
    for method, path, body in [("POST", "ai/chat", {"message": "what is wrong?"}), ("GET", "operations", None), ("GET", "approvals", None)]:
        status, problem = erin.ask(method, f"/api/v1/workspaces/globex/{path}?workspace=shop", body)
        assert status == 404 and problem["code"] == "not_found"

    def play(turn):
        assert turn.call("GET", "/internal/v1/workspaces/globex/snapshot?workspace=shop")[0] == 404
        answers.append(turn.call("GET", "/internal/v1/workspaces/shop/snapshot?workspace=globex")[1])
        for body in ({**scale_body(project="globex", name="globex-web"), "workspace": "globex"},
                     scale_body(project="globex", name="globex-web", workspace="globex")):
            assert turn.call("POST", SCALE + "?workspace=globex", body)[0] == 400
        assert turn.call("POST", SCALE + "?workspace=globex", scale_body(project="globex", name="globex-web"))[0] == 404
    played.play(play, "what is wrong?")
    assert '"web"' in answers[0] and "globex" not in answers[0]


# --- 6: a token that dies before one model turn, with no jti ---

def test_06_a_token_outlives_its_turn_and_has_a_jti_of_its_own(played):
    claims, rows = [], []

    def play(turn):
        claims.append(issuer.claims_of(turn.token))
        rows.extend(played.database("SELECT opened_at, deadline_at FROM turns WHERE id = ?", turn.body["turn"]))
    for _ in range(3):
        played.play(play, "what is wrong?")
    assert len({one["jti"] for one in claims}) == 3 and len({one["turn"] for one in claims}) == 3
    for one, (opened_at, deadline_at) in zip(claims, rows, strict=True):
        assert one["exp"] - one["iat"] == 300, "and no more"
        assert one["exp"] * 1000 > deadline_at > opened_at + 240_000, "a model has more than four minutes, and the token lives on"


# --- 8: two validators with two audiences ---

def test_08_both_services_take_the_same_audience_and_no_other(played, doors, signer):
    advisor = doors.addresses["hks-ai-ops", "chat"]
    statuses = {}

    def play(turn):
        header, claims = issuer.header_of(turn.token), issuer.claims_of(turn.token)
        for audience in (claims["aud"], "hexabase-control-plane", "hks-internal", "spiffe://hks/ai-ops", "spiffe://hks/control-plane",
                         [claims["aud"]], claims["aud"].upper(), ""):
            token = signer.token(header, {**claims, "aud": audience})
            statuses[str(audience)] = (turn.call("GET", "/internal/v1/operations", token=token)[0],
                                       request(advisor, "GET", "/v1/models", token=token, context=doors.contexts[advisor])[0])
    played.play(play, "what is wrong?")
    assert statuses.pop("hexabase-aiops-service") == (200, 200)
    assert set(statuses.values()) == {(401, 401)} and len(statuses) == 7, statuses


# --- 9: `replicas` cut from 4294967296 to 0; a missing one read as 0 ---

NUMBERS = ["4294967296", "4294967301", "2147483648", "9223372036854775808", "18446744073709551616", "18446744073709551621", "-1", "-4294967291",
           "1e20", "5.5", "1e400", '"5"', "null", "true", "[]", "{}"]


def test_09_a_number_that_does_not_fit_or_is_missing_is_refused_and_never_zero(played):
    before, answers = everything(played), {}

    def play(turn):
        assert turn.body["commands"] == []
        for number in NUMBERS:
            body = json.dumps(scale_body(replicas="@")).replace('"@"', number)
            answers[number] = turn.call("POST", SCALE, body)
        for missing in scale_body()["arguments"]:
            body = scale_body()
            del body["arguments"][missing]
            answers["no " + missing] = turn.call("POST", SCALE, body)
        answers["unknown"] = turn.call("POST", SCALE, scale_body(replica=5))
    played.play(play, "scale web to 4294967296")
    assert {status for status, _ in answers.values()} == {400}, answers
    assert everything(played) == before and played.replicas("web") == 3


# --- 10: a blind write: no resourceVersion, namespace `default`, no look at autoscaler, disruption budget or quota ---

@contextlib.contextmanager
def made(stage, path: str, body: dict):
    stage.kubernetes("POST", path, body, kind="application/json")
    try:
        yield
    finally:
        stage.kubernetes("DELETE", f"{path}/{body['metadata']['name']}")


def refusal_of(played, name: str, replicas: int, **more) -> str:
    """The code of the 422 that scaling gets when its user has commanded it."""
    answers = []
    played.play(lambda turn: answers.append(turn.scale(name, replicas, **more)), f"scale {name} to {replicas}")
    status, problem = answers[0]
    assert status == 422 and problem["code"] == "guard_refused", problem
    return problem["reason"]["code"]


def test_10_a_write_looks_at_autoscaler_disruption_budget_and_quota(played):
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "few-pods"}, "spec": {"hard": {"pods": "30"}}}
    budget = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"},
              "spec": {"minAvailable": 3, "selector": {"matchLabels": {"app": "web"}}}}
    assert refusal_of(played, "search", 5) == "hpa_owned"
    with made(played, "/apis/policy/v1/namespaces/shop/poddisruptionbudgets", budget):
        assert refusal_of(played, "web", 1) == "pdb_violated"
    with made(played, "/api/v1/namespaces/shop/resourcequotas", quota):
        assert refusal_of(played, "web", 60) == "quota_exceeded"
    assert played.replicas("web") == 3 and played.replicas("search") == 2


def test_10_a_write_is_of_what_was_read_and_never_over_somebody_elses(mortal):
    """Between the reading and the write somebody else scales: what was decided on is not there any more."""
    with crashes.paused_at(mortal, "sending") as chat:
        mortal.set_replicas("web", 4)
    operation = only(chat.result(), "operation")
    assert operation["state"] == "failed" and operation["reason"]["code"] == "conflict", operation
    assert mortal.replicas("web") == 4


def test_10_a_write_is_read_again_and_sent_again_where_its_object_moved_otherwise(mortal):
    """In its own namespace: one of the same name in `default` stays as it is."""
    spec = mortal.deployment()["spec"] | {"replicas": 1}
    namesake = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}
    with made(mortal, "/apis/apps/v1/namespaces/default/deployments", namesake):
        with crashes.paused_at(mortal, "sending") as chat:
            mortal.kubernetes("PATCH", "/apis/apps/v1/namespaces/shop/deployments/web", {"metadata": {"annotations": {"note": "moved"}}})
        operation = only(chat.result(), "operation")
        assert operation["state"] == "executed" and mortal.replicas("web") == crashes.COMMANDED
        other = mortal.kubernetes("GET", "/apis/apps/v1/namespaces/default/deployments/web")
        assert other["spec"]["replicas"] == 1 and other["metadata"]["generation"] == 1
    assert f"hks-{operation['operation_id']}" in [field["manager"] for field in mortal.deployment()["metadata"]["managedFields"]]
