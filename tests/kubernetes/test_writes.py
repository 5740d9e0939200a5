"""What goes to the API server when a change is made, whoever says what beside it."""
import typing

import pytest
import spare as spares

from support import people
from support.people import only

HEADERS = {"host", "accept", "user-agent", "authorization"}
OF_A_WRITE = HEADERS | {"content-type", "content-length"}


class Write(typing.NamedTuple):
    """How an operation is asked for, and what of the object it sends: where, in which form, and the spec."""
    kinds: tuple
    ask: typing.Callable
    spec: typing.Callable  # of the object as it was at first
    prepare: typing.Callable = lambda one: None
    subresource: str = ""
    form: str = "apply-patch+yaml"


def resources_of(first: dict) -> dict:
    (container,) = first["spec"]["template"]["spec"]["containers"]
    return {"template": {"spec": {"containers": [{"name": container["name"], "resources": {"requests": {"cpu": "20m"}}}]}}}


WRITES = {
    "scale": Write(("Deployment", "StatefulSet"), lambda one: one.scaled_to(1), lambda first: {"replicas": 1}, subresource="/scale"),
    "restart": Write(("DaemonSet", "Deployment", "StatefulSet"), lambda one: one.restarted(),
                     lambda first: {"template": {"metadata": {"annotations": {"hexabase.io/restarts": "1"}}}}),
    "rollback": Write(("Deployment",), lambda one: one.rolled_back(),
                      lambda first: {"template": without_nulls(first["spec"]["template"]) | {"$patch": "replace"}},
                      lambda one: one.release(), form="strategic-merge-patch+json"),
    "set-resources": Write(("DaemonSet", "Deployment", "StatefulSet"), lambda one: one.given_cpu(), resources_of,
                           form="strategic-merge-patch+json"),
}
CATALOGUE = [(operation, kind) for operation, write in WRITES.items() for kind in write.kinds]


def without_nulls(value):
    if isinstance(value, dict):
        return {key: without_nulls(one) for key, one in value.items() if one is not None}
    return [without_nulls(one) for one in value] if isinstance(value, list) else value


def catalogue(stage) -> list:
    listed = []
    stage.play(lambda turn: listed.extend(turn.call("GET", "/internal/v1/operations")[1]["operations"]), "what is wrong?")
    return listed


def test_the_catalogue_is_what_is_tried_here(tapped):
    assert {(row["name"], kind) for row in catalogue(tapped) for kind in row["kinds"]} == set(CATALOGUE)


@pytest.mark.parametrize("operation, kind", CATALOGUE)
def test_a_write_is_rehearsed_then_sent_with_the_version_the_uid_and_its_owner(tapped, operation, kind):
    how = WRITES[operation]
    with spares.spare(tapped, kind) as one:
        first = one.now()
        how.prepare(one)
        before = one.now()["metadata"]
        with tapped.tap.listening() as heard:
            status, answer = how.ask(one)
        owners = one.ours()
    assert status == 200 and answer["state"] == "executed", answer
    assert owners == [f"hks-{answer['operation_id']}"], "or a lost answer could not be told from a write that never came"
    rehearsal, write = [asked for asked in heard if asked.is_write()]
    owner = {"fieldManager": f"hks-{answer['operation_id']}"} | ({"force": "true"} if how.form.startswith("apply") else {})
    assert rehearsal.query == {**owner, "dryRun": "All"} and write.query == owner
    for asked in (rehearsal, write):
        assert (asked.method, asked.path, set(asked.headers)) == ("PATCH", one.path + how.subresource, OF_A_WRITE)
        assert asked.headers["content-type"] == f"application/{how.form}"
        api, named = ("autoscaling/v1", "Scale") if how.subresource else ("apps/v1", kind)
        assert asked.body == {"apiVersion": api, "kind": named, "spec": how.spec(first), "metadata": {
            "name": one.name, "namespace": "shop", "uid": before["uid"], "resourceVersion": before["resourceVersion"]}}


def template_of(one) -> dict:
    return without_nulls(one.now()["spec"]["template"])


def test_a_rollback_drops_what_the_later_version_added_and_its_undo_brings_it_back(tapped, spare):
    first = template_of(spare)
    spare.release()
    later = template_of(spare)
    status, operation = spare.rolled_back()
    assert status == 200 and operation["before"] != operation["after"], operation
    assert template_of(spare) == first
    spare.wait()
    assert spare.now()["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3"
    status, undone = spare.undone(operation)
    assert status == 200 and (undone["before"], undone["after"]) == (operation["after"], operation["before"]), undone
    assert template_of(spare) == later


def test_a_container_goes_with_a_rollback_and_the_second_gate_lets_none_come_with_its_undo(tapped, spare):
    first = template_of(spare)
    spare.release(containers=({"name": "later", "image": "registry.example/later:1"},))
    status, operation = spare.rolled_back()
    assert status == 200 and template_of(spare) == first, operation
    spare.wait()
    status, problem = spare.undone(operation)
    assert status == 502 and "what a rollback may" in problem["detail"], problem
    assert template_of(spare) == first


def test_set_resources_leaves_all_else_of_the_container_and_its_undo_takes_away_what_was_not_there(tapped, spare):
    first = template_of(spare)
    message = f"set memory limit of {spare.name} to 64Mi"
    status, operation = spare.asked("set-resources", message, memory_limit="64Mi")
    assert status == 200 and operation["before"] == {"memory_limit": "none"}, operation
    (container,) = template_of(spare)["spec"]["containers"]
    assert container["resources"] == {"requests": {"cpu": "10m"}, "limits": {"memory": "64Mi"}}
    status, undone = spare.undone(operation)
    assert status == 200 and undone["after"] == {"memory_limit": "none"}, undone
    after = template_of(spare)
    assert not after["spec"]["containers"][0]["resources"].pop("limits", None)
    assert after == first


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
