"""GET .../findings: what is wrong with what a user may read, without a chat; and what an advisor may say of it."""
import contextlib
import json
import threading

import pytest

from support.people import Person, connect, named, read_events, request
from support.stage import Stage, eventually

FINDINGS = "/api/v1/workspaces/shop/findings"
PASSWORD = "correct horse battery"


def objects(findings: list) -> set:
    return {one["object"]["name"] for one in findings}


def once_crashed(person) -> dict:
    """What is found once checkout crashes again and again, which takes a new cluster a moment."""
    def look():
        found = person.get(FINDINGS)
        return found if ("checkout", "critical") in {(one["object"]["name"], one["severity"]) for one in found["findings"]} else None
    return eventually(look, every=0.5, seconds=60)


def events_of(person, path: str = FINDINGS) -> list:
    status, headers, text = request(person.address, "GET", path, token=person.token, headers={"Accept": "text/event-stream"})
    assert status == 200 and headers["Content-Type"] == "text/event-stream", text
    return list(read_events(text.encode().splitlines(keepends=True)))


def problem_of(person, path: str = FINDINGS, accept: str = "application/json") -> dict:
    status, _, problem = request(person.address, "GET", path, token=person.token, headers={"Accept": accept})
    assert status == problem["status"] >= 400, problem
    return problem


# --- what is found ---

def test_what_is_wrong_is_found_with_its_evidence(whole):
    found = once_crashed(whole.person("erin"))
    assert found["workspace"] == "shop" and found["version"] and "skipped" not in found
    assert found["checked"]["objects"] > found["checked"]["workloads"] > 5
    about = [one for one in found["findings"] if one["object"]["name"] == "checkout"]
    assert any("5433" in one["title"] for one in about)
    assert {one["kind"] for finding in about for one in finding["evidence"]} >= {"field", "log"}, "its log was read"
    assert not {"seq", "turn_id", "at"} & about[0].keys()


def test_as_events_they_come_one_by_one_and_end_once(whole):
    erin = whole.person("erin")
    events = events_of(erin)
    names = [event["event"] for event in events]
    assert names[-2:] == ["checked", "done"] and set(names[:-2]) == {"finding"}
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert len({event["turn_id"] for event in events}) == 1 and events[-1]["outcome"] == "answered"
    bare = [{name: value for name, value in one.items() if name not in ("event", "seq", "turn_id", "at")} for one in named(events, "finding")]
    assert objects(bare) == objects(erin.get(FINDINGS)["findings"])


def test_of_one_object_one_severity_one_project(whole):
    vic = whole.person("vic")
    everything = once_crashed(vic)["findings"]
    about = vic.get(f"{FINDINGS}?object=Deployment/checkout")
    assert "checkout" in objects(about["findings"]) and len(about["findings"]) < len(everything)
    pod = next(name["name"] for name in vic.get("/api/v1/workspaces/shop/names")["names"]
               if name["kind"] == "Pod" and name["name"].startswith("checkout-"))
    assert "checkout" in objects(vic.get(f"{FINDINGS}?object=Pod/{pod}&project=shop")["findings"])
    assert vic.get(f"{FINDINGS}?object=Deployment/web")["findings"] == []
    critical = vic.get(f"{FINDINGS}?severity=critical")["findings"]
    assert critical and {one["severity"] for one in critical} == {"critical"} and len(critical) < len(everything)
    assert objects(vic.get(f"{FINDINGS}?project=shop")["findings"]) == objects(everything)


@pytest.mark.parametrize("query, said", [("?project=%2e%2e", "query project"), ("?object=web", "Deployment/web"), ("?severity=bad", "critical, warning, info"),
                                         ("?namespace=shop", "project, object, severity"), ("?project=", "query project")])
def test_a_query_that_is_wrong_is_told_how(whole, query, said):
    problem = problem_of(whole.person("erin"), FINDINGS + query)
    assert problem["status"] == 400 and problem["code"] == "invalid_argument" and said in problem["detail"]


def test_nothing_of_it_is_remembered_but_the_turn(whole):
    erin = whole.person("erin")
    conversations = erin.get("/api/v1/workspaces/shop/conversations")
    turn = events_of(erin)[0]["turn_id"]
    assert erin.get("/api/v1/workspaces/shop/conversations") == conversations
    assert whole.database("SELECT kind, message, commands, outcome FROM turns WHERE id = ?", turn) == [("read", "", "[]", "answered")]
    entries = [entry["kind"] for entry in whole.person("ada").audit() if entry.get("turn") == turn]
    assert entries == ["turn.closed", "turn.opened"]


# --- who may read it ---

@pytest.fixture(scope="module")
def two_projects(tmp_path_factory):
    """Workspace shop has the projects shop and globex."""
    with Stage(tmp_path_factory.mktemp("projects")) as stage:
        stage.seed.write_text(stage.seed.read_text().replace('projects = ["shop"]', 'projects = ["shop", "globex"]'))
        stage.start_whole()
        eventually(lambda: {"checkout", "globex-web"} <= {one["name"] for one in stage.person("erin").get("/api/v1/workspaces/shop/names")["names"]})
        yield stage


def member(stage, name: str, role: str, permissions: list = None, **binding) -> Person:
    """A user of demo with that one role, which is made first when it has `permissions`."""
    ada = stage.person("ada")
    made = [("/api/v1/organizations/demo/users", {"name": name, "password": PASSWORD}), ("/api/v1/workspaces/shop/members", {"user": name, "role": role, **binding})]
    if permissions:
        made.insert(0, ("/api/v1/organizations/demo/roles", {"name": role, "permissions": permissions}))
    for path, body in made:
        status, reply = ada.ask("POST", path, body)
        assert status == 201, reply
    return Person(stage.public, name, PASSWORD)


def test_a_viewer_of_one_project_hears_of_that_one(two_projects):
    person = member(two_projects, "half", "viewer", project="globex")
    found = person.get(FINDINGS)
    assert "checkout" not in json.dumps(found)
    assert found["checked"]["objects"] < two_projects.person("erin").get(FINDINGS)["checked"]["objects"]
    for hidden, absent in (("?project=shop", "?project=no-such"), ("?object=Deployment/checkout", "?object=Deployment/no-such")):
        told = [problem_of(person, FINDINGS + query) for query in (hidden, absent)]
        assert [one.pop("request_id") and one["status"] for one in told] == [404, 404]
        assert told[0] == told[1], "what is hidden looks like what is not there"


def test_findings_of_one_project_are_without_the_others(two_projects):
    erin = two_projects.person("erin")
    once_crashed(erin)
    assert "checkout" in objects(erin.get(f"{FINDINGS}?project=shop")["findings"])
    assert "checkout" not in objects(erin.get(f"{FINDINGS}?project=globex")["findings"])


def test_without_logs_the_findings_come_still_and_say_so(two_projects):
    found = once_crashed(member(two_projects, "deaf", "listener", ["objects.read", "events.read"]))
    assert any("checkout" in one and "You may not read logs" in one for one in found["skipped"]), found["skipped"]
    assert not any(one["kind"] == "log" for finding in found["findings"] for one in finding["evidence"])


def test_who_may_read_no_objects_is_told_that(two_projects):
    problem = problem_of(member(two_projects, "blind", "eavesdropper", ["logs.read"]))
    assert problem["status"] == 403 and problem["reason"]["code"] == "missing_permission" and "objects.read" in problem["detail"]


def test_another_organization_finds_none_of_it(whole):
    gus = whole.person("gus")
    assert problem_of(gus)["status"] == 404
    own = "/api/v1/workspaces/globex/findings"
    assert "checkout" not in json.dumps(gus.get(own))
    told = [problem_of(gus, f"{own}?object={name}") for name in ("Deployment/checkout", "Deployment/no-such")]
    assert told[0]["status"] == 404 and told[0]["detail"] == told[1]["detail"]


# --- an advisor that is away, slow, or not to be believed ---

@contextlib.contextmanager
def finding(played, script):
    before, played.advisor.find = played.advisor.find, script
    try:
        yield
    finally:
        played.advisor.find = before
    played.advisor.finish()


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_an_advisor_that_is_away_is_a_problem_in_either_form(mortal, accept):
    mortal.kill("hks-ai-ops")
    try:
        problem = problem_of(mortal.person("erin"), accept=accept)
    finally:
        mortal.start_again("hks-ai-ops")
    assert problem["status"] == 503 and problem["code"] == "unavailable" and "advisor" in problem["detail"]


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_a_client_that_hangs_up_closes_its_turn(played, accept):
    turns, gone = [], threading.Event()

    def wait(turn):
        turns.append(turn.body["turn"])
        turn.wait_for_hang_up()
        gone.set()
    with finding(played, wait):
        connection = connect(played.public)
        connection.request("GET", FINDINGS, headers={"Authorization": f"Bearer {played.person('erin').token}", "Accept": accept})
        eventually(lambda: turns)
        connection.close()
        assert gone.wait(20), "the advisor's work ends"
    eventually(lambda: played.database("SELECT outcome FROM turns WHERE id = ?", turns[0]) == [("cut",)])
    assert played.metric("hks_turns_open") == 0


def test_a_read_turns_token_runs_no_operation(played):
    answers, turns = [], []

    def script(turn):
        turns.append(turn)
        answers.extend([turn.scale("web", 5), turn.call("GET", "/internal/v1/workspaces/shop/snapshot")])
        turn.send("checked", version="1", objects=1, workloads=1, skipped=[])
    with finding(played, script):
        assert played.person("erin").get(FINDINGS)["findings"] == []
    (refused, problem), (read, _) = answers
    assert refused == 403 and problem["reason"]["code"] == "read_turn" and read == 200 and played.replicas("web") == 3
    assert turns[0].call("GET", "/internal/v1/workspaces/shop/snapshot")[0] == 401, "it is dead with its answer"


def test_the_advisor_is_asked_for_what_the_user_asks_for(played):
    asked = []

    def script(turn):
        asked.append(turn.body)
        turn.send("checked", version="1", objects=1, workloads=1, skipped=[])
    with finding(played, script):
        played.person("erin").get(f"{FINDINGS}?severity=warning&object=Deployment/web&project=shop")
    assert asked[0].pop("turn")
    assert asked == [{"project": "shop", "object": {"kind": "Deployment", "name": "web"}, "severity": "warning"}]


GOOD = {"id": "F1", "severity": "critical", "object": {"project": "shop", "kind": "Deployment", "name": "web"}, "title": "it is broken",
        "evidence": [{"id": "E1", "kind": "field", "ref": "Deployment/web spec", "text": "x"}], "causes": []}
CHECKED = {"version": "1", "objects": 1, "workloads": 1, "skipped": []}


def frame(event: str, data) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (event.encode(), json.dumps(data).encode())


LAST = frame("checked", CHECKED)
LIES = {"nothing": b"", "no last word": frame("finding", GOOD), "no frames": b"<html>\n\n", "no JSON": b"event: finding\ndata: <html>\n\n" + LAST,
        "another shape": frame("finding", []) + LAST, "no evidence": frame("finding", {**GOOD, "evidence": None}) + LAST,
        "evidence of numbers": frame("finding", {**GOOD, "evidence": [1, 2]}) + LAST, "no object": frame("finding", {**GOOD, "object": {}}) + LAST,
        "a severity of its own": frame("finding", {**GOOD, "severity": "apocalyptic"}) + LAST, "words": frame("delta", {"text": "approve it"}) + LAST,
        "a count below zero": frame("checked", {**CHECKED, "objects": -1}), "a frame without end": b"data: " + b"x" * 100_000,
        "an operation": frame("operation", {"operation": "scale", "state": "executed"}) + LAST, "an end": frame("done", {"outcome": "executed"}) + LAST,
        "its own error": frame("error", {"code": "x", "text": "\x1b[2Jno \u202ecluster"})}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_what_a_hijacked_advisor_finds_is_checked(played, lie):
    with finding(played, lambda turn: turn.send_bytes(lie) if lie else None):
        problem = problem_of(played.person("erin"))
        assert problem["status"] == 503 and problem["code"] == "unavailable" and problem["detail"].isprintable()
    with finding(played, lambda turn: turn.send_bytes(frame("finding", GOOD) + lie)):
        events = events_of(played.person("erin"))
    assert {event["event"] for event in events} <= {"finding", "checked", "error"}
    assert events[-1]["event"] == "error" and events[-1]["code"] == "advisor_failed", "exactly one end, and no good one"
    assert named(events, "finding")[0]["title"] == GOOD["title"]


LATE = frame("error", {"code": "deadline", "text": "It took too long and was stopped."})


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_an_advisor_that_took_too_long_is_504(played, accept):
    """As the contract says; it was 503 once."""
    with finding(played, lambda turn: turn.send_bytes(LATE)):
        problem = problem_of(played.person("erin"), accept=accept)
    assert problem["status"] == 504 and problem["code"] == "deadline" and "too long" in problem["detail"]


def test_an_advisor_that_took_too_long_in_its_midst_ends_the_stream_so(played):
    with finding(played, lambda turn: turn.send_bytes(frame("finding", GOOD) + LATE)):
        events = events_of(played.person("erin"))
    assert [event["event"] for event in events] == ["finding", "error"] and events[-1]["code"] == "deadline"
    with finding(played, lambda turn: turn.send_bytes(frame("finding", GOOD) + LATE)):
        assert problem_of(played.person("erin"))["status"] == 504


def test_a_forged_operation_among_findings_is_dropped_and_audited(played):
    forged = frame("operation", {"operation": "scale", "state": "executed", "before": {}, "after": {"replicas": 0}})
    with finding(played, lambda turn: turn.send_bytes(frame("finding", GOOD) + forged + LAST)):
        events = events_of(played.person("erin"))
    assert [event["event"] for event in events] == ["finding", "checked", "error"]
    entry = played.person("ada").last_audited("stream.dropped")
    assert entry["turn"] == events[0]["turn_id"] and entry["reason"] == "forged_operation"


def test_only_known_members_and_visible_text_come_through(played):
    said = {**GOOD, "title": "a\x1b[2J\u202eb", "html": "<script>", "seq": 900, "turn_id": "x"}
    with finding(played, lambda turn: turn.send_bytes(frame("finding", said) + LAST)):
        assert played.person("erin").get(FINDINGS)["findings"] == [{**GOOD, "title": "a[2Jb"}]


def test_a_user_with_as_many_open_turns_as_may_be_is_held_back(played):
    limit, release, turns = 16, threading.Event(), []

    def wait(turn):
        turns.append(turn)
        assert release.wait(60)
        turn.send("checked", **CHECKED)
    statuses: list = []
    with finding(played, wait):
        vic = played.person("vic")
        asking = [threading.Thread(target=lambda: statuses.append(vic.ask("GET", FINDINGS)[0])) for _ in range(limit)]
        try:
            for thread in asking:
                thread.start()
            eventually(lambda: len(turns) == limit)
            status, headers, problem = request(played.public, "GET", FINDINGS, token=vic.token)
        finally:
            release.set()
            for thread in asking:
                thread.join()
    assert status == 429 and problem["code"] == "rate_limited" and int(headers["Retry-After"]) >= 1
    assert statuses == [200] * limit
