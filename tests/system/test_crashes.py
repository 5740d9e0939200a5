"""kill -9 at any time: afterwards a change has been made once or not at all, and the audit says which."""
import pytest

from support import crashes
from support.people import named, read_events


@pytest.mark.parametrize("point", crashes.POINTS)
def test_a_change_whose_process_dies_at(mortal, point):
    crashes.check_death_at(mortal, point)


@pytest.mark.parametrize("point", crashes.OPEN_POINTS)
def test_another_writer_comes_after_a_death_at(mortal, point):
    crashes.check_another_writer_after_death_at(mortal, point)


@pytest.mark.parametrize("point", ["intended", "written"])
def test_an_approval_whose_process_dies_at(mortal, point):
    crashes.check_death_in_an_approval_at(mortal, point)


@pytest.mark.parametrize("point", ["sending", "written"])
def test_a_recovery_whose_process_dies_at(mortal, point):
    crashes.check_death_in_the_recovery_at(mortal, point)


# --- the advisor ---

def check_the_change_is_truthful(stage, before: dict, events: list) -> crashes.Account:
    account = crashes.Account(stage, events[0]["turn_id"])
    crashes.check_acted_at_most_once(stage, before, account)
    assert {event["state"] for event in named(events, "operation")} <= set(account.states)
    if events[-1].get("outcome") == "executed":
        assert account.states == ["executed"]
    return account


def check_the_next_advisor_serves(stage) -> None:
    control_plane = stage.process(crashes.CONTROL_PLANE)
    ended = crashes.check_the_user_saw_one_end(stage.person("erin").say("what is wrong?"))
    assert ended["event"] == "error" and ended["code"] == "advisor_unavailable"
    stage.restart("hks-ai-ops")
    assert stage.person("erin").say("what is wrong?")[-1]["outcome"] == "answered"
    assert control_plane.poll() is None and stage.process(crashes.CONTROL_PLANE) is control_plane


@pytest.mark.parametrize("event", ["turn", "agent", "operation"])
def test_the_advisor_dies_at_the_first(mortal, event):
    before, events = mortal.deployment(), []
    connection, reply = mortal.person("erin").open_chat(crashes.COMMAND)
    for one in read_events(reply):
        events.append(one)
        if one["event"] == event and mortal.process("hks-ai-ops").poll() is None:
            mortal.kill("hks-ai-ops")
    connection.close()
    crashes.check_the_user_saw_one_end(events)
    check_the_change_is_truthful(mortal, before, events)
    check_the_next_advisor_serves(mortal)


def test_the_advisor_dies_while_its_change_is_written(mortal):
    before = mortal.deployment()
    with crashes.paused_at(mortal, "sending") as chat:
        mortal.kill("hks-ai-ops")
    events = chat.result()
    crashes.check_the_user_saw_one_end(events)
    assert check_the_change_is_truthful(mortal, before, events).states == ["executed"]
    check_the_next_advisor_serves(mortal)
