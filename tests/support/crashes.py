"""A control plane, or its cluster, that dies at a chosen step of a change, and what must be true afterwards.

Each check_... is played on the demo cluster (tests/system) and on a real API server (tests/kubernetes). `web` has 3
replicas before; erin is the one who asks.
"""
import concurrent.futures
import contextlib
import http.client
import signal
import subprocess

from support import people
from support.stage import PROGRAMS, Stage, eventually

CONTROL_PLANE = "hks-control-plane"
POINTS = subprocess.run([PROGRAMS / CONTROL_PLANE, "crash-points"], capture_output=True, text=True, check=True).stdout.split()
# Between the durable intent and its completion: what the next process has to find out.
OPEN_POINTS = POINTS[POINTS.index("intended"):POINTS.index("completed")]
# Of a change that somebody has signed off already: no proposal comes of it.
SIGNED_POINTS = [point for point in POINTS if point != "proposed"]

COMMAND, COMMANDED = "scale web to 5", 5
WISH, WISHED = "could you double web", 6
ANOTHERS = 7  # what another writer sets meanwhile

# The operations that a turn has made once the next process has looked after it.
ENDS = {"decided": [], "proposed": [], "intended": ["executed"], "sending": ["executed"], "written": ["executed"],
        "ended": ["executed"], "completed": ["executed"]}
WORKSPACE = "/api/v1/workspaces/shop"
CUT = (ConnectionError, http.client.HTTPException)


def listen(stage: Stage, message: str) -> list:
    """All that erin is told, also when the connection ends in the middle."""
    events = []
    connection, reply = stage.person("erin").open_chat(message)
    try:
        for event in people.read_events(reply):
            events.append(event)
    except CUT:
        pass
    finally:
        connection.close()
    return events


def die_at(stage: Stage, point: str, act) -> object:
    """What `act` returned while the control plane died at `point`."""
    stage.restart(CONTROL_PLANE, HKS_CRASH_AT=point)
    answer = act()
    assert stage.process(CONTROL_PLANE).wait(20) == -signal.SIGKILL
    return answer


def die_in_a_chat(stage: Stage, point: str) -> str:
    """The turn that did not see its end."""
    events = die_at(stage, point, lambda: listen(stage, WISH if point == "proposed" else COMMAND))
    assert not [event for event in events if event["event"] in ("done", "error")], "nobody was there to say so"
    return events[0]["turn_id"]


class Account:
    """What the control plane says that became of a turn, when it has nothing more to find out."""

    def __init__(self, stage: Stage, turn: str):
        ada = stage.person("ada")

        def operations():
            rows = ada.get(f"{WORKSPACE}/operations")["operations"]
            return [row for row in rows if row["turn_id"] == turn]
        eventually(lambda: all(row["state"] != "intended" for row in operations()))
        self.operations = operations()
        self.states = [row["state"] for row in self.operations]
        self.entries = [entry for entry in reversed(ada.audit()) if entry.get("turn") == turn]
        self._check_each_intent_has_its_outcome()

    def of_kind(self, kind: str) -> list:
        return [entry for entry in self.entries if entry["kind"] == kind]

    def _check_each_intent_has_its_outcome(self) -> None:
        outcomes = {}
        for entry in self.of_kind("operation.outcome"):
            assert entry["operation_id"] not in outcomes, f"two outcomes of one operation: {self.entries}"
            outcomes[entry["operation_id"]] = entry
        intents = self.of_kind("operation.intent")
        assert sorted(entry["operation_id"] for entry in intents) == sorted(outcomes)
        for entry in intents:
            outcome = outcomes[entry["operation_id"]]
            assert entry["seq"] < outcome["seq"] and entry["op_hash"] == outcome["op_hash"]
        told = {row["operation_id"]: row["state"] for row in self.operations}
        assert told == {operation: entry["outcome"] for operation, entry in outcomes.items()}


def check_acted_at_most_once(stage: Stage, before: dict, account: Account) -> None:
    """The cluster shows what the account says, and no more."""
    now = stage.deployment()
    executed = [row for row in account.operations if row["state"] == "executed"]
    moved = now["metadata"]["generation"] - before["metadata"]["generation"]
    assert moved == len(executed) <= 1
    wanted = executed[0]["after"] if executed else {"replicas": before["spec"]["replicas"]}
    assert now["spec"]["replicas"] == wanted["replicas"]


def check_death_at(stage: Stage, point: str) -> None:
    before = stage.deployment()
    turn = die_in_a_chat(stage, point)
    stage.start_again(CONTROL_PLANE)
    account = Account(stage, turn)
    check_acted_at_most_once(stage, before, account)
    assert account.states == ENDS[point]
    if point == "proposed":
        check_the_proposal_runs_once(stage, before, turn)


def proposal_of(stage: Stage, turn: str) -> dict:
    waiting = stage.person("erin").get(f"{WORKSPACE}/approvals")["approvals"]
    return people.only([{"event": "approval", **one} for one in waiting if one["turn_id"] == turn], "approval")


def approve(stage: Stage, proposal: dict):
    """Status and answer; None when the connection broke."""
    decision = {"decision": "approve", "op_hash": proposal["op_hash"]}
    path = f"{WORKSPACE}/approvals/{proposal['approval_id']}/decision"
    try:
        status, _, answer = people.request(stage.public, "POST", path, decision, token=stage.person("erin").token)
        return status, answer
    except CUT:
        return None


def check_the_proposal_runs_once(stage: Stage, before: dict, turn: str) -> None:
    proposal = proposal_of(stage, turn)
    status, answer = approve(stage, proposal)
    assert status == 200 and answer["after"] == {"replicas": WISHED}
    status, answer = approve(stage, proposal)
    assert status == 409 and answer["code"] == "approval_void"
    check_acted_at_most_once(stage, before, Account(stage, turn))


def check_death_in_an_approval_at(stage: Stage, point: str) -> None:
    """Before its intent, the proposal waits as it did; after it, it is used up."""
    before = stage.deployment()
    turn = stage.person("erin").say(WISH)[0]["turn_id"]
    proposal = proposal_of(stage, turn)
    assert die_at(stage, point, lambda: approve(stage, proposal)) is None
    stage.start_again(CONTROL_PLANE)
    account = Account(stage, turn)
    assert account.states == ENDS[point]
    check_acted_at_most_once(stage, before, account)
    if not account.states:
        return check_the_proposal_runs_once(stage, before, turn)
    status, answer = approve(stage, proposal)
    assert status == 409 and answer["code"] == "approval_void"
    check_acted_at_most_once(stage, before, Account(stage, turn))


def undo(stage: Stage, operation: str):
    """Status and answer; None when the connection broke."""
    try:
        return stage.person("erin").undo(operation)
    except CUT:
        return None


def check_death_in_an_undo_at(stage: Stage, point: str) -> None:
    """Taken back once or not at all; when not, it can be taken back still."""
    operation = people.only(stage.person("erin").say(COMMAND), "operation")["operation_id"]
    before = stage.deployment()
    assert die_at(stage, point, lambda: undo(stage, operation)) is None
    stage.start_again(CONTROL_PLANE)
    undone = [row["turn_id"] for row in stage.person("ada").get(f"{WORKSPACE}/operations")["operations"] if row.get("undoes") == operation]
    if ENDS[point]:
        account = Account(stage, *undone)
        assert account.states == ENDS[point] and undo(stage, operation)[0] == 409
        check_acted_at_most_once(stage, before, account)
    else:
        assert not undone and stage.deployment()["spec"] == before["spec"]
        status, answer = undo(stage, operation)
        assert status == 200 and answer["after"] == {"replicas": 3}
        assert undo(stage, operation)[0] == 409
    assert stage.replicas("web") == 3


def check_death_of_an_undo_that_waits(stage: Stage) -> None:
    """Back to none needs another person: what was proposed outlives its process, once, and runs once."""
    stage.set_replicas("web", 0)
    operation = people.only(stage.person("erin").say(COMMAND), "operation")["operation_id"]
    assert die_at(stage, "proposed", lambda: undo(stage, operation)) is None
    stage.start_again(CONTROL_PLANE)
    assert stage.replicas("web") == COMMANDED
    ada = stage.person("ada")
    [waiting] = [one for one in ada.get(f"{WORKSPACE}/approvals")["approvals"] if one["after"] == {"replicas": 0}]
    assert ada.decide(waiting)[0] == 200 and ada.decide(waiting)[0] == 409
    assert stage.replicas("web") == 0


def check_every_recovery_dies_a_step_later(stage: Stage) -> None:
    """The process that takes up the intent dies too, and so does the one after it."""
    before = stage.deployment()
    turn = die_in_a_chat(stage, "intended")
    for point in ("sending", "written", "ended", "completed"):
        process = stage.begin_control_plane(HKS_CRASH_AT=point).process
        assert process.wait(60) == -signal.SIGKILL, point
    stage.start_again(CONTROL_PLANE)
    account = Account(stage, turn)
    assert account.states == ["executed"]
    check_acted_at_most_once(stage, before, account)


def check_another_writer_after_death_at(stage: Stage, point: str) -> None:
    """Whether our write was applied cannot be told any more, or it cannot be made any more: it is not made again."""
    turn = die_in_a_chat(stage, point)
    stage.set_replicas("web", ANOTHERS)
    theirs = stage.deployment()
    stage.start_again(CONTROL_PLANE)
    account = Account(stage, turn)
    assert account.states in (["unknown"], ["failed"])
    now = stage.deployment()
    assert now["spec"] == theirs["spec"] and now["metadata"]["generation"] == theirs["metadata"]["generation"]


@contextlib.contextmanager
def paused_at(stage: Stage, point: str):
    """erin's command, whose events come after the block; within it the control plane stands still at `point`."""
    stage.restart(CONTROL_PLANE, HKS_PAUSE_AT=point)
    erin = concurrent.futures.ThreadPoolExecutor(1)
    chat = erin.submit(stage.person("erin").say, COMMAND)
    try:
        stage.wait_until_paused(CONTROL_PLANE)
        yield chat
    finally:
        stage.wake(CONTROL_PLANE)
        erin.shutdown(wait=False)


def check_the_user_saw_one_end(events: list) -> dict:
    ends = people.named(events, "done") + people.named(events, "error")
    assert len(ends) == 1 and events[-1] == ends[0], events
    return ends[0]


def check_a_change_was_made_once(stage: Stage, before: dict, events: list) -> None:
    assert check_the_user_saw_one_end(events)["outcome"] == "executed", events
    account = Account(stage, events[0]["turn_id"])
    assert account.states == ["executed"]
    check_acted_at_most_once(stage, before, account)


def check_the_cluster_dies_at(stage: Stage, point: str, kill, start_again) -> None:
    before = stage.deployment()
    with paused_at(stage, point) as chat:
        kill()
    start_again()
    check_a_change_was_made_once(stage, before, chat.result())


def check_a_lost_answer(stage: Stage) -> None:
    """The write arrives, and the connection breaks before its answer."""
    before = stage.deployment()
    with paused_at(stage, "sending") as chat:
        stage.gate.lose_answers()
    eventually(lambda: stage.replicas("web") == COMMANDED)
    stage.gate.open()
    check_a_change_was_made_once(stage, before, chat.result())


def check_the_cluster_is_seen_again(stage: Stage) -> None:
    names = lambda: stage.person("erin").get(f"{WORKSPACE}/names")["names"]  # noqa: E731
    eventually(lambda: any(one["name"] == "web" for one in names()), seconds=40)


def check_the_change_is_truthful(stage: Stage, before: dict, events: list) -> Account:
    account = Account(stage, events[0]["turn_id"])
    check_acted_at_most_once(stage, before, account)
    assert {event["state"] for event in people.named(events, "operation")} <= set(account.states)
    if events[-1].get("outcome") == "executed":
        assert account.states == ["executed"]
    return account


def check_the_next_advisor_serves(stage: Stage) -> None:
    control_plane = stage.process(CONTROL_PLANE)
    ended = check_the_user_saw_one_end(stage.person("erin").say("what is wrong?"))
    assert ended["event"] == "error" and ended["code"] == "advisor_unavailable"
    stage.restart("hks-ai-ops")
    assert stage.person("erin").say("what is wrong?")[-1]["outcome"] == "answered"
    assert control_plane.poll() is None and stage.process(CONTROL_PLANE) is control_plane


def check_the_advisor_dies_while_its_change_is_written(stage: Stage) -> None:
    before = stage.deployment()
    with paused_at(stage, "sending") as chat:
        stage.kill("hks-ai-ops")
    events = chat.result()
    check_the_user_saw_one_end(events)
    assert check_the_change_is_truthful(stage, before, events).states == ["executed"]
    check_the_next_advisor_serves(stage)


def check_everything_dies_at(stage: Stage, point: str, kill, start_again) -> None:
    """As by a power cut: the control plane and the cluster under it."""
    before = stage.deployment()
    turn = die_in_a_chat(stage, point)
    kill()
    process = stage.begin_control_plane()  # before the cluster is there
    start_again()
    stage.system.wait_for(CONTROL_PLANE)
    assert process.process.poll() is None
    account = Account(stage, turn)
    assert account.states == ["executed"]
    check_acted_at_most_once(stage, before, account)
