"""What fails around a change: its answer is lost, its database cannot write, its cluster goes away. It is made once, and told truthfully."""
import concurrent.futures
import contextlib
import json
import os
import sqlite3
import subprocess

import pytest

from support import crashes, people
from support.people import only
from support.stage import Stage, eventually

# --- the same request twice ---


def moved(stage, before: dict) -> int:
    return stage.deployment()["metadata"]["generation"] - before["metadata"]["generation"]


def at_once(times: int, act) -> list:
    with concurrent.futures.ThreadPoolExecutor(times) as pool:
        return list(pool.map(lambda _: act(), range(times)))


def test_the_same_call_twice_at_once_acts_once(played):
    before, answers = played.deployment(), []

    def play(turn):
        answers.extend(at_once(4, lambda: turn.scale("web", 5)))
    events = played.play(play, "scale web to 5")
    assert [status for status, _ in answers] == [200] * 4
    assert all(body == answers[0][1] for _, body in answers)
    assert moved(played, before) == 1 and played.replicas("web") == 5
    assert only(events, "operation")["state"] == "executed"


def test_a_proposal_that_is_approved_by_several_at_once_runs_once(mortal):
    before = mortal.deployment()
    turn = mortal.person("erin").say(crashes.WISH)[0]["turn_id"]
    proposal = crashes.proposal_of(mortal, turn)
    answers = at_once(4, lambda: crashes.approve(mortal, proposal))
    assert sorted(status for status, _ in answers) == [200, 409, 409, 409], answers
    crashes.check_acted_at_most_once(mortal, before, crashes.Account(mortal, turn))
    assert mortal.replicas("web") == crashes.WISHED


def test_an_undo_that_is_asked_for_several_times_at_once_runs_once(mortal):
    erin, before = mortal.person("erin"), mortal.deployment()
    operation = only(erin.say(crashes.COMMAND), "operation")["operation_id"]
    path = f"{crashes.WORKSPACE}/operations/{operation}/undo"
    answers = at_once(4, lambda: people.request(mortal.public, "POST", path, token=erin.token)[::2])
    assert sorted(status for status, _ in answers) == [200, 409, 409, 409], answers
    assert moved(mortal, before) == 2 and mortal.replicas("web") == 3


def scale_and_hang_up(turn, until) -> None:
    """Asks as turn.scale does, and drops the connection once `until` holds; no answer is read."""
    body = {"call_id": "o1", "arguments": {"project": "shop", "kind": "Deployment", "name": "web", "replicas": 5}}
    connection = people.connect(turn.advisor.internal, turn.advisor.client_context)
    connection.request("POST", "/internal/v1/operations/scale", json.dumps(body),
                       {"Content-Type": "application/json", "Authorization": f"Bearer {turn.token}"})
    eventually(until)
    connection.sock.close()


@pytest.mark.parametrize("known", [False, True], ids=["before_its_intent", "after_its_intent"])
def test_a_call_whose_connection_broke_acts_once_when_asked_again(played, known):
    """The rehearsal and the write take long, so that the connection breaks in the one or in the other."""
    before, answers = played.deployment(), []

    def play(turn):
        played.kubernetes("POST", "/demo/v1/fail?path-prefix=/apis/apps/v1/namespaces/shop/deployments/web"
                                  "&method=PATCH&delay-ms=300&times=2")
        intents = lambda: played.database("SELECT 1 FROM operations WHERE turn = ?", turn.body["turn"])  # noqa: E731
        scale_and_hang_up(turn, intents if known else lambda: True)
        answers.extend([turn.scale("web", 5), turn.scale("web", 5)])
    try:
        events = played.play(play, "scale web to 5")
    finally:
        played.kubernetes("POST", "/demo/v1/fail")
    assert [status for status, _ in answers] == [200, 200] and answers[0][1] == answers[1][1]
    assert moved(played, before) == 1
    account = crashes.Account(played, events[0]["turn_id"])
    assert account.states == ["executed"]


# --- the database ---

DISK_BYTES = 48 << 20


@contextlib.contextmanager
def small_disk(image, folder):
    """A file system of its own, which can become full; False where none can be mounted."""
    folder.mkdir()
    commands = [["truncate", "-s", str(DISK_BYTES), image], ["mkfs.ext4", "-q", "-m", "0", "-O", "^has_journal", image],
                ["mount", "-o", "loop", image, folder]]
    mounted = os.geteuid() == 0 and all(subprocess.run(command, capture_output=True).returncode == 0 for command in commands)
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture(scope="module")
def disk_stage(tmp_path_factory):
    """The played advisor's stage, with its data on a disk of its own."""
    folder = tmp_path_factory.mktemp("disk")
    with small_disk(folder / "image", folder / "data") as mounted:
        with Stage(folder) as stage:
            stage.has_disk = mounted
            yield stage.start_with_played_advisor()


@pytest.fixture
def disk(disk_stage):
    disk_stage.revive()
    disk_stage.reset_web()
    return disk_stage


@contextlib.contextmanager
def locked(stage):
    file = stage.data / "control-plane.db"
    with contextlib.closing(sqlite3.connect(file, timeout=20, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


@contextlib.contextmanager
def full(stage):
    with contextlib.closing(sqlite3.connect(stage.data / "control-plane.db", timeout=20)) as other:
        emptied = lambda: other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0  # noqa: E731
        eventually(emptied)  # else the log has room of its own
    filler = stage.data / "filler"
    try:
        with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
        yield
    finally:
        filler.unlink()


@contextlib.contextmanager
def read_only(stage):
    files = [stage.data / f"control-plane.db{more}" for more in ("", "-wal")]
    subprocess.run(["chattr", "+i", *files], check=True)
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", *files], check=True)


TROUBLES = {"locked": locked, "full": full, "read_only": read_only}


@pytest.fixture(params=TROUBLES)
def trouble(request, disk_stage):
    if request.param != "locked" and not disk_stage.has_disk:
        pytest.skip("no disk can be mounted here")
    return TROUBLES[request.param]


def test_nothing_begins_while_the_database_cannot_write(disk, trouble):
    erin, body = disk.person("erin"), {"message": "scale web to 5"}
    with trouble(disk):
        status, headers, problem = people.request(disk.public, "POST", "/api/v1/workspaces/shop/ai/chat", body, token=erin.token)
        assert status == 503 and problem["code"] == "unavailable" and headers["Retry-After"]
        assert erin.get("/api/v1/me"), "what only reads goes on"
    assert disk.play(lambda turn: turn.send("delta", text="here"), "what is wrong?")[-1]["outcome"] == "answered"


def test_no_effect_without_its_intent(disk, trouble):
    before, answers = disk.deployment(), []

    def play(turn):
        with trouble(disk):
            answers.append(turn.scale("web", 5))
            assert moved(disk, before) == 0
        answers.append(turn.scale("web", 5))
    events = disk.play(play, "scale web to 5")
    (refused, problem), (status, _) = answers
    assert refused == 503 and problem["code"] == "unavailable"
    assert status == 200 and events[-1]["outcome"] == "executed"
    assert moved(disk, before) == 1
    assert crashes.Account(disk, events[0]["turn_id"]).states == ["executed"]


def test_a_turn_ends_though_the_database_cannot_write_any_more(disk, trouble):
    before, answers = disk.deployment(), []
    with contextlib.ExitStack() as lasting:
        def play(turn):
            lasting.enter_context(trouble(disk))
            answers.append(turn.scale("web", 5))
        crashes.check_the_user_saw_one_end(disk.play(play, "scale web to 5"))
        assert answers[0][0] == 503 and moved(disk, before) == 0
    assert disk.play(lambda turn: None, "what is wrong?")[-1]["outcome"] == "answered"


def test_a_completion_is_stored_when_the_database_can_write_again(disk, trouble):
    before, answers = disk.deployment(), []
    disk.restart(crashes.CONTROL_PLANE, HKS_PAUSE_AT="ended")
    log = disk.system.processes[crashes.CONTROL_PLANE].log
    failures = lambda: log.read_text().count("completion_not_stored")  # noqa: E731

    def play(turn):
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            answer = pool.submit(turn.scale, "web", 5)
            disk.wait_until_paused(crashes.CONTROL_PLANE)
            earlier = failures()
            with trouble(disk):
                disk.wake(crashes.CONTROL_PLANE)
                eventually(lambda: failures() > earlier)
                path = "/api/v1/workspaces/shop/operations"
                states = [one["state"] for one in disk.person("erin").get(path)["operations"] if one["turn_id"] == turn.body["turn"]]
                assert states == ["intended"]
            answers.append(answer.result())
    events = disk.play(play, "scale web to 5")
    assert answers[0][0] == 200
    crashes.check_a_change_was_made_once(disk, before, events)


# --- the cluster ---

def wait_until_kept(stage) -> None:
    """An API server keeps what it has answered; this one writes its objects down once a second."""
    kept = stage.data / "demo-cluster/objects.jsonl"
    version = lambda: stage.deployment()["metadata"]["resourceVersion"]  # noqa: E731
    eventually(lambda: f'"resourceVersion":"{version()}"' in kept.read_text())


@pytest.mark.parametrize("point", ["sending", "written"])
def test_the_cluster_dies_when_a_change_is(mortal, point):
    def kill():
        wait_until_kept(mortal)
        mortal.kill("hks-demo-cluster")
    crashes.check_the_cluster_dies_at(mortal, point, kill, lambda: mortal.start_again("hks-demo-cluster"))


def test_a_write_whose_answer_is_lost_is_made_once(mortal):
    crashes.check_a_lost_answer(mortal)


@pytest.mark.parametrize("ends", ["wakes", "dies"])
def test_the_cluster_hangs_in_the_write_and(mortal, ends):
    before = mortal.deployment()
    with crashes.paused_at(mortal, "sending") as chat:
        wait_until_kept(mortal)
        mortal.pause("hks-demo-cluster")
    rows = mortal.person("erin").get("/api/v1/workspaces/shop/operations")["operations"]
    assert rows[0]["state"] == "intended", "the write is on its way"
    if ends == "wakes":
        mortal.wake("hks-demo-cluster")
    else:
        mortal.restart("hks-demo-cluster")  # what it had not read is lost
    crashes.check_a_change_was_made_once(mortal, before, chat.result())
