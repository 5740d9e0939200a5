"""What may happen between a proposal and its approval, through a real control plane over a real cluster's API: what was
shown runs, or nothing does, and the approver is told which."""
import itertools

import pytest

from support.people import Person, only
from support.stage import eventually

PASSWORD = "correct horse battery"
OBJECTS = "/apis/apps/v1/namespaces/shop/deployments"
AUTOSCALERS = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers"
QUOTAS = "/api/v1/namespaces/shop/resourcequotas"
BUDGETS = "/apis/policy/v1/namespaces/shop/poddisruptionbudgets"
NUMBERS = itertools.count(1)


class Play:
    """A proposal of `pia`, an editor, that `olaf`, another editor, is to approve. Both are new, and of this test alone."""

    def __init__(self, stage):
        self.stage, self.ada = stage, stage.person("ada")
        number = next(NUMBERS)
        self.pia, self.olaf = f"pia{number}", f"olaf{number}"
        self.bindings = {name: self.hire(name) for name in (self.pia, self.olaf)}
        self.approver = stage.person(self.olaf)

    def hire(self, name: str) -> str:
        """The id of their binding."""
        self.ok("POST", "/api/v1/organizations/demo/users", {"name": name, "password": PASSWORD})
        self.stage.people[name] = Person(self.stage.public, name, PASSWORD)
        return self.bind(name, "editor")

    def ok(self, method: str, path: str, body=None) -> dict:
        status, reply = self.ada.ask(method, path, body)
        assert status in (200, 201, 204), (status, reply)
        return reply

    def bind(self, name: str, role: str) -> str:
        return self.ok("POST", "/api/v1/workspaces/shop/members", {"user": name, "role": role})["id"]

    def dismiss(self, name: str) -> None:
        self.ok("DELETE", f"/api/v1/workspaces/shop/members/{self.bindings[name]}")

    def disable(self, name: str, disabled: bool = True) -> None:
        self.ok("PATCH", f"/api/v1/organizations/demo/users/{name}", {"disabled": disabled})

    def propose(self, replicas: int = 6) -> dict:
        return only(self.stage.play(lambda turn: turn.scale("web", replicas), "make it better", self.pia), "proposal")

    def told(self, proposal: dict, person=None) -> str:
        """"200 executed", "409 approval_void changed"."""
        status, reply = (person or self.approver).decide(proposal)
        words = [str(status), reply.get("state") or reply["code"], (reply.get("reason") or {}).get("code")]
        return " ".join(word for word in words if word)

    def state(self, proposal: dict) -> str:
        return self.ada.approval(proposal["approval_id"])["state"]

    def refused(self, proposal: dict, told: str, state: str = "open") -> None:
        before = self.stage.deployment()
        assert self.told(proposal) == told
        assert self.state(proposal) == state
        after = self.stage.deployment()
        assert (after["metadata"]["generation"], after["spec"]) == (before["metadata"]["generation"], before["spec"])

    def runs(self, proposal: dict, replicas: int = 6) -> None:
        assert self.told(proposal) == "200 executed"
        assert self.stage.replicas("web") == replicas and self.state(proposal) == "approved"


@pytest.fixture
def play(played):
    eventually(lambda: played.deployment()["status"].get("readyReplicas") == 3)
    return Play(played)


@pytest.fixture
def beside(played):
    """Makes an object beside web, which is gone after the test, or at a call of what is returned."""
    made = []

    def make(path: str, body: dict):
        name = body["metadata"]["name"]
        played.kubernetes("POST", path, body, kind="application/json")
        made.append(f"{path}/{name}")

        def remove():
            played.kubernetes("DELETE", made.pop())
        return remove
    yield make
    for path in made:
        played.kubernetes("DELETE", path)


def make_anew(stage) -> None:
    old = stage.deployment()
    stage.kubernetes("DELETE", f"{OBJECTS}/web")
    kept = {key: old["metadata"][key] for key in ("name", "namespace", "labels", "annotations") if key in old["metadata"]}
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": kept, "spec": old["spec"]}
    stage.kubernetes("POST", OBJECTS, body, kind="application/json")
    assert stage.deployment()["metadata"]["uid"] != old["metadata"]["uid"]


def test_a_changed_template_is_none_of_what_was_shown(play):
    proposal = play.propose()
    play.stage.kubernetes("PATCH", f"{OBJECTS}/web", {"spec": {"template": {"metadata": {"annotations": {"build": "2"}}}}})
    play.runs(proposal)


def test_an_object_made_anew_under_its_name_is_another(play):
    proposal = play.propose()
    make_anew(play.stage)
    play.refused(proposal, "409 approval_void changed", "void")


def test_an_autoscaler_that_appears_is_left_to_its_work(play, beside):
    proposal = play.propose()
    remove = beside(AUTOSCALERS, {"metadata": {"name": "web"}, "spec": {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "minReplicas": 3, "maxReplicas": 3}})
    play.refused(proposal, "422 guard_refused hpa_owned")
    remove()
    play.runs(proposal)


def test_a_quota_that_appears_is_kept(play, beside):
    proposal = play.propose()
    pods = len(play.stage.kubernetes("GET", "/api/v1/namespaces/shop/pods")["items"])
    remove = beside(QUOTAS, {"metadata": {"name": "pods"}, "spec": {"hard": {"pods": str(pods)}}})
    eventually(lambda: play.stage.kubernetes("GET", f"{QUOTAS}/pods").get("status", {}).get("used"))
    play.refused(proposal, "422 guard_refused quota_exceeded")
    remove()
    play.runs(proposal)


def test_a_disruption_budget_that_appears_is_kept(play, beside):
    proposal = play.propose(1)
    remove = beside(BUDGETS, {"metadata": {"name": "web-again"}, "spec": {
        "minAvailable": 3, "selector": {"matchLabels": play.stage.deployment()["spec"]["selector"]["matchLabels"]}}})
    play.refused(proposal, "422 guard_refused pdb_violated")
    remove()
    play.runs(proposal, 1)


def test_a_proposer_who_may_not_any_more_holds_it_up(play):
    proposal = play.propose()
    play.dismiss(play.pia)
    play.refused(proposal, "403 denied proposer_may_not")
    play.bind(play.pia, "viewer")
    play.refused(proposal, "403 denied proposer_may_not")
    play.bind(play.pia, "editor")
    play.runs(proposal)


def test_a_disabled_proposer_holds_it_up(play):
    proposal = play.propose()
    play.disable(play.pia)
    play.refused(proposal, "403 denied user_inactive")
    play.disable(play.pia, False)
    play.runs(proposal)


def test_an_approver_who_lost_their_role_finds_none(play):
    proposal = play.propose()
    play.dismiss(play.olaf)
    play.refused(proposal, "404 not_found")
    play.bind(play.olaf, "viewer")
    play.refused(proposal, "403 denied missing_permission")


def test_a_disabled_approver_is_nobody(play):
    proposal = play.propose()
    play.disable(play.olaf)
    play.refused(proposal, "401 invalid_token")


def test_its_time_runs_out(play):
    proposal = play.propose()
    play.stage.database("UPDATE approvals SET expires_at = 1 WHERE id = ?", proposal["approval_id"])
    play.refused(proposal, "409 approval_void expired", "expired")


def test_another_op_hash_signs_nothing(play):
    proposal = play.propose()
    other = {**proposal, "op_hash": "sha256:" + "0" * 64}
    play.refused(other, "409 approval_void hash_differs")
    play.runs(proposal)


def test_what_was_approved_is_taken_back_once(play):
    proposal = play.propose()
    play.runs(proposal)
    operation = play.ada.approval(proposal["approval_id"])["operation_id"]
    status, undone = play.approver.undo(operation)
    assert status == 200 and undone["after"] == {"replicas": 3}, undone
    assert play.stage.replicas("web") == 3
    assert play.stage.person(play.pia).undo(operation)[0] == 409


def test_a_proposal_survives_a_restart_and_runs_once(mortal):
    erin = mortal.person("erin")
    proposal = only(erin.say("could you double web"), "proposal")
    mortal.restart("hks-control-plane")
    assert erin.approval(proposal["approval_id"])["state"] == "open"
    status, operation = erin.decide(proposal)
    assert status == 200 and operation["state"] == "executed" and mortal.replicas("web") == 6
    assert mortal.person("ada").decide(proposal)[0] == 409
