"""A workload of a test's own, in the workspace shop of a stage whose advisor is played."""
import contextlib
import itertools

from support.stage import Stage, eventually

PLURALS = {"Deployment": "deployments", "StatefulSet": "statefulsets", "DaemonSet": "daemonsets"}
BASE = "/apis/apps/v1/namespaces/shop"
ASKING = itertools.cycle(("erin", "ada"))  # in turn, since nobody may send so many messages a minute
numbers = itertools.count(1)


class Spare:
    def __init__(self, stage: Stage, name: str, kind: str = "Deployment"):
        self.stage, self.name, self.kind = stage, name, kind
        self.path = f"{BASE}/{PLURALS[kind]}/{name}"
        self.user = ""  # who asked last

    def manifest(self, replicas: int) -> dict:
        labels = {"app": self.name}
        container = {"name": "app", "image": "registry.example/app:1", "resources": {"requests": {"cpu": "10m"}}}
        spec = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": {
            "terminationGracePeriodSeconds": 1, "containers": [container]}}}
        if self.kind != "DaemonSet":
            spec["replicas"] = replicas
        if self.kind == "StatefulSet":
            spec["serviceName"] = self.name
        return {"apiVersion": "apps/v1", "kind": self.kind, "metadata": {"name": self.name}, "spec": spec}

    # What others do.

    def create(self, replicas: int = 0) -> None:
        self.stage.kubernetes("POST", self.path.rpartition("/")[0], self.manifest(replicas), kind="application/json")

    def delete(self) -> None:
        self.stage.kubernetes("DELETE", self.path + "?propagationPolicy=Background")

    def change(self, patch: dict) -> None:
        self.stage.kubernetes("PATCH", self.path, patch)

    def scale(self, replicas: int) -> None:
        self.change({"spec": {"replicas": replicas}})

    def release(self, image: str = "registry.example/app:2", containers: tuple = ()) -> None:
        """A later version: of its container another image and one variable more, and these containers beside it."""
        first = self.now()["spec"]["template"]["spec"]["containers"][0]
        later = first | {"image": image, "env": [{"name": "LATER", "value": "1"}]}
        self.change({"spec": {"template": {"spec": {"containers": [later, *containers]}}}})
        self.wait()

    def touch(self, word: str = "x") -> None:
        """It is another version of the same; nothing of it that a change reads is."""
        self.change({"metadata": {"annotations": {"touched": word}}})

    def recreate(self, replicas: int = 0) -> None:
        self.delete()
        self.create(replicas)

    # What is seen.

    def now(self) -> dict:
        return self.stage.kubernetes("GET", self.path)

    def is_still(self) -> bool:
        one = self.now()
        status = one["status"]
        wanted = status["desiredNumberScheduled"] if self.kind == "DaemonSet" else one["spec"]["replicas"]
        ready = status.get("numberAvailable" if self.kind == "DaemonSet" else "availableReplicas", 0)
        return status.get("observedGeneration") == one["metadata"]["generation"] and ready == wanted

    def is_known(self) -> bool:
        names = self.stage.person("erin").get("/api/v1/workspaces/shop/names")["names"]
        return any(one["name"] == self.name for one in names)

    def wait(self) -> None:
        eventually(lambda: self.is_still() and self.is_known(), seconds=60)

    def ours(self) -> list:
        """The operations of ours that stand in it as the managers of a field."""
        fields = self.now()["metadata"].get("managedFields", [])
        return [field["manager"] for field in fields if field["manager"].startswith("hks-")]

    # What the control plane is asked, by a played advisor in the name of one who may.

    def asked(self, operation: str, message: str, **arguments):
        """Status and answer."""
        answers = []
        arguments = {"project": "shop", "kind": self.kind, "name": self.name, **arguments}
        body = {"call_id": "o1", "arguments": arguments}
        self.user = next(ASKING)
        self.stage.play(lambda turn: answers.append(turn.call("POST", f"/internal/v1/operations/{operation}", body)), message, self.user)
        return answers[0]

    def scaled_to(self, replicas: int):
        return self.asked("scale", f"scale {self.name} to {replicas}", replicas=replicas)

    def restarted(self):
        return self.asked("restart", f"restart {self.name}")

    def rolled_back(self):
        return self.asked("rollback", f"roll back {self.name}")

    def given_cpu(self, request: str = "20m"):
        return self.asked("set-resources", f"set cpu request of {self.name} to {request}", cpu_request=request)

    def undone(self, operation: dict):
        return self.stage.person(self.user).undo(operation["operation_id"], "shop")

    def proposed(self, replicas: int) -> dict:
        """The proposal that waits, of a wish that commands nothing."""
        status, waiting = self.asked("scale", "could it be more", replicas=replicas)
        assert status == 202, waiting
        return waiting


@contextlib.contextmanager
def spare(stage: Stage, kind: str = "Deployment", replicas: int = 0):
    one = Spare(stage, f"spare-{next(numbers)}", kind)
    one.create(replicas)
    try:
        one.wait()
        yield one
    finally:
        with contextlib.suppress(AssertionError):  # the test's own doing
            one.delete()
