"""A call of the advisor that is wrong in any way is 400 and goes no further: the API server is asked nothing."""
import concurrent.futures
import json
import queue
import threading

import pytest

from support.people import named

GOOD = {"project": '"shop"', "kind": '"Deployment"', "name": '"web"', "replicas": "5"}  # as JSON


def body_of(arguments: dict, call_id: str = '"call_id":"o1"') -> str:
    return "{%s,%s}" % (call_id, '"arguments":{%s}' % ",".join(f'"{name}":{value}' for name, value in arguments.items()))


class Advisor:
    """Who has been told that erin commands "scale web to 5", and stays in that turn for as many calls as one may have."""
    CALLS = 90
    TURN_S = 120

    def __init__(self, stage):
        self.stage, self.left, self.chat = stage, 0, None

    def call(self, *asked):
        if self.left == 0:
            self.end()
            self.begin()
        self.left -= 1
        return self.turn.call(*asked)

    def begin(self) -> None:
        turns, self.ended = queue.Queue(), threading.Event()

        def play(turn):
            turns.put(turn)
            self.ended.wait(self.TURN_S)
        self.left, self.chat = self.CALLS, concurrent.futures.ThreadPoolExecutor(1).submit(self.stage.play, play, "scale web to 5")
        self.turn = turns.get(timeout=self.TURN_S)

    def end(self) -> None:
        if self.chat:
            self.ended.set()
            events = self.chat.result()
            assert not named(events, "proposal") and {event["state"] for event in named(events, "operation")} <= {"refused"}, events


@pytest.fixture(scope="module")
def advisor(tapped):
    one = Advisor(tapped)
    yield one
    one.end()


def check_goes_no_further(advisor, body, path: str = "/internal/v1/operations/scale", statuses=(400,), method: str = "POST") -> None:
    before = advisor.stage.deployment()["metadata"]["generation"]
    with advisor.stage.tap.listening() as heard:
        status, problem = advisor.call(method, path, body.encode() if body else None)
    assert status in statuses, problem
    assert not heard, "the API server was asked something"
    assert advisor.stage.deployment()["metadata"]["generation"] == before


# Names that could become another path

NAMES = [
    "", ".", "..", "/", "//", "../web", "..//web", "web/..", "web/scale", "web/../../pods/postgres-0", "../../../../api/v1/secrets",
    "%", "%2e%2e", "web%2f..", "web%2Fscale", "%252e%252e", "web%00", "web\u0000", "web\u0000/..",
    "web?dryRun=All", "web?force", "web&x=y", "web#x", "web;x", "web:x", "web\\..", "web\r\nX-Remote-User: a", "web\n", "\tweb",
    "web ", " web", "we b", "Web", "WEB", "w\u00e9b", "\uff57\uff45\uff42", "web\u200b", "web\u202e", "\u2024\u2024", "\uff0e\uff0e\uff0f",
    "web_1", "-web", "web-", ".web", "web.", "web..x", "web*", "*", "{name}", "$(web)", "a" * 254, "a" * 300, "web" * 9999]
OF_PROJECTS = [*NAMES[:-1], "a" * 64, "shop.shop", "shop/deployments/web/scale?x="]


def readable(name: str) -> str:
    return ascii(name[:30])


@pytest.mark.parametrize("name", NAMES, ids=readable)
def test_a_name_that_is_none_reaches_no_path(advisor, name):
    statuses = (400, 413) if len(name) > 9999 else (400,)
    check_goes_no_further(advisor, body_of(GOOD | {"name": json.dumps(name)}), statuses=statuses)


@pytest.mark.parametrize("name", OF_PROJECTS, ids=readable)
def test_a_project_that_is_none_reaches_no_path(advisor, name):
    check_goes_no_further(advisor, body_of(GOOD | {"project": json.dumps(name)}))


@pytest.mark.parametrize("kind", ["", "deployment", "deployments", "Pod", "Secret", "../Secret", "DaemonSet", "Deployment/scale", "Namespace"])
def test_a_kind_that_is_none_of_the_operations_reaches_no_path(advisor, kind):
    check_goes_no_further(advisor, body_of(GOOD | {"kind": json.dumps(kind)}))


@pytest.mark.parametrize("project", ["kube-system", "default", "hexabase", "globex", "no-such"])
def test_a_project_of_nobody_or_of_others_is_not_looked_at(advisor, project):
    call_id = '"call_id":"%s"' % project  # the refusal is kept as this call's answer
    check_goes_no_further(advisor, body_of(GOOD | {"project": json.dumps(project)}, call_id), statuses=(404,))


PATHS = [
    "operations/scale%2f..%2frestart", "operations/%2e%2e%2fworkspaces", "operations/..", "operations/scale/", "operations/Scale",
    "operations/scale%00", "operations/delete", "operations/", "operations/scale?as=system:admin#", "../api/v1/secrets"]


@pytest.mark.parametrize("path", PATHS)
def test_an_operation_that_is_none_reaches_no_path(advisor, path):
    check_goes_no_further(advisor, body_of(GOOD | {"replicas": "9.5"}), f"/internal/v1/{path}", statuses=(400, 404, 405))


READS = [
    "objects/Secret/shop/web", "objects/Deployment/shop/..", "objects/Deployment/shop/%2e%2e", "objects/Deployment/shop/web%2fscale",
    "objects/Deployment/%2e%2e/web", "objects/Deployment/kube-system/coredns", "objects/%2e%2e/shop/web",
    "logs?project=..&pod=postgres-0", "logs?project=kube-system&pod=x", "logs?project=shop&pod=..", "logs?project=shop&pod=",
    "logs?project=shop&pod=postgres-0%2f..", "logs?project=shop&pod=postgres-0%3fa=b",
    "logs?project=shop&pod=postgres-0&container=..", "logs?project=shop&pod=postgres-0&container=postgres%26previous%3dtrue",
    "logs?project=shop&pod=postgres-0&tail_lines=1%26follow=true", "logs?project=shop&pod=postgres-0&tail_lines=4294967297",
    "logs?project=shop&pod=postgres-0&tail_lines=-1"]


@pytest.mark.parametrize("path", READS)
def test_a_read_of_what_is_none_reaches_no_path(advisor, path):
    check_goes_no_further(advisor, None, f"/internal/v1/workspaces/shop/{path}", statuses=(400, 404), method="GET")


# Integers

NO_COUNTS = [
    "-1", "-2147483648", "-9223372036854775808", "1001", "2147483647", "2147483648", "4294967296", "4294967301", "9007199254740993",
    "9223372036854775807", "9223372036854775808", "18446744073709551616", "18446744073709551621", "1e400",
    "5.0", "1.0", "1.5", "5e0", "1e3", "0.5e1", "1E2", "-0.0", "05", "+5", "0x5", "5_0", "NaN", "Infinity",
    "null", "true", "false", '"5"', '""', '"five"', "[5]", "[]", "{}", '{"value":5}', ""]


@pytest.mark.parametrize("count", NO_COUNTS)
def test_what_is_no_count_of_replicas_is_400_and_never_cut_or_read_as_0(advisor, count):
    check_goes_no_further(advisor, body_of(GOOD | {"replicas": count}))


# Members


@pytest.mark.parametrize("missing", [*GOOD, "call_id", "arguments"])
def test_a_missing_member_is_400_and_never_read_as_0(advisor, missing):
    call = json.loads(body_of(GOOD))
    del (call["arguments"] if missing in GOOD else call)[missing]
    check_goes_no_further(advisor, json.dumps(call))


UNKNOWN = ["force", "dryRun", "namespace", "uid", "resourceVersion", "subresource", "patch", "Replicas", "replicas ", "op_hash", "user"]


@pytest.mark.parametrize("unknown", UNKNOWN)
def test_an_unknown_member_is_400(advisor, unknown):
    check_goes_no_further(advisor, body_of(GOOD | {unknown: "1"}))
    check_goes_no_further(advisor, body_of(GOOD, '"%s":1,"call_id":"o1"' % unknown))


TWICE = ['"replicas":5,"replicas":0', '"replicas":0,"replicas":5', '"replicas":5,"\\u0072eplicas":0', '"replicas":5,"replicas":5',
         '"replicas":5,"name":"cart"', '"replicas":5,"n\\u0061me":"cart"', '"replicas":5,"project":"shop"']


@pytest.mark.parametrize("twice", TWICE)
def test_a_member_that_stands_twice_is_400(advisor, twice):
    once = '{"call_id":"o1","arguments":{"project":"shop","kind":"Deployment","name":"web",%s}}'
    check_goes_no_further(advisor, once % twice)


NO_IDS = ['"call_id":"o1","call_id":"o2"', '"call_id":""', '"call_id":5', '"call_id":null', '"call_id":"%s"' % ("x" * 65)]


@pytest.mark.parametrize("call_id", NO_IDS)
def test_a_call_id_that_is_none_is_400(advisor, call_id):
    check_goes_no_further(advisor, body_of(GOOD, call_id))


NO_CALLS = ["", "null", "[]", "5", "{", body_of(GOOD) + "x", body_of(GOOD) * 2, body_of(GOOD)[:-1], "[" * 10000, "\ufeff" + body_of(GOOD)]


@pytest.mark.parametrize("body", NO_CALLS, ids=readable)
def test_what_is_no_call_is_400(advisor, body):
    check_goes_no_further(advisor, body)


def test_the_same_call_without_a_fault_runs(tapped):
    """So that nothing above was refused for another reason."""
    answers = []
    with tapped.tap.listening() as heard:
        tapped.play(lambda turn: answers.append(turn.call("POST", "/internal/v1/operations/scale", body_of(GOOD))), "scale web to 5", "ada")
    assert answers[0][0] == 200 and heard
    tapped.set_replicas("web", 3)
