"""Every route of both services refuses those who may not call it. The routes come from the programs' own tables."""
import re

import pytest

from support import advisor
from support.people import request
from support.stage import routes

CONTROL_PLANE = [row for row in routes("hks-control-plane") if row["access"] != "open"]
NAMES = [f"{row['method']} {row['pattern']}" for row in CONTROL_PLANE]
TOKENS = {"no token": {}, "an empty token": {"Authorization": "Bearer "}, "a made-up token": {"Authorization": "Bearer abc.def.ghi"},
          "another scheme": {"Authorization": "Basic YTpi"}, "an unsigned token":
          {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJlcmluIn0."}}


def path_of(pattern: str) -> str:
    return re.sub(r"{[a-z]+}", "shop", pattern)


def address_and_context(stage, row):
    if row["listener"] == "internal":
        return stage.internal, advisor.context_of(stage.data / "pki")
    return stage.public, None


@pytest.mark.parametrize("row", CONTROL_PLANE, ids=NAMES)
@pytest.mark.parametrize("headers", TOKENS.values(), ids=TOKENS.keys())
def test_refused_without_a_valid_credential(played, row, headers):
    address, context = address_and_context(played, row)
    status, sent, problem = request(address, row["method"], path_of(row["pattern"]), headers=headers, context=context)
    assert status == 401
    assert sent["Content-Type"] == "application/problem+json"
    assert problem["code"] == "invalid_token" and problem["request_id"]


@pytest.mark.parametrize("row", [row for row in CONTROL_PLANE if row["access"] == "internal_token"],
                         ids=[name for name, row in zip(NAMES, CONTROL_PLANE) if row["access"] == "internal_token"])
def test_a_session_is_no_internal_token(played, row):
    address, context = address_and_context(played, row)
    status, _, _ = request(address, row["method"], path_of(row["pattern"]), token=played.person("ada").token, context=context)
    assert status == 401


@pytest.mark.parametrize("row", [row for row in CONTROL_PLANE if "{workspace}" in row["pattern"] and row["access"] == "session"],
                         ids=lambda row: row["pattern"])
def test_another_tenants_workspace_looks_like_none(played, row):
    answers = []
    for workspace in ("globex", "no-such-workspace"):
        path = row["pattern"].replace("{workspace}", workspace)
        body = {"message": "what is wrong?"} if row["method"] == "POST" else None
        status, _, problem = request(played.public, row["method"], path, body, token=played.person("ada").token)
        problem.pop("request_id")
        answers.append((status, problem))
    assert answers[0] == answers[1] and answers[0][0] == 404


def test_unknown_paths_and_verbs(played):
    assert request(played.public, "GET", "/nowhere")[0] == 404
    status, headers, _ = request(played.public, "PUT", "/api/v1/sessions")
    assert status == 405 and "POST" in headers["Allow"]
    assert request(played.public, "GET", "/api/v1/../v1/me")[0] == 400
    assert request(played.public, "GET", "/internal/v1/operations")[0] == 404, "internal routes are not on the public listener"


def test_bodies_that_are_wrong_get_400_or_413_and_the_service_lives(played):
    token = played.person("erin").token
    path = "/api/v1/workspaces/shop/ai/chat"
    for body in ("", "{", "[]", '{"message": 5}', '{"message": ""}', '{"message": "a", "other": 1}', '{"message":"a","message":"b"}',
                 '{"message": "a", "conversation_id": "x"}', b'{"message": "\xff"}', "null", '{"message": "a"} x'):
        status, _, problem = request(played.public, "POST", path, body, token=token)
        assert status == 400 and problem["code"] == "invalid_argument", body
    status, _, problem = request(played.public, "POST", path, {"message": "x" * 20_000}, token=token)
    assert status == 413
    assert request(played.public, "GET", "/api/v1/me", token=token)[0] == 200


def test_a_cookie_needs_its_own_origin(played):
    erin = played.person("erin")
    cookie = {"Cookie": f"hks_session={erin.token}"}
    assert request(played.public, "GET", "/api/v1/me", headers=cookie)[0] == 200
    path, body = "/api/v1/workspaces/shop/ai/chat", {"message": ""}
    assert request(played.public, "POST", path, body, headers=cookie)[0] == 403
    assert request(played.public, "POST", path, body, headers={**cookie, "Origin": "https://evil.example"})[0] == 403
    host = played.public.removeprefix("http://")
    assert request(played.public, "POST", path, body, headers={**cookie, "Origin": f"http://{host}"})[0] == 400


def test_another_sites_form_signs_nobody_in(played):
    name, password = next(line.split() for line in (played.data / "demo-users.txt").read_text().splitlines() if line.startswith("erin"))
    body = {"user": name, "password": password}
    assert request(played.public, "POST", "/api/v1/sessions", body, headers={"Content-Type": "text/plain"})[0] == 400
    assert request(played.public, "POST", "/api/v1/sessions", body, headers={"Origin": "https://evil.example"})[0] == 403
    assert request(played.public, "POST", "/api/v1/sessions", body)[0] == 201
