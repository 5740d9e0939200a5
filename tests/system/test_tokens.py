"""An Internal JWT is good for its user's rights now, its live turn, its peer and its workspace; for nothing else."""
import subprocess

from support import advisor
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
