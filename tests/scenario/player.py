"""Plays a scenario on a stage, which is the whole system over the demo cluster or over a real Kubernetes."""
import itertools
import json
import time

from scenario import Scenario, Step, at_path, matches
from support import people
from support.stage import Stage

PATIENCE_S = 30          # for what a cluster shows only after a while
ASK_AGAIN_S = 1.0
ON_ADVANCE_S = 60        # a real cluster's time cannot be moved: longer waits have no place in a scenario
WORKSPACES = {"gus": "globex"}  # everybody else works in shop
APPS = ("deployments", "statefulsets", "daemonsets")
PATHS = {"Deployment": "/apis/apps/v1", "StatefulSet": "/apis/apps/v1", "DaemonSet": "/apis/apps/v1", "ReplicaSet": "/apis/apps/v1",
         "Job": "/apis/batch/v1", "HorizontalPodAutoscaler": "/apis/autoscaling/v2", "PodDisruptionBudget": "/apis/policy/v1"}


class Unexpected(AssertionError):
    """A scenario's step that did not come true; says which, and what was seen instead."""

    def __init__(self, step: Step, seen: str):
        super().__init__(f"line {step.line}: {step.text}\n{seen}")


def path_of(kind: str, namespace: str, name: str = "") -> str:
    plural = kind.lower() + ("es" if kind.endswith("s") else "s")
    return f"{PATHS.get(kind, '/api/v1')}/namespaces/{namespace}/{plural}" + (f"/{name}" if name else "")


class Theatre:
    """A stage that plays many scenarios, each on the cluster as it was at first."""

    def __init__(self, stage: Stage, cluster: str):
        self.stage, self.cluster = stage, cluster
        self.sizes = dict(self._sizes())

    def play(self, scenario: Scenario) -> None:
        run = Performance(self, scenario)
        try:
            run.perform()
        finally:
            run.clear_away()
            self.restore()

    def _sizes(self):
        for namespace in ("shop", "globex"):
            for plural in APPS[:2]:
                base = f"/apis/apps/v1/namespaces/{namespace}/{plural}"
                for one in self.stage.kubernetes("GET", base)["items"]:
                    yield f"{base}/{one['metadata']['name']}", one["spec"]["replicas"]

    def restore(self) -> None:
        for path, replicas in self._sizes():
            if self.sizes.get(path, replicas) != replicas:
                self.stage.kubernetes("PATCH", f"{path}/scale", {"spec": {"replicas": self.sizes[path]}})

    def advance(self, seconds: int) -> None:
        """Time that passes for the demo cluster at once passes for a real one as it does for us."""
        if self.cluster == "demo":
            self.stage.kubernetes("POST", f"/demo/v1/advance?ms={seconds * 1000}")
        elif seconds <= ON_ADVANCE_S:
            time.sleep(seconds)
        else:
            raise ValueError("a real cluster's time cannot be moved that far: say `only: demo ...`")


class Performance:
    """One run of one scenario."""

    def __init__(self, theatre: Theatre, scenario: Scenario):
        self.theatre, self.stage, self.scenario = theatre, theatre.stage, scenario
        self.user = self.workspace = self.message = ""
        self.events, self.refusal = [], None
        self.proposal = self.operation = None  # the last that was seen
        self.created, self.ill_pods = [], []

    def perform(self) -> None:
        for one in self.scenario.manifests:
            self.stage.kubernetes("POST", path_of(one["kind"], one["metadata"]["namespace"]), one, kind="application/json")
            self.created.append(path_of(one["kind"], one["metadata"]["namespace"], one["metadata"]["name"]))
        steps = self.scenario.steps
        for index, step in enumerate(steps):
            if step.what in _EXPECTATIONS:
                continue  # taken with the action before it
            expectations = list(itertools.takewhile(lambda later: later.what in _EXPECTATIONS, steps[index + 1:]))
            if step.what == "say":
                self._say(step, expectations)
            else:
                _ACTIONS[step.what](self, step)
                self._expect(expectations)

    def clear_away(self) -> None:
        for path in reversed(self.created):
            self.stage.kubernetes("DELETE", path + "?propagationPolicy=Background")
        for path in self.ill_pods:  # their controllers make new ones
            try:
                self.stage.kubernetes("DELETE", path)
            except AssertionError:
                pass  # went with what was created

    def _as(self, step: Step) -> None:
        self.user, workspace = step.values
        self.workspace = workspace or WORKSPACES.get(self.user, "shop")

    def _say(self, step: Step, expectations: list) -> None:
        """What started no operation may be asked again: a cluster takes its time to show a fault."""
        until = time.monotonic() + PATIENCE_S
        while True:
            self.events, self.refusal = self._once(step.values[0])
            self._remember()
            try:
                self._expect([expected for expected in expectations if expected.what != "cluster"])
                break
            except Unexpected:
                if self._acted() or time.monotonic() > until:
                    raise
            time.sleep(ASK_AGAIN_S)
        self._expect([expected for expected in expectations if expected.what == "cluster"])

    def _expect(self, expectations: list) -> None:
        for expected in expectations:
            _EXPECTATIONS[expected.what](self, expected)

    def _acted(self) -> list:
        return people.named(self.events, "operation") + people.named(self.events, "proposal")

    def _remember(self) -> None:
        for event in self._acted():
            if event["event"] == "proposal":
                self.proposal = event
            elif event["state"] == "executed":
                self.operation = event

    def _decide(self, step: Step) -> None:
        """Over the API, on the last proposal, or the last operation; the reply is seen as the event that it stands for."""
        (user,) = step.values
        subject = self.operation if step.what == "undo" else self.proposal
        if subject is None:
            raise Unexpected(step, self._seen())
        person = self.stage.person(user)
        if step.what == "undo":
            status, reply = person.undo(subject["operation_id"], self.workspace)
        else:
            status, reply = person.decide(subject, step.what, self.workspace)
        self.events, self.refusal = [], people.Refused(status, reply) if status >= 400 else None
        if self.refusal is None:
            self.events = [{"event": "proposal" if status == 202 else "operation", **reply}]
            self._remember()

    def _once(self, message: str):
        while True:
            try:
                return self.stage.person(self.user).say(message, workspace=self.workspace), None
            except people.Refused as refused:
                if refused.status != 429:
                    return [], refused
            time.sleep(ASK_AGAIN_S)

    def _fault(self, step: Step) -> None:
        """`pod/NAME` is that pod, or each pod whose name begins with NAME-."""
        name, fault = step.values
        pods = [pod["metadata"]["name"] for pod in self.stage.kubernetes("GET", path_of("Pod", "shop"))["items"]
                if pod["metadata"]["name"] == name or pod["metadata"]["name"].startswith(name + "-")]
        if not pods:
            raise Unexpected(step, "no such pod")
        for pod in pods:
            self.ill_pods.append(path_of("Pod", "shop", pod))
            self.stage.kubernetes("PATCH", self.ill_pods[-1], {"metadata": {"annotations": {"demo/fail": fault}}})

    def _release(self, step: Step) -> None:
        """Somebody else gives the only container of that workload other fields; its controller sees it."""
        kind, name, fields = step.values
        path = path_of(kind, "shop", name)
        (container,) = self.stage.kubernetes("GET", path)["spec"]["template"]["spec"]["containers"]
        self.stage.kubernetes("PATCH", path, {"spec": {"template": {"spec": {"containers": [container | fields]}}}})
        self._object(Step(step.line, step.text, "cluster", ("shop", kind, name, "status.updatedReplicas", 1)))

    def _advance(self, step: Step) -> None:
        self.theatre.advance(*step.values)

    def _event(self, step: Step) -> None:
        name, wanted = step.values
        if not any(matches(wanted, event) for event in people.named(self.events, name)):
            raise Unexpected(step, self._seen())

    def _no_event(self, step: Step) -> None:
        name, wanted = step.values
        if any(matches(wanted, event) for event in people.named(self.events, name)):
            raise Unexpected(step, self._seen())

    def _text(self, step: Step) -> None:
        if not matches(f"/{step.values[0]}/", people.text_of(self.events)):
            raise Unexpected(step, self._seen())

    def _no_text(self, step: Step) -> None:
        if matches(f"/{step.values[0]}/", people.text_of(self.events)):
            raise Unexpected(step, self._seen())

    def _refused(self, step: Step) -> None:
        seen = (self.refusal.status, self.refusal.problem.get("code")) if self.refusal else None
        if seen != step.values:
            raise Unexpected(step, self._seen())

    def _object(self, step: Step) -> None:
        namespace, kind, name, path, wanted = step.values
        until = time.monotonic() + PATIENCE_S
        while True:
            found = at_path(self.stage.kubernetes("GET", path_of(kind, namespace, name)), path)
            if found is None and wanted is None or matches(wanted, found):
                return
            if time.monotonic() > until:
                raise Unexpected(step, f"it is {json.dumps(found)}\n{self._seen()}")
            time.sleep(0.1)

    def _seen(self) -> str:
        hidden = ("turn_id", "at", "seq")
        lines = [json.dumps({key: value for key, value in event.items() if key not in hidden}) for event in self.events]
        return "\n".join(([f"refused: {self.refusal}"] if self.refusal else []) + ["what was seen:", *lines])


_EXPECTATIONS = {"event": Performance._event, "no event": Performance._no_event, "text": Performance._text,
                 "no text": Performance._no_text, "refused": Performance._refused, "cluster": Performance._object}
_ACTIONS = {"as": Performance._as, "approve": Performance._decide, "reject": Performance._decide, "undo": Performance._decide,
            "fault": Performance._fault, "release": Performance._release, "advance": Performance._advance}
