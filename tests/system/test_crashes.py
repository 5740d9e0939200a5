"""kill -9 at any time: afterwards a change has been made once or not at all, and the audit says which."""
import pytest

from support import crashes
from support.people import read_events


@pytest.mark.parametrize("point", crashes.POINTS)
def test_a_change_whose_process_dies_at(mortal, point):
    crashes.check_death_at(mortal, point)


@pytest.mark.parametrize("point", crashes.OPEN_POINTS)
def test_another_writer_comes_after_a_death_at(mortal, point):
    crashes.check_another_writer_after_death_at(mortal, point)


@pytest.mark.parametrize("point", crashes.SIGNED_POINTS)
def test_an_approval_whose_process_dies_at(mortal, point):
    crashes.check_death_in_an_approval_at(mortal, point)


@pytest.mark.parametrize("point", crashes.SIGNED_POINTS)
def test_an_undo_whose_process_dies_at(mortal, point):
    crashes.check_death_in_an_undo_at(mortal, point)


def test_an_undo_that_waits_outlives_its_process(mortal):
    crashes.check_death_of_an_undo_that_waits(mortal)


def test_every_recovery_dies_a_step_later(mortal):
    crashes.check_every_recovery_dies_a_step_later(mortal)


# --- the advisor ---


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
    crashes.check_the_change_is_truthful(mortal, before, events)
    crashes.check_the_next_advisor_serves(mortal)


def test_the_advisor_dies_while_its_change_is_written(mortal):
    crashes.check_the_advisor_dies_while_its_change_is_written(mortal)
