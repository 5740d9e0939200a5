"""A turn that the real model answers, through every real process. The model knows nothing: what it may not do is what counts."""
import contextlib

import ollama_server
import pytest
from watched import PLAIN, model_health

from support.people import named, only, read_events, text_of
from support.stage import eventually

MODEL = ollama_server.MODEL
QUESTION = "why is checkout failing?"
NOT_UNDERSTOOD = "my customers moan about the till, have a peek?"
PATHS = {"ollama": "/api/chat", "openai": "/v1/chat/completions"}
NO_ANSWER = "The model did not answer; this is from the analysis alone."


@contextlib.contextmanager
def in_mid_answer(stage, tap):
    """The reply to a question, of which the model has written the first words."""
    tap.forget()
    connection, reply = stage.person("vic").open_chat(QUESTION)
    try:
        eventually(lambda: tap.pieces() > 3, seconds=60)
        yield connection, reply
    finally:
        connection.close()


def check_findings_stand(events: list) -> None:
    """They came first, and the turn ended well."""
    order = [event["event"] for event in events]
    assert order.index("finding") < order.index("delta")
    assert "checkout" in {finding["object"]["name"] for finding in named(events, "finding")}
    assert "checkout" in text_of(events)
    assert events[-1]["event"] == "done" and events[-1]["outcome"] == "answered", events[-1]


def check_load_options(bodies: list, model: str) -> None:
    """The same in every call, else the server would load the model anew each time."""
    assert {(body["model"], body["options"]["num_ctx"]) for body in bodies} == {(model, 4096)}
    assert all(body["think"] is False and body["truncate"] is False for body in bodies)


@pytest.mark.parametrize("api", PATHS)
def test_a_question_is_answered_by_the_findings_and_then_by_the_model(advised, tap, api):
    stage = advised(tap.url, api=api)
    tap.forget()
    events = stage.person("vic").say(QUESTION)
    check_findings_stand(events)
    bodies = tap.bodies(PATHS[api])
    assert bodies and tap.pieces() > 0
    if api == "ollama":
        check_load_options(bodies, MODEL)
    usage = only(events, "usage")
    assert usage["model"] == MODEL and usage["input_tokens"] > 0 and usage["output_tokens"] > 0


@pytest.mark.parametrize("model, way", [(MODEL, "tools"), (PLAIN, "format")])
def test_what_the_reader_does_not_understand_the_model_may_choose_and_starts_nothing(advised, tap, model, way):
    """By a tool call where the server says that the model has those, else by an answer to a schema."""
    stage = advised(tap.url, model=model)
    before = stage.kubernetes("GET", "/apis/apps/v1/namespaces/shop/deployments")["items"]
    tap.forget()
    events = stage.person("erin").say(NOT_UNDERSTOOD)
    bodies = tap.bodies("/api/chat")
    assert way in bodies[0]
    check_load_options(bodies, model)
    assert events[-1]["event"] == "done" and text_of(events), events[-1]
    assert not named(events, "operation")
    after = stage.kubernetes("GET", "/apis/apps/v1/namespaces/shop/deployments")["items"]
    assert [one["spec"] for one in after] == [one["spec"] for one in before]


def test_a_server_killed_in_mid_answer_takes_no_finding_away(advised, mortal, mortal_tap):
    stage = advised(mortal_tap.url)
    with in_mid_answer(stage, mortal_tap) as (_, reply):
        mortal.kill()
        events = list(read_events(reply))
    check_findings_stand(events)
    assert NO_ANSWER in text_of(events)


def test_a_server_that_hangs_takes_no_finding_away(advised, mortal, mortal_tap):
    stage = advised(mortal_tap.url)
    with in_mid_answer(stage, mortal_tap) as (_, reply):
        mortal.pause()
        events = list(read_events(reply))
    check_findings_stand(events)
    assert NO_ANSWER in text_of(events)
    assert only(events, "usage")["duration_ms"] < 60_000


def test_a_hang_up_reaches_the_model(advised, ollama, tap):
    stage = advised(tap.url)
    with in_mid_answer(stage, tap) as (connection, _):
        assert ollama.is_working()
        connection.close()
        eventually(lambda: not ollama.is_working())


def test_a_model_that_the_server_has_not_takes_no_finding_away(advised, ollama):
    stage = advised(ollama.url, model="nope")
    assert model_health(stage) == {"name": "nope", "state": "down"}
    events = stage.person("vic").say(QUESTION)
    check_findings_stand(events)
    assert NO_ANSWER in text_of(events)
    assert only(events, "usage")["model"] is None
