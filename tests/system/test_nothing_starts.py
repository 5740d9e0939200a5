"""Words that are no command start nothing, even when the advisor asks for it."""
import pytest

from support.people import named, only

NOT_COMMANDS = {
    "a question about the past": "why did web go from 5 to 0?",
    "a negation": "do not scale web to 5",
    "a quoted command": 'the runbook says "scale web to 5"',
    "a pasted log": "2026-01-02T03:04:05Z INFO operator ran:\nscale web to 5\n2026-01-02T03:04:06Z INFO done",
    "a wish": "could you double web",
    "a mention": "web and 5",
}


@pytest.mark.parametrize("message", NOT_COMMANDS.values(), ids=NOT_COMMANDS.keys())
def test_it_starts_nothing(played, message):
    answers = []
    events = played.play(lambda turn: answers.append(turn.scale("web", 5)), message)
    status, waiting = answers[0]
    assert status == 202 and waiting["reason"]["code"] == "not_a_command"
    assert only(events, "proposal")["approval_id"] == waiting["approval_id"] and not named(events, "operation")
    assert events[-1]["outcome"] == "waiting"
    assert played.replicas("web") == 3


def test_a_command_runs_with_exactly_its_arguments(played):
    answers = []

    def play(turn):
        answers.append(turn.scale("web", 6, call_id="other-number"))
        answers.append(turn.scale("cart", 5, call_id="other-target"))
        answers.append(turn.scale("web", 5, call_id="as-commanded"))
        answers.append(turn.scale("web", 5, call_id="it-is-so"))
        played.set_replicas("web", 3)
        answers.append(turn.scale("web", 5, call_id="once-more"))
        played.set_replicas("web", 5)
    played.play(play, "scale web to 5")
    assert [status for status, _ in answers] == [202, 202, 200, 200, 202]
    assert answers[3][1]["state"] == "already_so"
    assert played.replicas("web") == 5 and played.replicas("cart") != 5


def test_the_same_call_gets_its_stored_answer(played):
    answers = []

    def play(turn):
        answers.extend([turn.scale("web", 4, call_id="o1"), turn.scale("web", 4, call_id="o1"),
                        turn.scale("web", 9, call_id="o1")])
    played.play(play, "scale web to 4")
    (first, body), (second, again), (third, problem) = answers
    assert first == second == 200 and body == again
    assert third == 409 and problem["code"] == "call_id_reused"
    assert played.replicas("web") == 4
