"""Signing in: what the cookie is, and who is held back after failed attempts."""
import json

from support.people import request
from support.stage import eventually


def sign_in(played, user: str, password: str, forwarded_for: str = ""):
    headers = {"X-Forwarded-For": forwarded_for} if forwarded_for else {}
    return request(played.public, "POST", "/api/v1/sessions", {"user": user, "password": password}, headers=headers)


def test_the_cookie_is_of_this_host_alone(played):
    password = next(line.split()[1] for line in (played.data / "demo-users.txt").read_text().splitlines() if line.startswith("gus "))
    status, headers, reply = sign_in(played, "gus", password)
    assert status == 201
    parts = [part.strip() for part in headers["Set-Cookie"].split(";")]
    assert parts[0] == f"__Host-hks_session={reply['token']}"
    assert {"Path=/", "Secure", "HttpOnly", "SameSite=Strict"} <= set(parts)
    assert not any(part.lower().startswith("domain") for part in parts)
    assert request(played.public, "GET", "/api/v1/me", headers={"Cookie": f"hks_session={reply['token']}"})[0] == 401, "the old name"


def test_behind_an_ingress_one_client_is_held_back_and_not_all(played):
    """The throttle counted the peer's address, which behind an ingress is everybody's."""
    def held_back(address: str, attempt: int) -> bool:
        status = sign_in(played, f"nobody-{attempt}", "wrong", f"198.51.100.1, {address}")[0]
        assert status in (401, 429)
        return status == 429
    attempts = iter(range(1000))
    eventually(lambda: held_back("203.0.113.9", next(attempts)))
    assert not held_back("203.0.113.10", next(attempts))
    assert sign_in(played, "nobody", "wrong")[0] == 401, "nor is the ingress itself"
    leaves = [json.loads(leaf) for leaf, in played.database("SELECT leaf FROM audit_entries WHERE kind = 'login.failed'")]
    assert {"203.0.113.9", "203.0.113.10"} <= {leaf["origin"] for leaf in leaves}
