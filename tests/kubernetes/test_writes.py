"""What goes to the API server when a change is made, whoever says what beside it."""
import pytest
import spare as spares

from support import people
from support.people import only

HEADERS = {"host", "accept", "user-agent", "authorization"}
OF_A_WRITE = HEADERS | {"content-type", "content-length"}
SCALE = {"Deployment", "StatefulSet"}
RESTART = SCALE | {"DaemonSet"}
CATALOGUE = [("scale", kind) for kind in sorted(SCALE)] + [("restart", kind) for kind in sorted(RESTART)]


def catalogue(stage) -> list:
    listed = []
    stage.play(lambda turn: listed.extend(turn.call("GET", "/internal/v1/operations")[1]["operations"]), "what is wrong?")
    return listed


def test_the_catalogue_is_what_is_tried_here(tapped):
    assert {(row["name"], kind) for row in catalogue(tapped) for kind in row["kinds"]} == set(CATALOGUE)


@pytest.mark.parametrize("operation, kind", CATALOGUE)
def test_a_write_is_rehearsed_then_sent_with_the_version_the_uid_and_its_owner(tapped, operation, kind):
    with spares.spare(tapped, kind) as one:
        before = one.now()["metadata"]
        with tapped.tap.listening() as heard:
            status, answer = one.scaled_to(1) if operation == "scale" else one.restarted()
    assert status == 200 and answer["state"] == "executed", answer
    rehearsal, write = [asked for asked in heard if asked.is_write()]
    owner = {"fieldManager": f"hks-{answer['operation_id']}", "force": "true"}
    assert rehearsal.query == {**owner, "dryRun": "All"} and write.query == owner
    for asked in (rehearsal, write):
        path = one.path + ("/scale" if operation == "scale" else "")
        assert (asked.method, asked.path, set(asked.headers)) == ("PATCH", path, OF_A_WRITE)
        assert asked.headers["content-type"] == "application/apply-patch+yaml"
        changed = {"replicas": 1} if operation == "scale" else {"template": {"metadata": {"annotations": {"hexabase.io/restarts": "1"}}}}
        api, named = ("autoscaling/v1", "Scale") if operation == "scale" else ("apps/v1", kind)
        assert asked.body == {"apiVersion": api, "kind": named, "spec": changed, "metadata": {
            "name": one.name, "namespace": "shop", "uid": before["uid"], "resourceVersion": before["resourceVersion"]}}


# What others may put into the head of a request to us, in the hope that it is passed on.
FOREIGN = {
    "Impersonate-User": "system:admin", "Impersonate-Group": "system:masters", "Impersonate-Uid": "0", "Impersonate-Extra-Scopes": "all",
    "X-Remote-User": "system:admin", "X-Remote-Group": "system:masters", "X-Remote-Uid": "0", "X-Remote-Extra-Scopes": "all",
    "X-Forwarded-For": "203.0.113.7", "X-Forwarded-User": "system:admin", "Forwarded": "for=203.0.113.7", "X-Real-Ip": "203.0.113.7",
    "Connection": "Authorization, X-Remote-User", "Keep-Alive": "timeout=1", "Proxy-Authorization": "Bearer x", "Proxy-Connection": "close",
    "TE": "trailers", "Trailer": "X-Remote-User", "Upgrade": "h2c", "X-Http-Method-Override": "DELETE", "Cookie": "a=b",
    "Accept": "application/vnd.kubernetes.protobuf", "User-Agent": "kubectl", "Content-Encoding": "identity", "X-Test": "test"}


def test_nothing_of_an_inbound_head_reaches_the_api_server(tapped, spare):
    """Neither of the user's request nor of the advisor's."""
    pod = tapped.kubernetes("GET", "/api/v1/namespaces/shop/pods?labelSelector=app%3Dweb")["items"][0]["metadata"]["name"]

    def play(turn):
        arguments = {"project": "shop", "kind": "Deployment", "name": spare.name, "replicas": 1}
        status, _, answer = people.request(tapped.internal, "POST", "/internal/v1/operations/scale", {"call_id": "o1", "arguments": arguments},
                                           turn.token, FOREIGN, turn.advisor.client_context)
        assert status == 200, answer
        logs = f"/internal/v1/workspaces/shop/logs?project=shop&pod={pod}"
        assert people.request(tapped.internal, "GET", logs, None, turn.token, FOREIGN, turn.advisor.client_context)[0] == 200
    tapped.advisor.play = play
    with tapped.tap.listening() as heard:
        chat = "/api/v1/workspaces/shop/ai/chat"
        command = {"message": f"scale {spare.name} to 1"}
        status, _, reply = people.request(tapped.public, "POST", chat, command, tapped.person("ada").token, FOREIGN)
        assert status == 200, reply
        tapped.advisor.finish()
    assert len([asked for asked in heard if asked.is_write()]) == 2 and any(asked.path.endswith("/log") for asked in heard)
    for asked in heard:
        assert set(asked.headers) == (OF_A_WRITE if asked.is_write() else HEADERS), asked.headers
        assert asked.headers["user-agent"] == "hks-control-plane" and asked.headers["accept"] == "application/json"
    assert len({asked.headers["authorization"] for asked in heard}) == 1, "the control plane's own credential"
    assert spare.now()["spec"]["replicas"] == 1
