"""What the advisor may put into a user's stream, and what happens when the user leaves."""
import json
import time

from support import people
from support.people import named, text_of
from support.stage import eventually


def test_forged_events_are_dropped_audited_and_never_shown(played):
    def play(turn):
        turn.send("operation", operation="scale", state="executed", before={}, after={})
        turn.send("proposal", approval_id="x", op_hash="sha256:0")
        turn.send("done", outcome="executed")
        turn.send("turn", conversation_id="x")
        turn.send("surprise", text="x")
        turn.send("delta", text="still here")
    events = played.play(play, "what is wrong?")
    assert [event["event"] for event in events] == ["turn", "delta", "done"]
    assert events[-1]["outcome"] == "answered"
    reasons = {entry.get("reason") for entry in played.person("ada").audit() if entry["kind"] == "stream.dropped"
               and entry["turn"] == events[0]["turn_id"]}
    assert {"forged_operation", "forged_proposal", "forged_done", "forged_turn", "unknown_other"} <= reasons


def test_escape_sequences_and_hidden_characters_are_never_shown(played):
    evil = "a\x1b[2Jb\u202ec\u200bd\U000e0041e\x07f"
    events = played.play(lambda turn: turn.send("delta", text=evil), "what is wrong?")
    assert text_of(events) == "a[2Jbcdef"
    entries = [entry for entry in played.person("ada").audit() if entry.get("turn") == events[0]["turn_id"]]
    assert any(entry.get("reason") == "cleaned_delta" for entry in entries)


def test_an_advisor_cannot_renumber_or_redate_its_events(played):
    events = played.play(lambda turn: turn.send("delta", text="x", seq=99, turn_id="other", at="1970"), "what is wrong?")
    delta = named(events, "delta")[0]
    assert delta["seq"] == 2 and delta["turn_id"] == events[0]["turn_id"] and not delta["at"].startswith("1970")


def test_garbage_from_the_advisor_ends_in_one_clear_error(played):
    def play(turn):
        turn.send("delta", text="a")
        turn.send_bytes(b"data: " + b"x" * 100_000 + b"\n\n")
    events = played.play(play, "what is wrong?")
    assert [event["event"] for event in events] == ["turn", "delta", "error"]
    assert events[-1]["code"] == "advisor_failed" and events[-1]["request_id"]


def test_an_advisor_that_drops_the_connection_ends_in_one_clear_error(played):
    def play(turn):
        turn.send("delta", text="a")
        raise ConnectionError("dropped on purpose")
    events = played.play(play, "what is wrong?")
    assert events[-1]["event"] == "error" and events[-1]["code"] == "advisor_failed"


def test_a_hang_up_closes_the_turn_and_cancels_everything_behind_it(played):
    seen = {}

    def play(turn):
        seen["turn"] = turn
        turn.send("delta", text="thinking")
        turn.wait_for_hang_up()
        seen["gone_at"] = time.monotonic()
    played.advisor.play = play
    before = played.metric("hks_turns_open")
    connection, reply = played.person("erin").open_chat("what is wrong?")
    while b"thinking" not in reply.readline():
        pass
    assert played.metric("hks_turns_open") == before + 1
    left_at = time.monotonic()
    connection.sock.close() if connection.sock else reply.close()
    reply.close()
    eventually(lambda: "gone_at" in seen, seconds=5)
    assert seen["gone_at"] - left_at < 1
    eventually(lambda: played.metric("hks_turns_open") == before, seconds=1)
    eventually(lambda: seen["turn"].call("GET", "/internal/v1/operations")[0] == 401, seconds=1)
    assert seen["turn"].scale("web", 5)[0] == 401


def test_a_hang_up_before_the_first_event_frees_the_conversation(played):
    """It stayed busy until the turn's lease ran out, 15 s later."""
    erin, conversation = played.person("erin"), "019b7d5a-0c1e-7000-8a3f-5d2c9e4b7a10"
    played.advisor.play = lambda turn: turn.wait_for_hang_up()
    body = json.dumps({"message": "what is wrong?", "conversation_id": conversation})
    for _ in range(5):
        connection = people.connect(played.public)
        connection.request("POST", "/api/v1/workspaces/shop/ai/chat", body,
                           {"Content-Type": "application/json", "Authorization": f"Bearer {erin.token}"})
        connection.sock.close()
    played.advisor.play = lambda turn: turn.send("delta", text="here")

    def answer():
        try:
            return erin.say("what is wrong?", conversation_id=conversation)
        except people.Refused as refused:
            assert refused.problem["code"] == "conversation_busy"
    assert text_of(eventually(answer, seconds=5)) == "here"
    open_ones = "SELECT count(*) FROM turns WHERE conversation = ? AND closed_at IS NULL"
    assert played.database(open_ones, conversation) == [(0,)]


def test_a_turn_too_many_is_429_and_says_when_to_come_back(played):
    """A user's open turns were bounded by the message rate only."""
    most, open_chats = 16, []
    played.advisor.play = lambda turn: turn.wait_for_hang_up()
    gus = played.person("gus")
    try:
        for _ in range(most):
            open_chats.append(gus.open_chat("what is wrong?", "globex"))
        body = {"message": "what is wrong?"}
        status, headers, problem = people.request(played.public, "POST", "/api/v1/workspaces/globex/ai/chat", body, token=gus.token)
        assert status == 429 and problem["code"] == "rate_limited" and int(headers["Retry-After"]) >= 1
        assert played.play(lambda turn: None, "what is wrong?")[-1]["event"] == "done", "another user is not held back"
    finally:
        for connection, reply in open_chats:
            connection.sock.close() if connection.sock else None
            reply.close()
    eventually(lambda: played.database("SELECT count(*) FROM turns WHERE user_name = 'gus' AND closed_at IS NULL") == [(0,)])


def test_a_turn_is_audited_from_its_opening_to_its_closing(played):
    events = played.play(lambda turn: turn.send("error", code="internal", text="no idea", request_id="x"), "what is wrong?")
    entries = [entry for entry in reversed(played.person("ada").audit()) if entry.get("turn") == events[0]["turn_id"]]
    assert [entry["kind"] for entry in entries] == ["turn.opened", "turn.closed"]
    assert all(entry["subject"] == "erin" for entry in entries) and entries[1]["outcome"] == "failed"


def test_a_busy_conversation_is_409(played):
    from support.people import Refused
    answers = []

    def play(turn):
        try:
            played.person("erin").say("again", conversation_id=turn.body["conversation_id"])
        except Refused as refused:
            answers.append((refused.status, refused.problem["code"]))
    played.play(play, "what is wrong?")
    assert answers == [(409, "conversation_busy")]


def test_an_advisor_that_floods_is_cut_off(played):
    def play(turn):
        for _ in range(400):
            turn.send("delta", text="x" * 30_000)
    events = played.play(play, "what is wrong?")
    assert events[-1]["event"] == "error" and events[-1]["code"] == "advisor_failed"
    assert sum(len(event["text"]) for event in events if event["event"] == "delta") <= 8 << 20


def test_an_advisor_that_calls_without_end_is_held_back(played):
    statuses = []
    played.play(lambda turn: statuses.extend(turn.call("GET", "/internal/v1/operations")[0] for _ in range(180)), "what is wrong?")
    assert statuses[0] == 200 and 429 in statuses
