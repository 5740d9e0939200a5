"""Every route of both services refuses those who may not call it, and what is no request. The routes come from the programs' own tables."""
import json
import re
import ssl

import pytest

from support import people, wire
from support.doors import ROUTES, SOMETHING, check_both_serve, path_of
from support.people import request
from support.stage import eventually

pytestmark = pytest.mark.usefixtures("slow_clients")  # that are served meanwhile as well as the others
CLOSED = [row for row in ROUTES if row["access"] != "open"]
TOKENS = {"no token": {}, "an empty token": {"Authorization": "Bearer "}, "a made-up token": {"Authorization": "Bearer abc.def.ghi"},
          "another scheme": {"Authorization": "Basic YTpi"}, "an unsigned token":
          {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJlcmluIn0."}}


# --- who may not ---

@pytest.mark.parametrize("row", CLOSED, ids=lambda row: row["id"])
@pytest.mark.parametrize("headers", TOKENS.values(), ids=TOKENS.keys())
def test_refused_without_a_valid_credential(doors, row, headers):
    address, context = doors.of(row)
    status, sent, problem = request(address, row["method"], path_of(row), headers=headers, context=context)
    assert status == 401
    assert sent["Content-Type"] == "application/problem+json"
    assert problem["code"] == "invalid_token" and problem["request_id"]


@pytest.mark.parametrize("row", [row for row in CLOSED if row["access"] == "internal_token"], ids=lambda row: row["id"])
def test_a_session_is_no_internal_token(played, doors, row):
    address, context = doors.of(row)
    status, _, _ = request(address, row["method"], path_of(row), token=played.person("ada").token, context=context)
    assert status == 401


def test_unknown_paths_and_verbs(played):
    assert request(played.public, "GET", "/nowhere")[0] == 404
    status, headers, _ = request(played.public, "PUT", "/api/v1/sessions")
    assert status == 405 and "POST" in headers["Allow"]
    assert request(played.public, "GET", "/api/v1/../v1/me")[0] == 400
    assert request(played.public, "GET", "/internal/v1/operations")[0] == 404, "internal routes are not on the public listener"


# --- what is no request ---

@pytest.mark.parametrize("row", ROUTES, ids=lambda row: row["id"])
def test_an_oversized_body_is_413_before_it_is_read(doors, row):
    address, context = doors.of(row)
    for sent in (["Content-Length: 100000000"], ["Transfer-Encoding: chunked"]):
        with wire.Wire(address, context) as client:
            client.send(wire.head(row["method"], path_of(row), "Content-Type: application/json", *sent))
            for _ in range(64):
                if client.is_answered() or not client.send(b"10000\r\n" + bytes(1 << 16) + b"\r\n"):
                    break
            status, headers, problem = client.reply()
            assert status == 413 and problem["code"] == "too_large"
            assert headers["Connection"] == "close"


def test_what_is_not_http_gets_400_or_nothing(played, doors):
    for bytes_sent in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\x00" * 100, b"hello\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n",
                       b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
                       b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"):
        for address in doors.addresses.values():
            for context in {None, doors.contexts.get(address)}:
                with wire.Wire(address, context) as client:
                    client.send(bytes_sent)
                    client.end()
                    answer = client.reply()
                    assert answer is None or answer[0] == 400
    check_both_serve(played, doors)


NOT_JSON_OF_OURS = {
    "nothing": b"", "plain_text": b"scale web to 5", "cut": b'{"message": ', "an_array": b"[]", "a_number": b"5", "null": b"null",
    "two_documents": b"{} {}", "a_comment": b"{/**/}", "unknown_members": b'{"surprise": 1}',
    "deep_arrays": b'{"message":' + b"[" * 3900, "deep_objects": b'{"a":' * 700, "deep_and_closed": b'{"message":' + b"[" * 1900 + b"]" * 1900 + b"}",
    "a_member_twice": b'{"message":"a","message":"b"}', "a_member_twice_escaped": b'{"message":"a","\\u006dessage":"b"}',
    "a_nul_byte": b'{"message":"a\x00b"}', "a_nul_name": b'{"\\u0000":1}', "invalid_utf8": b'{"message":"\xff\xfe"}', "overlong_utf8": b'{"message":"\xc0\xaf"}',
    "a_lone_surrogate": b'{"message":"\\ud800"}', "a_huge_number": b'{"message":1e999}', "a_long_number": b'{"message":' + b"9" * 3900 + b"}",
    "utf16": '{"message":"a"}'.encode("utf-16"), "a_byte_order_mark": b'\xef\xbb\xbf{"message":"a"}',
}
# A body that is read, of each route that reads one. None: it reads none.
READ = {
    "POST /api/v1/sessions": {"user": "erin", "password": "x"},
    "POST /api/v1/invitations": {"token": "x", "password": "a long password"},
    "POST /api/v1/workspaces/{workspace}/ai/chat": {"message": "x", "conversation_id": SOMETHING, "stream": False},
    "POST /api/v1/workspaces/{workspace}/approvals/{approval}/decision": {"decision": "reject", "op_hash": "x", "unattended": False},
    "POST /api/v1/workspaces/{workspace}/operations/{operation}/undo": None,
    "POST /api/v1/workspaces/{workspace}/members": {"user": "vic", "role": "viewer", "project": "shop"},
    "POST /api/v1/organizations/{organization}/users": {"name": "x", "display": "X", "password": "a long password"},
    "PATCH /api/v1/organizations/{organization}/users/{user}": {"disabled": False, "display": "Vic", "manager": False, "new_invitation": False},
    "POST /api/v1/organizations/{organization}/roles": {"name": "x", "permissions": ["objects.read"]},
    "PATCH /api/v1/organizations/{organization}/roles/{role}": {"permissions": ["objects.read"]},
    "POST /api/v1/organizations/{organization}/workspaces": {"name": "x", "display": "X", "projects": ["x"], "kubeconfig": "x"},
    "PATCH /api/v1/organizations/{organization}/workspaces/{workspace}": {"projects": ["shop"], "policy": {}, "kubeconfig": "x"},
    "POST /internal/v1/operations/{operation}": {"call_id": "x", "arguments": {"project": "shop", "kind": "Deployment", "name": "web", "replicas": 5}},
    "POST /v1/findings": {"turn": SOMETHING, "project": "shop", "object": {"kind": "Deployment", "name": "web"}, "severity": "info"},
    "POST /v1/chat": {"turn": SOMETHING, "conversation_id": SOMETHING, "message": "x", "commands": [{"operation": "scale", "arguments": {}}]},
}
WRITING = [row for row in ROUTES if row["method"] in ("POST", "PATCH")]


def test_every_route_that_reads_a_body_has_a_row():
    assert sorted(READ) == sorted(f"{row['method']} {row['pattern']}" for row in WRITING), "a new route needs its row"


def wrong_types(body: dict) -> list:
    """The body with one member, or one of a member's, of another type."""
    out = []
    for name, value in body.items():
        others = [one for one in (5, -1.5, "x", True, [1], {"x": 1}) if not isinstance(one, type(value))]
        out += [{**body, name: other} for other in others]
        if isinstance(value, dict) and value:
            out += [{**body, name: wrong} for wrong in wrong_types(value)]
        if isinstance(value, list) and value and isinstance(value[0], dict):
            out += [{**body, name: [wrong]} for wrong in wrong_types(value[0])]
    return out


def with_credential(played, row, use) -> None:
    """Calls `use` with a token that is good for the route: of a session, of a turn that is open meanwhile, or none."""
    if row["access"] == "internal_token":
        played.play(lambda turn: use(turn.token), "scale web to 5")
    else:
        use(played.person("ada").token if row["access"] == "session" else "")


@pytest.mark.parametrize("row", WRITING, ids=lambda row: row["id"])
def test_a_body_that_is_not_ours_is_a_clear_4xx(played, doors, row):
    address, context = doors.of(row)
    known = READ[f"{row['method']} {row['pattern']}"]
    bodies = [*NOT_JSON_OF_OURS.items(), *((str(wrong), wrong) for wrong in wrong_types(known or {}))]

    def ask_all(token):
        for name, body in bodies:
            if known is None and not body:
                continue
            status, headers, problem = request(address, row["method"], path_of(row), body, token=token, context=context)
            assert status == (400 if known else 413), (name, status, problem)
            assert headers["Content-Type"] == "application/problem+json" and problem["code"] and problem["detail"], name
    with_credential(played, row, ask_all)
    assert played.replicas("web") == 3
    check_both_serve(played, doors)


def test_a_message_too_long_is_413(played):
    erin = played.person("erin")
    status, _, _ = request(played.public, "POST", "/api/v1/workspaces/shop/ai/chat", {"message": "x" * 20_000}, token=erin.token)
    assert status == 413


# --- where a request comes from ---

def test_a_cookie_needs_its_own_origin(played):
    erin = played.person("erin")
    cookie = {"Cookie": f"__Host-hks_session={erin.token}"}
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


def test_a_request_from_another_site_is_told_that(played):
    """The contract wants a reason for every 403; these had none."""
    cookie = {"Cookie": f"__Host-hks_session={played.person('erin').token}"}
    chat, sign_in = "/api/v1/workspaces/shop/ai/chat", {"user": "erin", "password": "x"}
    for path, body, headers in [(chat, {"message": "x"}, cookie), ("/api/v1/sessions", sign_in, {"Origin": "https://evil.example"}),
                                ("/api/v1/invitations", {"token": "x", "password": "a long password"}, {"Origin": "https://evil.example"})]:
        status, _, problem = request(played.public, "POST", path, body, headers=headers)
        assert status == 403 and problem["code"] == "denied"
        assert problem["reason"] == {"code": "foreign_origin", "text": problem["detail"]}


def test_the_advisor_speaks_with_the_control_plane_alone(played, doors):
    """Any certificate of the installation's authority would do."""
    chat = doors.addresses["hks-ai-ops", "chat"]
    assert request(chat, "GET", "/nowhere", context=doors.contexts[chat])[0] == 404
    with pytest.raises((ssl.SSLError, ConnectionError)):
        request(chat, "GET", "/nowhere", context=doors.contexts[played.internal])  # of hks-ai-ops itself


# --- more than fits ---

def test_a_turn_too_many_for_the_advisor_is_429_and_says_when_to_come_back(played, doors):
    """It has one place; the first turn keeps it while the control plane stands still."""
    address = doors.addresses["hks-ai-ops", "chat"]
    context = doors.contexts[address]
    ops = doors.addresses["hks-ai-ops", "ops"]
    live = lambda: re.search(r"^hks_turns_live 1$", request(ops, "GET", "/metrics")[2], re.M)  # noqa: E731
    answers = []

    def play(turn):
        body = {"turn": turn.body["turn"], "message": "what is wrong?", "commands": []}
        first = people.connect(address, context)
        played.pause("hks-control-plane")
        try:
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {turn.token}"}
            first.request("POST", "/v1/chat", json.dumps(body), headers)
            eventually(live)
            answers.append(request(address, "POST", "/v1/chat", body, token=turn.token, context=context))
        finally:
            played.wake("hks-control-plane")
            first.close()
    played.play(play, "what is wrong?", user="ada")  # who has said nothing yet that her own limit would count
    status, headers, problem = answers[0]
    assert status == 429 and problem["code"] == "rate_limited" and int(headers["Retry-After"]) >= 1
    check_both_serve(played, doors)
