"""The object, or what stands around it, is another than it was when the change was decided on: read and decide again, never force.

Each other writer comes at one chosen moment: just before the control plane's next request reaches the API server.
"""
import functools

import pytest
import spare as spares

from support.api_server_tap import Asked
from support.stage import eventually


def real_writes(heard: list) -> list:
    return [asked for asked in heard if asked.is_for_real()]


def version_in(asked: Asked) -> str:
    return asked.body["metadata"]["resourceVersion"]


def check_failed(answer, status: int, code: str) -> None:
    """`code`: of the reason, where there is one."""
    assert answer[0] == status and answer[1].get("reason", answer[1])["code"] == code, answer


# Another writer of the object


def test_a_409_of_the_dry_run_is_planned_anew_on_what_another_has_written(tapped, spare):
    with tapped.tap.listening() as heard, tapped.tap.before(Asked.is_rehearsal, lambda: spare.scale(1)):
        status, operation = spare.scaled_to(2)
    assert status == 200 and operation["before"] == {"replicas": 1}, operation
    rehearsals = [asked for asked in heard if asked.is_rehearsal()]
    assert version_in(rehearsals[0]) != version_in(rehearsals[-1]) and spare.now()["spec"]["replicas"] == 2


def test_a_409_of_the_write_leaves_anothers_replicas_as_they_are(tapped, spare):
    with tapped.tap.listening() as heard, tapped.tap.before(Asked.is_for_real, lambda: spare.scale(1)):
        check_failed(spare.scaled_to(2), 409, "conflict")
    assert len(real_writes(heard)) == 1, "not sent again"
    assert spare.now()["spec"]["replicas"] == 1 and not spare.ours()


def test_a_409_of_the_write_is_sent_anew_on_the_version_read_anew_where_the_plan_holds(tapped, spare):
    with tapped.tap.listening() as heard, tapped.tap.before(Asked.is_for_real, lambda: spare.touch("theirs")):
        status, operation = spare.scaled_to(2)
    assert status == 200, operation
    first, second = real_writes(heard)
    assert first.body | {"metadata": {}} == second.body | {"metadata": {}} and version_in(first) != version_in(second)
    now = spare.now()
    assert now["spec"]["replicas"] == 2 and now["metadata"]["annotations"]["touched"] == "theirs"
    assert spare.ours() == [f"hks-{operation['operation_id']}"]


def test_an_object_that_never_stands_still_is_given_up(tapped, spare):
    times = iter(range(10))
    with tapped.tap.listening() as heard, tapped.tap.before(Asked.is_rehearsal, lambda: spare.touch(str(next(times))), times=3):
        status, problem = spare.scaled_to(2)
    assert status == 409 and problem["code"] == "conflict", problem
    assert not real_writes(heard) and spare.now()["spec"]["replicas"] == 0


# What stands around it


def autoscaler(name: str, kind: str = "Deployment") -> dict:
    target = {"apiVersion": "apps/v1", "kind": kind, "name": name}
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": name},
            "spec": {"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": 9}}


def budget(name: str, **more) -> dict:
    return {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": name},
            "spec": {"selector": {"matchLabels": {"app": name}}, **(more or {"minAvailable": 2})}}


def quota(name: str, **hard) -> dict:
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": name}, "spec": {"hard": hard}}


COLLECTIONS = {"HorizontalPodAutoscaler": "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers",
               "PodDisruptionBudget": "/apis/policy/v1/namespaces/shop/poddisruptionbudgets",
               "ResourceQuota": "/api/v1/namespaces/shop/resourcequotas", "LimitRange": "/api/v1/namespaces/shop/limitranges"}


@pytest.fixture
def put_up(tapped):
    """Puts up one object beside the target, as another writer does; taken down again."""
    made = []

    def put_up(one: dict) -> None:
        collection = COLLECTIONS[one["kind"]]
        tapped.kubernetes("POST", collection, one, kind="application/json")
        made.append(f"{collection}/{one['metadata']['name']}")
        if one["kind"] == "ResourceQuota":  # counted by its controller
            eventually(lambda: tapped.kubernetes("GET", made[-1])["status"].get("hard"))
    yield put_up
    for path in made:
        tapped.kubernetes("DELETE", path)


# code, what speaks against it, how many replicas there are and are asked for
GUARDS = {
    "an autoscaler that owns it": ("hpa_owned", lambda one, put: put(autoscaler(one.name)), 0, 2),
    "a disruption budget": ("pdb_violated", lambda one, put: put(budget(one.name)), 3, 1),
    "a disruption budget in percent": ("pdb_violated", lambda one, put: put(budget(one.name, maxUnavailable="33%")), 3, 1),
    "a quota of pods": ("quota_exceeded", lambda one, put: put(quota(one.name, pods="1")), 0, 2),
    "a quota of what its pods ask for": ("quota_exceeded", lambda one, put: put(quota(one.name, **{"requests.cpu": "5m"})), 0, 2),
    "a paused rollout": ("rollout_paused", lambda one, put: one.change({"spec": {"paused": True}}), 0, 2),
}


@pytest.mark.parametrize("name", GUARDS)
def test_it_speaks_against_a_change_before_anything_is_sent(tapped, put_up, name):
    code, speak, replicas, wanted = GUARDS[name]
    with spares.spare(tapped, replicas=replicas) as one:
        speak(one, put_up)
        with tapped.tap.listening() as heard:
            check_failed(one.scaled_to(wanted), 422, code)
        assert not [asked for asked in heard if asked.is_write()]
        assert one.now()["spec"]["replicas"] == replicas


@pytest.mark.parametrize("name", GUARDS)
def test_it_speaks_against_a_write_that_was_on_its_way(tapped, put_up, name):
    """It comes between the intent and the write, and the object moves, so that the write is refused with 409."""
    _, speak, replicas, wanted = GUARDS[name]

    def act():
        speak(one, put_up)
        one.touch()
    with spares.spare(tapped, replicas=replicas) as one:
        with tapped.tap.listening() as heard, tapped.tap.before(Asked.is_for_real, act):
            check_failed(one.scaled_to(wanted), 409, "conflict")
        assert len(real_writes(heard)) == 1
        assert one.now()["spec"]["replicas"] == replicas and not one.ours()


ANOTHERS = {"autoscaler": autoscaler("another"), "autoscaler of a StatefulSet": autoscaler("another", "StatefulSet"),
            "budget": budget("another"), "quota with room": quota("roomy", pods="1000")}


@pytest.mark.parametrize("another", ANOTHERS.values(), ids=ANOTHERS.keys())
def test_what_is_anothers_speaks_against_nothing(tapped, spare, put_up, another):
    put_up(another)
    assert spare.scaled_to(1)[0] == 200 and spare.now()["spec"]["replicas"] == 1


def test_a_restart_of_a_paused_rollout_is_refused(tapped, spare):
    spare.change({"spec": {"paused": True}})
    with tapped.tap.listening() as heard:
        check_failed(spare.restarted(), 422, "rollout_paused")
    assert not [asked for asked in heard if asked.is_write()]


def limits(name: str, **most) -> dict:
    return {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": name}, "spec": {"limits": [{"type": "Container", "max": most}]}}


# code, what speaks against a cpu request of 20m for each of two replicas
TEMPLATE_GUARDS = {
    "a quota": ("quota_exceeded", lambda one, put: put(quota(one.name, **{"requests.cpu": "30m"}))),
    "a limit range": ("outside_limit_range", lambda one, put: put(limits(one.name, cpu="15m"))),
    "a paused rollout": ("rollout_paused", lambda one, put: one.change({"spec": {"paused": True}})),
}


@pytest.mark.parametrize("name", TEMPLATE_GUARDS)
def test_it_speaks_against_a_template_before_anything_is_sent(tapped, put_up, name):
    code, speak = TEMPLATE_GUARDS[name]
    with spares.spare(tapped, replicas=2) as one:
        speak(one, put_up)
        with tapped.tap.listening() as heard:
            check_failed(one.given_cpu(), 422, code)
        assert not [asked for asked in heard if asked.is_write()]


@pytest.mark.parametrize("name", TEMPLATE_GUARDS)
def test_it_speaks_against_a_template_that_was_on_its_way(tapped, put_up, name):
    _, speak = TEMPLATE_GUARDS[name]

    def act():
        speak(one, put_up)
        one.touch()
    with spares.spare(tapped, replicas=2) as one:
        with tapped.tap.listening() as heard, tapped.tap.before(Asked.is_for_real, act):
            check_failed(one.given_cpu(), 409, "conflict")
        assert len(real_writes(heard)) == 1 and not one.ours()


def test_a_rollback_leaves_a_release_alone_that_comes_between(tapped, spare):
    spare.release()
    with tapped.tap.listening() as heard, tapped.tap.before(Asked.is_for_real, lambda: spare.release(image="registry.example/app:3")):
        check_failed(spare.rolled_back(), 409, "conflict")
    assert len(real_writes(heard)) == 1 and not spare.ours()
    assert spare.now()["spec"]["template"]["spec"]["containers"][0]["image"] == "registry.example/app:3"


def test_a_rollback_whose_revision_goes_meanwhile_is_not_sent_again(tapped, spare):
    spare.release()
    sets = "/apis/apps/v1/namespaces/shop/replicasets"
    first = next(one for one in tapped.kubernetes("GET", f"{sets}?labelSelector=app%3D{spare.name}")["items"]
                 if one["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "1")

    def act():
        tapped.kubernetes("DELETE", f"{sets}/{first['metadata']['name']}")
        spare.touch()
    with tapped.tap.listening() as heard, tapped.tap.before(Asked.is_for_real, act):
        check_failed(spare.rolled_back(), 409, "conflict")
    assert len(real_writes(heard)) == 1 and not spare.ours()


# Another object of the same name

CHANGES = {"scale": lambda one: one.scaled_to(2), "restart": lambda one: one.restarted(), "set-resources": lambda one: one.given_cpu()}


@pytest.mark.parametrize("operation", CHANGES)
def test_an_object_made_anew_between_intent_and_write_is_another(tapped, spare, operation):
    with tapped.tap.listening() as heard, tapped.tap.before(Asked.is_for_real, spare.recreate):
        check_failed(CHANGES[operation](spare), 409, "conflict")
    made = spare.now()
    assert len(real_writes(heard)) == 1 and not spare.ours()
    assert made["metadata"]["generation"] == 1 and made["spec"]["replicas"] == 0


@pytest.mark.parametrize("operation", CHANGES)
def test_an_object_that_is_gone_is_not_made_again(tapped, spare, operation):
    """An apply makes what is not there, but for the uid in it."""
    with tapped.tap.before(Asked.is_for_real, spare.delete):
        status, problem = CHANGES[operation](spare)
    assert status in (404, 409), problem
    listed = tapped.kubernetes("GET", spares.BASE + "/deployments")["items"]
    assert spare.name not in [one["metadata"]["name"] for one in listed]


def test_an_object_that_is_being_deleted_is_left_alone(tapped, spare):
    spare.change({"metadata": {"finalizers": ["example.com/held"]}})
    spare.delete()
    try:
        with tapped.tap.listening() as heard:
            status, problem = spare.scaled_to(2)
        assert status == 422 and "is being deleted" in problem["detail"], problem
        assert not [asked for asked in heard if asked.is_write()]
    finally:
        spare.change({"metadata": {"finalizers": None}})


MOMENTS = {"before the approval": None, "under its dry run": Asked.is_rehearsal}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_proposal_is_void_once_its_object_is_made_anew(tapped, spare, moment):
    """Of the same name and with as many replicas: what was shown was another object."""
    waiting = spare.proposed(2)
    proposer, is_it = tapped.person(spare.user), MOMENTS[moment]
    decide = functools.partial(proposer.decide, waiting)
    with tapped.tap.listening() as heard:
        if is_it is None:
            spare.recreate()
            status, problem = decide()
        else:
            with tapped.tap.before(is_it, spare.recreate):
                status, problem = decide()
    assert status == 409 and problem["code"] == "approval_void", problem
    assert not real_writes(heard) and spare.now()["metadata"]["generation"] == 1
    assert proposer.approval(waiting["approval_id"])["state"] == "void"
