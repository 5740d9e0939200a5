"""Which servers there are and how they stand, as hks-ai-ops tells it, and turns that go on when one is lost."""
import ollama_server
import pytest
from test_turns import QUESTION, check_findings_stand
from watched import model_health

from support.advisor import context_of
from support.people import only, request
from support.stage import Stage, eventually

MODEL = ollama_server.MODEL
ANOTHER_DOOR = {"second-chat": "--listen", "ai-ops-ops": "--ops-listen"}


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The advisor is played, so that there is a token to ask a real one with: that stands beside it."""
    stage = Stage(tmp_path_factory.mktemp("models"))
    try:
        yield stage.start_with_played_advisor()
    finally:
        stage.stop()


def models_of(played, *urls: str, model: str = MODEL) -> list:
    """GET /v1/models, as the control plane may ask it, of an hks-ai-ops that was started for this and has looked at every server."""
    flags = ["--model", model, *(word for url in urls for word in ("--model-url", url))]
    played.system.start_ai_ops(*flags, sockets=ANOTHER_DOOR)
    played.system.wait_for("hks-ai-ops")

    def ask(turn):
        status, _, reply = request("https://" + played.system.addresses["second-chat"], "GET", "/v1/models", token=turn.token,
                                   context=context_of(played.data / "pki", "control-plane"))
        assert status == 200, reply
        return reply["models"]

    def looked(turn):
        models = ask(turn)
        return all(replica.get("cause") != "not looked at yet" for replica in models[0]["replicas"]) and models

    found = []
    try:
        played.play(lambda turn: found.extend(eventually(lambda: looked(turn))), QUESTION)
    finally:
        played.kill("hks-ai-ops")
    return found


def test_the_models_and_their_replicas_are_told(played, ollama):
    nobody = "http://127.0.0.1:9"
    model = models_of(played, ollama.url, nobody)[0]
    assert (model["name"], model["api"], model["calls_tools"], model["context_tokens"]) == (MODEL, "ollama", True, 4096)
    replicas = {replica["address"]: replica for replica in model["replicas"]}
    there, away = replicas[ollama.url], replicas[nobody]
    assert there["state"] in ("ready", "loading") and "cause" not in there
    assert there["loaded"] == (there["state"] == "ready")
    assert away["state"] == "down" and away["cause"] and not away["loaded"]


def test_a_model_that_no_server_has_is_told_as_down(played, ollama):
    replica = models_of(played, ollama.url, model="nope")[0]["replicas"][0]
    assert replica["state"] == "down" and "nope" in replica["cause"]


def test_the_other_replica_answers_when_one_is_killed(advised, ollama, mortal):
    stage = advised(mortal.url, ollama.url)
    asked = ollama.answers_begun()
    mortal.kill()
    events = stage.person("vic").say(QUESTION)
    check_findings_stand(events)
    assert only(events, "usage")["model"] == MODEL
    assert ollama.answers_begun() > asked
