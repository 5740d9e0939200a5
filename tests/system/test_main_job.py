"""The main job, through every real process."""
from support.people import named, only, text_of
from support.stage import eventually


def test_editor_scales_web_to_5(whole):
    events = whole.person("erin").say("scale web to 5")
    operation = only(events, "operation")
    assert operation["state"] == "executed"
    assert operation["before"] == {"replicas": 3} and operation["after"] == {"replicas": 5}
    assert events[-1]["event"] == "done" and events[-1]["outcome"] == "executed"
    assert whole.replicas("web") == 5
    eventually(lambda: whole.deployment("web")["status"].get("readyReplicas") == 5)

    entries = [entry for entry in whole.person("ada").audit() if entry.get("operation_id") == operation["operation_id"]]
    by_kind = {entry["kind"]: entry for entry in entries}
    intent, outcome = by_kind["operation.intent"], by_kind["operation.outcome"]
    assert intent["op_hash"] == outcome["op_hash"] == operation["op_hash"]
    assert intent["seq"] < outcome["seq"] == operation["audit_seq"]
    assert outcome["outcome"] == "executed"
    manager = f"hks-{operation['operation_id']}"
    assert manager in [field["manager"] for field in whole.deployment("web")["metadata"]["managedFields"]]


def test_readiness_is_followed_and_audited(whole):
    events = whole.person("erin").say("scale catalog to 2" if whole.replicas("web") == 4 else "scale web to 4")
    operation = only(events, "operation")

    def settled():
        return [entry for entry in whole.person("ada").audit()
                if entry["kind"] == "operation.settled" and entry.get("operation_id") == operation["operation_id"]]
    assert eventually(settled)[0]["outcome"] == "settled"


def test_viewer_gets_a_plain_permission_error(whole):
    before = whole.replicas("web")
    events = whole.person("vic").say("scale web to 7")
    operation = only(events, "operation")
    assert operation["state"] == "refused"
    assert operation["reason"]["code"] == "missing_permission"
    for words in ("You may not scale workloads in project shop", "workloads.scale", "viewer", "Nothing was changed", "ada, erin"):
        assert words in operation["reason"]["text"]
    assert "You may not scale" in text_of(events)
    assert events[-1] | {"outcome": "refused"} == events[-1]
    assert whole.replicas("web") == before
    denied = whole.person("ada").last_audited("operation.decision")
    assert denied["subject"] == "vic"
    assert denied["decision"]["effect"] == "deny"


def test_checkout_is_diagnosed_with_evidence_and_no_model(whole):
    eventually(lambda: "CrashLoopBackOff" in str(whole.kubernetes("GET", "/api/v1/namespaces/shop/pods")))

    def answer():
        events = whole.person("vic").say("why is checkout failing?")
        return events if any("5433" in finding["title"] for finding in named(events, "finding")) else None
    events = eventually(answer)
    cause = next(finding for finding in named(events, "finding") if "5433" in finding["title"])
    assert cause["object"]["name"] == "checkout"
    assert "DATABASE_URL" in cause["title"] and "5432" in cause["title"]
    assert cause["evidence"], "a finding without evidence"
    assert only(events, "usage")["model"] is None
    first = [event["event"] for event in events]
    assert first.index("finding") < first.index("delta")


def test_what_is_wrong_names_the_broken_workloads_only(whole):
    events = whole.person("erin").say("what is wrong?")
    names = {finding["object"]["name"] for finding in named(events, "finding") if finding["severity"] == "critical"}
    assert {"checkout", "report"} <= names
    assert not names & {"web", "payments-api", "orders-db", "postgres"}


def test_an_answer_without_a_stream_is_one_document(whole):
    from support.people import request
    erin = whole.person("erin")
    status, _, reply = request(whole.public, "POST", "/api/v1/workspaces/shop/ai/chat",
                               {"message": "what is wrong?", "stream": False}, token=erin.token)
    assert status == 200
    assert reply["events"][0]["event"] == "turn" and reply["events"][-1]["event"] == "done"
    assert [event["seq"] for event in reply["events"]] == list(range(1, len(reply["events"]) + 1))
