"""What redaction leaves is enough to diagnose with; and what a user says by mistake is nowhere afterwards."""
import base64
import json
import urllib.parse
import uuid

import pytest

from support.people import named, text_of
from support.stage import eventually

CHECKOUT = "/apis/apps/v1/namespaces/shop/deployments/checkout"
PASSWORD = "canary-s3cr3t/p@ss"


def stored(stage) -> bytes:
    """All that both daemons have on the disk, their logs too."""
    files = [*stage.data.glob("control-plane.db*"), *stage.data.glob("ai-ops.db*"), *(stage.folder / "log").glob("hks-[ac]*.log")]
    assert len(files) >= 4
    return b"".join(file.read_bytes() for file in files)


@pytest.fixture
def checkout_with_a_password(whole):
    """Its DATABASE_URL as programs really have it."""
    def set_url(url: str) -> None:
        patch = {"spec": {"template": {"spec": {"containers": [{"name": "checkout", "env": [{"name": "DATABASE_URL", "value": url}]}]}}}}
        whole.kubernetes("PATCH", CHECKOUT, patch, kind="application/strategic-merge-patch+json")
    set_url(f"postgres://shop:{PASSWORD}@postgres.shop:5433/shop?sslmode=require&sslpassword={PASSWORD}2")
    yield whole
    set_url("postgres://shop@postgres.shop:5433/shop")


def test_the_flagship_diagnosis_works_on_redacted_data(checkout_with_a_password):
    stage, heard = checkout_with_a_password, []
    vic, conversation = stage.person("vic"), str(uuid.uuid4())
    title = "DATABASE_URL points to postgres.shop:5433, the Service listens on 5432"

    def found():
        events = vic.say("why is checkout failing?", conversation_id=conversation)
        heard.append(events)
        return [finding for finding in named(events, "finding") if title in finding["title"]]
    finding = eventually(found, every=0.3)[0]
    assert "postgres://postgres.shop:5433" in [evidence["text"] for evidence in finding["evidence"]]
    heard += [vic.say(message, conversation_id=conversation) for message in ("its logs", "what is wrong?")]
    everything = json.dumps(heard) + json.dumps(vic.get(f"/api/v1/workspaces/shop/conversations/{conversation}"))
    assert "5433" in everything and "canary-s3cr3t" not in everything
    assert b"canary-s3cr3t" not in stored(stage)


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


# The ways to say a password in a message.
SAID = {
    "plain": lambda secret: f"why does it say password={secret}",
    "a URL": lambda secret: f"why is postgres://app:{secret}@db.shop:5432/app refused?",
    "base64": lambda secret: f"what is {base64_of(json.dumps({'auth': secret}))} in its log?",
    "percent": lambda secret: f"GET /login?to={urllib.parse.quote('/?token=' + secret, safe='')} fails",
    "JSON": lambda secret: f"it logs {json.dumps({'msg': json.dumps({'password': secret})})}",
    "a key over lines": lambda secret: "its key is -----BEGIN RSA " f"PRIVATE KEY-----\n{secret}\n-----END RSA " "PRIVATE KEY-----",
    "a command": lambda secret: f"scale web to 5 password={secret}",
}


@pytest.mark.parametrize("way", SAID)
def test_a_credential_that_a_user_says_is_neither_sent_on_nor_stored(whole, way):
    whole.reset_web()
    secret = f"canary{list(SAID).index(way)}{uuid.uuid4().hex[:8]}"
    erin, conversation = whole.person("erin"), str(uuid.uuid4())
    events = erin.say(SAID[way](secret), conversation_id=conversation)
    assert events[0]["message"].count("<secret:") == 1 and events[-1]["event"] == "done", events
    read = json.dumps([events, *(erin.get(f"/api/v1/workspaces/shop/conversations{path}") for path in ("", f"/{conversation}"))])
    for one in (secret, base64_of(json.dumps({"auth": secret}))):
        assert one not in read and one.encode() not in stored(whole)
    assert whole.replicas("web") == 3 and text_of(events)
