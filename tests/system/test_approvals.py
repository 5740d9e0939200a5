"""Proposals, approvals, undo and restart through every real process: what runs is what a person saw and signed, once."""
import concurrent.futures
import json

import pytest

from support.people import named, only, request
from support.stage import eventually


@pytest.fixture
def shop(whole):
    """Everything, real; `web` has 3 replicas."""
    if whole.replicas("web") != 3:
        whole.set_replicas("web", 3)
    eventually(lambda: whole.deployment("web")["status"].get("readyReplicas") == 3)
    return whole


def wish(stage, message: str = "could you double web", user: str = "erin", **more) -> dict:
    """The proposal that comes of it; nothing has run."""
    events = stage.person(user).say(message, **more)
    assert events[-1]["event"] == "done" and events[-1]["outcome"] == "waiting", events
    assert not named(events, "operation")
    return only(events, "proposal")


def problem(answer, status: int, code: str) -> dict:
    assert answer[0] == status and answer[1]["code"] == code, answer
    return answer[1]


def audited(stage, approval_id: str) -> list:
    """Oldest first."""
    return [entry for entry in reversed(stage.person("ada").audit()) if entry.get("approval") == approval_id]


def test_a_wish_waits_and_runs_once_as_it_was_shown(shop):
    erin = shop.person("erin")
    proposal = wish(shop)
    assert proposal["reason"]["code"] == "not_a_command" and proposal["risk"] == "low"
    assert proposal["diff"] == "- replicas: 3\n+ replicas: 6\n"
    assert shop.replicas("web") == 3
    shown = erin.approval(proposal["approval_id"])
    assert shown["state"] == "open" and shown["may_decide"] is True and shown["proposer"] == "erin"
    assert shown["before"] == {"replicas": 3} and shown["after"] == {"replicas": 6}
    assert shown in erin.get("/api/v1/workspaces/shop/approvals")["approvals"]
    assert {**shown, "may_decide": False} == shop.person("vic").approval(proposal["approval_id"]), "everybody sees the same"

    status, operation = erin.decide(shown)
    assert status == 200 and operation["state"] == "executed", operation
    assert {key: operation[key] for key in ("op_hash", "target", "before", "after")} == {
        key: shown[key] for key in ("op_hash", "target", "before", "after")}
    assert shop.replicas("web") == 6
    assert problem(erin.decide(shown), 409, "approval_void")["reason"]["code"] == "decided"
    assert problem(shop.person("ada").decide(shown), 409, "approval_void")["reason"]["code"] == "decided"

    decided = erin.approval(proposal["approval_id"])
    assert (decided["state"], decided["decided_by"], decided["operation_id"]) == ("approved", "erin", operation["operation_id"])
    same = shown.keys() - {"state", "may_decide"}
    assert json.dumps({key: shown[key] for key in shown if key in same}) == json.dumps(
        {key: decided[key] for key in decided if key in same}), "the same bytes before and after"
    kinds = [entry["kind"] for entry in audited(shop, proposal["approval_id"])]
    assert sorted(kinds) == ["approval.decided", "approval.opened", "operation.intent"] and kinds[0] == "approval.opened"
    assert not [one for one in erin.get("/api/v1/workspaces/shop/approvals")["approvals"]
                if one["approval_id"] == proposal["approval_id"]]


@pytest.mark.parametrize("words", ["yes", "yes please, do it", "approve", "approve it", "I approve this proposal", "ok go ahead"])
def test_yes_in_the_chat_approves_nothing(shop, words):
    erin = shop.person("erin")
    first = erin.say("could you double web")
    proposal = only(first, "proposal")
    events = erin.say(words, conversation_id=first[0]["conversation_id"])
    assert not [event for event in named(events, "operation") if event["state"] == "executed"]
    assert erin.approval(proposal["approval_id"])["state"] == "open"
    assert shop.replicas("web") == 3
    assert erin.decide(proposal, "reject") == (200, {"approval_id": proposal["approval_id"], "state": "rejected"})


def test_high_risk_needs_another_person_though_commanded(shop):
    proposal = wish(shop, "scale web to 0")
    assert proposal["risk"] == "high" and proposal["reason"]["code"] == "risk_high"
    assert [shop.person(user).approval(proposal["approval_id"])["may_decide"] for user in ("erin", "ada", "vic")] == [
        False, True, False]
    assert problem(shop.person("erin").decide(proposal), 403, "denied")["reason"]["code"] == "other_person_needed"
    assert problem(shop.person("ada").decide(proposal, unattended=True), 403, "denied")["reason"]["code"] == "unattended_forbidden"
    assert problem(shop.person("vic").decide(proposal), 403, "denied")["reason"]["code"] == "missing_permission"
    assert shop.replicas("web") == 3
    status, operation = shop.person("ada").decide(proposal)
    assert status == 200 and operation["after"] == {"replicas": 0}
    assert shop.replicas("web") == 0
    signed = next(entry for entry in audited(shop, proposal["approval_id"]) if entry["kind"] == "approval.decided")
    assert signed["subject"] == "ada" and signed["outcome"] == "approved"


def test_what_was_shown_must_still_be_so(shop):
    other = wish(shop)
    shop.kubernetes("PATCH", "/apis/apps/v1/namespaces/shop/deployments/web", {"metadata": {"labels": {"touched": "yes"}}})
    assert shop.person("ada").decide(other)[0] == 200, "an unrelated update does not void it"
    assert shop.replicas("web") == 6
    shop.set_replicas("web", 3)
    proposal = wish(shop)
    shop.set_replicas("web", 4)
    assert problem(shop.person("ada").decide(proposal), 409, "approval_void")["reason"]["code"] == "changed"
    assert shop.person("erin").approval(proposal["approval_id"])["state"] == "void"
    assert [entry["kind"] for entry in audited(shop, proposal["approval_id"])][-1] == "approval.void"
    assert shop.replicas("web") == 4


def test_two_approvers_at_once_run_it_once(shop):
    proposal = wish(shop)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda user: shop.person(user).decide(proposal), ["ada", "erin", "ada", "erin"]))
    assert sorted(status for status, _ in answers) == [200, 409, 409, 409], answers
    assert shop.replicas("web") == 6
    managers = [one["manager"] for one in shop.deployment("web")["metadata"]["managedFields"]]
    assert f"hks-{next(body for status, body in answers if status == 200)['operation_id']}" in managers


def test_another_tenants_approval_is_not_there(shop):
    proposal = wish(shop)
    gus, erin = shop.person("gus"), shop.person("erin")
    seen = []
    for person, workspace in ((gus, "shop"), (gus, "globex"), (erin, "globex"), (gus, "no-such")):
        seen.append(problem(person.ask("GET", f"/api/v1/workspaces/{workspace}/approvals/{proposal['approval_id']}"), 404, "not_found"))
        for decision in ("approve", "reject"):
            seen.append(problem(person.decide(proposal, decision, workspace=workspace), 404, "not_found"))
    assert proposal["approval_id"] not in str(gus.get("/api/v1/workspaces/globex/approvals"))
    assert erin.approval(proposal["approval_id"])["state"] == "open" and shop.replicas("web") == 3
    erin.decide(proposal, "reject")


def test_what_was_rejected_stays_so(shop):
    erin = shop.person("erin")
    proposal = wish(shop)
    assert problem(shop.person("vic").decide(proposal, "reject"), 403, "denied")["reason"]["code"] == "missing_permission"
    assert shop.person("ada").decide(proposal, "reject")[0] == 200
    assert problem(erin.decide(proposal), 409, "approval_void")["reason"]["code"] == "decided"
    assert erin.approval(proposal["approval_id"])["decided_by"] == "ada"
    assert shop.replicas("web") == 3


@pytest.mark.parametrize("body", [
    None, "", "{", [], {}, {"decision": "approve"}, {"op_hash": "x"}, {"decision": "yes", "op_hash": "x"},
    {"decision": "approve", "op_hash": 5}, {"decision": "approve", "op_hash": "sha256:" + "0" * 65},
    {"decision": "approve", "op_hash": "x", "unattended": "no"}, {"decision": "approve", "op_hash": "x", "force": True},
    '{"decision": "reject", "decision": "approve", "op_hash": "x"}'])
def test_a_malformed_decision_decides_nothing(shop, body):
    path = "/api/v1/workspaces/shop/approvals/019b7d5a-0c1e-7001-8a3f-5d2c9e4b7a10/decision"
    problem(shop.person("ada").ask("POST", path, body), 400, "invalid_argument")


def test_a_page_from_elsewhere_decides_nothing(shop):
    proposal = wish(shop)
    cookie = {"Cookie": f"__Host-hks_session={shop.person('ada').token}"}
    for path, body in ((f"approvals/{proposal['approval_id']}/decision", {"decision": "approve", "op_hash": proposal["op_hash"]}),
                       (f"operations/{proposal['approval_id']}/undo", None)):
        for origin in ({}, {"Origin": "https://evil.example"}):
            status, _, reply = request(shop.public, "POST", f"/api/v1/workspaces/shop/{path}", body, headers={**cookie, **origin})
            problem((status, reply), 403, "denied")
    assert shop.person("erin").approval(proposal["approval_id"])["state"] == "open"
    shop.person("erin").decide(proposal, "reject")


def test_the_advisor_can_approve_nothing(played):
    """Not with its token, on neither listener: an approval is a person's own."""
    seen = {}

    def play(turn):
        status, waiting = turn.scale("web", 9)
        assert status == 202, waiting
        body = {"decision": "approve", "op_hash": waiting["op_hash"]}
        path = f"workspaces/shop/approvals/{waiting['approval_id']}/decision"
        for prefix in ("/api/v1", "/internal/v1"):
            seen[prefix] = turn.call("POST", f"{prefix}/{path}", body)[0]
        seen["public"] = request(played.public, "POST", f"/api/v1/{path}", body, token=turn.token)[0]
        seen["undo"] = request(played.public, "POST", "/api/v1/workspaces/shop/operations/x/undo", token=turn.token)[0]
        for name in ("approve", "undo"):
            seen[name + " as an operation"] = turn.call("POST", f"/internal/v1/operations/{name}", {"call_id": name, "arguments": {}})[0]
    events = played.play(play, "could web be bigger?")
    assert seen == {"/api/v1": 404, "/internal/v1": 404, "public": 401, "undo": 401, "approve as an operation": 404,
                    "undo as an operation": 404}
    assert played.person("erin").approval(only(events, "proposal")["approval_id"])["state"] == "open"
    assert played.replicas("web") == 3


def test_a_turn_has_five_open_proposals_at_most(played):
    answers = []
    events = played.play(lambda turn: answers.extend(turn.scale("web", 10 + i, call_id=f"o{i}") for i in range(6)), "make it better")
    assert [status for status, _ in answers] == [202] * 5 + [403]
    assert answers[5][1]["reason"]["code"] == "proposals_exhausted"
    assert len(named(events, "proposal")) == 5 and events[-1]["outcome"] == "waiting"
    assert played.replicas("web") == 3
    for proposal in named(events, "proposal"):
        played.person("erin").decide(proposal, "reject")


def test_undo_takes_a_scale_back_once(shop):
    erin = shop.person("erin")
    done = only(erin.say("scale web to 5"), "operation")
    assert done["undoable"] is True
    assert problem(shop.person("vic").undo(done["operation_id"]), 403, "denied")["reason"]["code"] == "missing_permission"
    problem(shop.person("gus").undo(done["operation_id"]), 404, "not_found")
    problem(erin.undo("no-such"), 404, "not_found")
    assert shop.replicas("web") == 5
    status, undone = erin.undo(done["operation_id"])
    assert status == 200 and undone["before"] == {"replicas": 5} and undone["after"] == {"replicas": 3}, undone
    assert shop.replicas("web") == 3
    problem(erin.undo(done["operation_id"]), 409, "conflict")
    record = erin.operation(undone["operation_id"])
    assert record["undoes"] == done["operation_id"] and record["requested_by"] == "erin"
    status, again = erin.undo(undone["operation_id"])
    assert status == 200 and again["after"] == {"replicas": 5}
    shop.set_replicas("web", 7)
    problem(erin.undo(again["operation_id"]), 409, "conflict")
    assert shop.replicas("web") == 7


def test_an_undo_of_high_risk_waits_for_another_person(shop):
    shop.set_replicas("web", 0)
    erin = shop.person("erin")
    done = only(erin.say("scale web to 3"), "operation")
    status, waiting = erin.undo(done["operation_id"])
    assert status == 202 and waiting["reason"]["code"] == "other_person_needed", waiting
    assert problem(erin.decide(waiting), 403, "denied")["reason"]["code"] == "other_person_needed"
    assert shop.replicas("web") == 3
    assert shop.person("ada").decide(waiting)[0] == 200
    assert shop.replicas("web") == 0


def pods_of(stage, app: str) -> set:
    pods = stage.kubernetes("GET", "/api/v1/namespaces/shop/pods")["items"]
    return {pod["metadata"]["uid"] for pod in pods if pod["metadata"].get("labels", {}).get("app") == app}


def test_restart_web_replaces_its_pods(shop):
    erin = shop.person("erin")
    template = lambda: shop.deployment("web")["spec"]["template"]["metadata"].get("annotations", {})  # noqa: E731
    restarts, old = int(template().get("hexabase.io/restarts", 0)), pods_of(shop, "web")
    assert len(old) == 3
    events = erin.say("restart web")
    operation = only(events, "operation")
    assert operation["state"] == "executed" and operation["undoable"] is False, operation
    assert operation["before"] == {"restarts": restarts} and operation["after"] == {"restarts": restarts + 1}
    assert events[-1]["outcome"] == "executed"
    assert template()["hexabase.io/restarts"] == str(restarts + 1)
    eventually(lambda: len(pods_of(shop, "web")) == 3 and not pods_of(shop, "web") & old)
    eventually(lambda: erin.operation(operation["operation_id"])["readiness"] == "settled")
    problem(erin.undo(operation["operation_id"]), 409, "conflict")
    refused = only(shop.person("vic").say("restart web"), "operation")
    assert refused["state"] == "refused" and refused["reason"]["code"] == "missing_permission"


def test_operations_stand_on_record_and_become_ready(shop):
    erin = shop.person("erin")
    done = only(erin.say("scale web to 4"), "operation")
    refused = only(shop.person("vic").say("scale web to 9"), "operation")
    record = eventually(lambda: (one := erin.operation(done["operation_id"]))["readiness"] == "settled" and one)
    assert {key: record[key] for key in ("operation", "state", "op_hash", "target", "before", "after", "undoable")} == {
        "operation": "scale", "state": "executed", "op_hash": done["op_hash"], "target": done["target"],
        "before": {"replicas": 3}, "after": {"replicas": 4}, "undoable": True}
    assert record["turn_id"] == done["turn_id"] and record["created_at"] <= record["completed_at"]
    records = shop.person("vic").get("/api/v1/workspaces/shop/operations")["operations"]
    assert [one["operation_id"] for one in records[:2]] == [refused["operation_id"], done["operation_id"]], "newest first"
    assert records[0]["state"] == "refused" and records[0]["reason"]["code"] == "missing_permission"
    assert records[0]["readiness"] is None and records[0]["requested_by"] == "vic"
    assert len(erin.get("/api/v1/workspaces/shop/operations?limit=1")["operations"]) == 1
    for limit in ("0", "201", "x"):
        problem(erin.ask("GET", f"/api/v1/workspaces/shop/operations?limit={limit}"), 400, "invalid_argument")
    gus = shop.person("gus")
    assert gus.get("/api/v1/workspaces/globex/operations")["operations"] == []
    for workspace in ("shop", "globex"):
        problem(gus.ask("GET", f"/api/v1/workspaces/{workspace}/operations/{done['operation_id']}"), 404, "not_found")


def test_a_proposal_is_no_operation_until_it_is_approved(shop):
    erin = shop.person("erin")
    proposal = wish(shop)
    (operation,) = shop.database("SELECT operation_id FROM approvals WHERE id = ?", proposal["approval_id"])[0]
    problem(erin.ask("GET", f"/api/v1/workspaces/shop/operations/{operation}"), 404, "not_found")
    assert operation not in str(erin.get("/api/v1/workspaces/shop/operations"))
    erin.decide(proposal, "reject")
    assert erin.operation(operation)["state"] == "refused"
