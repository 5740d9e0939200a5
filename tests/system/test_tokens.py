"""An Internal JWT is good for its user's rights now, its live turn, its peer and its workspace; for nothing else."""
import hashlib
import hmac
import json
import subprocess
import time

import pytest

from support import advisor, issuer, wire
from support.people import request


def erins_bindings(played) -> list:
    return played.database("SELECT id, workspace, project, subject, role FROM role_bindings WHERE subject = 'erin'")


def set_bindings(played, rows: list) -> None:
    """Revokes and grants in one transaction, as the tenancy store does (its triggers move the revision)."""
    import sqlite3
    with sqlite3.connect(played.data / "control-plane.db", timeout=20) as connection:
        connection.execute("DELETE FROM role_bindings WHERE subject = 'erin'")
        connection.executemany("INSERT INTO role_bindings (id, workspace, project, subject, role) VALUES (?, ?, ?, ?, ?)", rows)
    connection.close()


def revoked_while_the_advisor_holds_the_token(played, left: list):
    """What scaling gets after erin's bindings have become `left`; they are put back afterwards."""
    before = erins_bindings(played)
    assert [row[4] for row in before] == ["editor"]
    answers = []

    def play(turn):
        assert turn.call("GET", "/internal/v1/operations")[1]["operations"], "erin may scale before"
        set_bindings(played, left)
        answers.append(turn.scale("web", 5))
    try:
        played.play(play, "scale web to 5")
    finally:
        set_bindings(played, before)
    assert played.replicas("web") == 3
    return answers[0]


def test_a_role_revoked_after_the_mint_is_403(played):
    status, problem = revoked_while_the_advisor_holds_the_token(played, [])
    assert status == 403 and problem["code"] == "denied" and problem["reason"]["code"] == "no_role"
    assert played.person("ada").last_audited("operation.decision")["decision"]["code"] == "no_role"


def test_a_role_lowered_after_the_mint_is_403(played):
    viewer = [("019b7d5a-0c1e-7001-8a3f-5d2c9e4b7a10", "shop", "", "erin", "viewer")]
    status, problem = revoked_while_the_advisor_holds_the_token(played, viewer)
    assert status == 403 and problem["code"] == "denied" and problem["reason"]["code"] == "missing_permission"


def remembered_turn(played):
    turns = []
    played.play(lambda turn: turns.append(turn), "scale web to 5")
    return turns[0]


def test_a_token_whose_turn_is_over_is_401(played):
    turn = remembered_turn(played)
    for method, path, body in (("GET", "/internal/v1/workspaces/shop/snapshot", None), ("GET", "/internal/v1/operations", None)):
        assert turn.call(method, path, body)[0] == 401
    status, problem = turn.scale("web", 5)
    assert status == 401 and problem["code"] == "invalid_token"
    assert played.replicas("web") == 3


def test_a_token_whose_lease_ran_out_is_401(played):
    answers = []

    def play(turn):
        played.database("UPDATE turns SET lease_until = 1 WHERE id = ?", turn.body["turn"])
        answers.append(turn.scale("web", 5))
    played.play(play, "scale web to 5")
    assert answers[0][0] == 401
    assert played.replicas("web") == 3


def test_a_token_past_its_deadline_is_401(played):
    answers = []

    def play(turn):
        played.database("UPDATE turns SET deadline_at = 1 WHERE id = ?", turn.body["turn"])
        answers.append(turn.scale("web", 5))
    played.play(play, "scale web to 5")
    assert answers[0][0] == 401


def test_a_token_from_another_peer_is_401(played, tmp_path):
    pki = played.data / "pki"
    commands = [
        "openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout other.key -out other.csr -subj /CN=other",
        f"openssl x509 -req -in other.csr -CA {pki}/ca.crt -CAkey {pki}/ca.key -CAcreateserial -CAserial {tmp_path}/serial"
        " -days 2 -out other.crt",
    ]
    for command in commands:
        subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "ca.crt").write_bytes((pki / "ca.crt").read_bytes())
    answers = []
    played.play(lambda turn: answers.append(turn.scale("web", 5, context=advisor.context_of(tmp_path, "other"))), "scale web to 5")
    assert answers[0][0] == 401
    assert played.replicas("web") == 3


def test_a_token_for_one_workspace_on_another_looks_like_none(played):
    answers = {}

    def play(turn):
        for workspace in ("globex", "no-such-workspace"):
            for path in ("snapshot", "events", "objects/Deployment/globex/globex-web", "logs?project=globex&pod=x"):
                status, problem = turn.call("GET", f"/internal/v1/workspaces/{workspace}/{path}")
                answers.setdefault(path, []).append((status, problem["code"], problem["detail"]))
        arguments = {"project": "globex", "kind": "Deployment", "name": "globex-web", "replicas": 5}
        answers["scale"] = [turn.call("POST", "/internal/v1/operations/scale", {"call_id": "o1", "arguments": arguments})[0]]
    played.play(play, "what is wrong?")
    for path, seen in answers.items():
        if path == "scale":
            assert seen == [404]
        else:
            assert seen[0] == seen[1] and seen[0][0] == 404, path


def test_no_client_certificate_no_answer(played):
    import ssl
    context = ssl.create_default_context(cafile=played.data / "pki/ca.crt")
    try:
        status, _, _ = request(played.internal, "GET", "/.well-known/jwks.json", context=context)
    except (ssl.SSLError, ConnectionError):
        return
    raise AssertionError(f"answered {status} without a client certificate")


# --- what the verifier of both services refuses; the whole matrix is foundation/jwt/jwt_attack_matrix_test.cc ---

@pytest.fixture
def signer(played, tmp_path):
    return issuer.Issuer(played.data, tmp_path)


class Consumers:
    """The two daemons that take an Internal JWT, each by a route that reads nothing but the token."""

    def __init__(self, played, doors):
        chat = doors.addresses["hks-ai-ops", "chat"]
        self.ways = {"control plane": (played.internal, "/internal/v1/operations"), "advisor": (chat, "/v1/models")}
        self.contexts = doors.contexts

    def ask(self, *authorizations: str) -> dict:
        """What each answers to a request with these Authorization headers, without what is the request's own."""
        answers = {}
        for name, (address, path) in self.ways.items():
            with wire.Wire(address, self.contexts[address]) as client:
                client.send(wire.head("GET", path, *(f"Authorization: {value}" for value in authorizations)))
                status, _, body = client.reply()
            answers[name] = status, {member: value for member, value in body.items() if member != "request_id"}
        return answers

    def statuses(self, *authorizations: str) -> set:
        return {status for status, _ in self.ask(*authorizations).values()}


@pytest.fixture
def consumers(played, doors):
    return Consumers(played, doors)


def with_a_live_token(played, use) -> None:
    played.play(lambda turn: use(turn.token), "what is wrong?")


HEADERS = {
    "two headers": ["Bearer {t}", "Bearer {t}"], "another scheme second": ["Bearer {t}", "Basic YTpi"], "another scheme first": ["Basic YTpi", "Bearer {t}"],
    "an empty header second": ["Bearer {t}", ""], "comma-joined": ["Bearer {t},Bearer {t}"], "comma and space": ["Bearer {t}, Bearer {t}"],
    "bearer": ["bearer {t}"], "BEARER": ["BEARER {t}"], "two spaces": ["Bearer  {t}"], "a tab": ["Bearer\t{t}"], "no scheme": ["{t}"],
    "in quotes": ['Bearer "{t}"'], "JSON": ['Bearer {{"token":"{t}"}}'], "padding": ["Bearer {t}="], "a dot more": ["Bearer {t}."], "none": [],
}
NO_REQUEST = {"a folded line": "Bearer\r\n {t}", "a CR": "Bearer {t}\rX: y", "a NUL": "Bearer {t}\0", "1 MB": "Bearer {t}" + "A" * (1 << 20)}


def test_a_token_counts_in_one_header_of_one_form_at_both_services(played, consumers):
    def use(token):
        assert consumers.statuses(f"Bearer {token}") == {200}
        for name, values in HEADERS.items():
            assert consumers.statuses(*(value.format(t=token) for value in values)) == {401}, name
        for name, value in NO_REQUEST.items():
            for address, path in consumers.ways.values():
                with wire.Wire(address, consumers.contexts[address]) as client:
                    client.send(wire.head("GET", path, "Authorization: " + value.format(t=token)))
                    answer = client.reply()
                assert answer is None or answer[0] in (400, 431), (name, answer)
        assert consumers.statuses(f"Bearer {token}") == {200}
    with_a_live_token(played, use)


CLAIMS = {  # every other claim is the live token's own
    "iss": ["hexabase-control-plane/", "Hexabase-control-plane", ""],
    "aud": [["hexabase-aiops-service"], "hexabase-aiops", "HEXABASE-AIOPS-SERVICE", "hexabase-control-plane", None],
    "sub": ["", "erin\0", "er in", 1, "e" * 300],
    "exp": ["123", 1e10, 1.5, -1, 0, 2**53 + 1, 2**63, None, [1], True],
    "nbf": [int(time.time()) + 3600, "0"],
    "iat": [int(time.time()) + 3600, int(time.time()) - 3600],
    "ver": [0, 2, "1", None],
    "jti": ["", None],
    "turn": ["", None],
    "workspace_id": ["", ["shop"]],
    "cnf": [{}, {"x5t#S256": "A" * 43}, {"jkt": "A" * 43}, None],
}
MEMBERS = {  # of the header
    "alg": ["none", "None", "NONE", "none ", ["ES256"], "HS256", "RS256", "PS256", "ES384", "es256", None],
    "typ": ["JWT", "at+jwt", "HKS-internal+jwt", None],
    "kid": ["", "../../dev/null", "' or 1=1 --", "k" * 64, "k" * 65, None, ["x"]],
    "jwk": [{}], "jku": ["https://evil.example/jwks.json"], "x5u": ["https://evil.example"], "x5c": [[]], "crit": [["exp"]], "b64": [False], "zip": ["DEF"],
    "cty": ["JWT"],
}


def hs256(part: str, secret: bytes) -> bytes:
    return hmac.new(secret, part.encode(), hashlib.sha256).digest()


def der(raw: bytes) -> bytes:
    numbers = b"".join(b"\x02" + bytes([len(one)]) + one for one in (b"\0" + raw[:32], b"\0" + raw[32:]))
    return b"\x30" + bytes([len(numbers)]) + numbers


def forged(signer: issuer.Issuer, token: str) -> dict:
    """By name, each with one thing that no control plane of ours would sign."""
    header, claims = issuer.header_of(token), issuer.claims_of(token)
    tokens = {f"{claim} {value!r:.40}": signer.token(header, {**claims, claim: value}) for claim, values in CLAIMS.items() for value in values}
    tokens |= {f"no {claim}": signer.token(header, {name: value for name, value in claims.items() if name != claim}) for claim in claims}
    tokens |= {f"{name} {value!r:.40}": signer.token({**header, name: value}, claims) for name, values in MEMBERS.items() for value in values}
    tokens |= {f"no {name}": signer.token({one: header[one] for one in header if one != name}, claims) for name in header}
    part, signature = token.rpartition(".")[0], issuer.decode(token.rpartition(".")[2])
    x_and_y = signer.public_der[-64:]
    for name, secret in {"PEM": signer.public_pem, "DER": signer.public_der, "x||y": x_and_y, "nothing": b""}.items():
        for alg in ("HS256", "ES256"):
            lower = ".".join(issuer.encode(json.dumps(one)) for one in ({**header, "alg": alg}, claims))
            tokens[f"{alg} by the {name}"] = f"{lower}.{issuer.encode(hs256(lower, secret))}"
    for name, bytes_ in {"as DER": der(signature), "of zeros": bytes(64), "cut": signature[:63], "longer": signature + b"\0"}.items():
        tokens[f"signature {name}"] = f"{part}.{issuer.encode(bytes_)}"
    tokens |= {"a claim twice": signer.token(header, json.dumps(claims)[:-1] + ',"sub":"ada"}'), "nested": signer.token({**header, "cty": "JWT"}, token),
               "a BOM": signer.token(header, b"\xef\xbb\xbf" + json.dumps(claims).encode()), "UTF-16": signer.token(header, json.dumps(claims).encode("utf-16")),
               "invalid UTF-8": signer.token(header, json.dumps(claims).replace('"erin"', '"\xff"').encode("latin-1")),
               "depth 500": signer.token(header, json.dumps({**claims, "x": None})[:-5] + "[" * 500 + "]" * 500 + "}"),
               "trailing bytes": signer.token(header, json.dumps(claims) + "x"), "five parts": f"{token}.{token.split('.')[2]}.{token.split('.')[2]}",
               "standard base64": f"{part}.+/{token.rpartition('.')[2][2:]}"}
    return tokens


def test_both_services_take_what_the_control_plane_minted_and_refuse_the_same_forgeries(played, consumers, signer):
    """The real issuer, both real consumers, one verifier: what one of them took, the other would have to take too."""
    taken, refusals = {}, set()

    def use(token):
        assert signer.kid == issuer.header_of(token)["kid"]
        header, claims = issuer.header_of(token), issuer.claims_of(token)
        assert consumers.statuses(f"Bearer {token}") == {200}
        assert consumers.statuses(f"Bearer {signer.token(header, claims)}") == {200}, "what we sign is taken for what it says"
        tokens = forged(signer, token)
        assert len(tokens) > 90
        for name, one in tokens.items():
            for who, (status, problem) in consumers.ask(f"Bearer {one}").items():
                refusals.add((status, json.dumps(problem, sort_keys=True)))
                if status != 401:
                    taken.setdefault(name, []).append((who, status))
        assert consumers.statuses(f"Bearer {token}") == {200}
    with_a_live_token(played, use)
    assert not taken
    assert len(refusals) == 1, "one uniform 401, at both"
