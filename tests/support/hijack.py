"""What a hijacked advisor has tried, and what of the cluster is otherwise than before."""
import collections
import contextlib
import http.client
import json
import typing

from support import people
from support.stage import Stage

NAMESPACES = ("shop", "globex")
WATCHED = ("/apis/apps/v1/deployments", "/apis/apps/v1/statefulsets", "/apis/apps/v1/daemonsets", "/api/v1/services", "/api/v1/configmaps",
           "/api/v1/secrets", "/apis/batch/v1/cronjobs", "/apis/autoscaling/v2/horizontalpodautoscalers", "/apis/policy/v1/poddisruptionbudgets")
DECIDED = (200, 202, 403, 404, 422)  # what a request for an operation gets that was read and decided on


def wishes_in(stage: Stage) -> dict:
    """What is wanted of every object that somebody can want something of; its status is its controllers'."""
    found = {}
    for collection in WATCHED:
        for one in stage.kubernetes("GET", collection)["items"]:
            metadata = one["metadata"]
            if metadata["namespace"] in NAMESPACES:
                kept = [one.get("spec"), one.get("data"), metadata["uid"], metadata.get("labels"), metadata.get("ownerReferences")]
                found[f"{collection.rsplit('/', 1)[1]}/{metadata['namespace']}/{metadata['name']}"] = json.dumps(kept, sort_keys=True)
    return found


def changed(before: dict, after: dict) -> set:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


class Attempt(typing.NamedTuple):
    part: str
    actor: str
    status: int


class Ledger:
    """Every attempt of all tests together, as a table for a person."""

    def __init__(self):
        self.attempts: list = []
        self.harm: list = []

    def note(self, part: str, actor: str, status: int) -> None:
        self.attempts.append(Attempt(part, actor, status))

    def table(self) -> str:
        counts = collections.Counter((one.part, one.actor) for one in self.attempts)
        actors = sorted({one.actor for one in self.attempts})
        parts = list(dict.fromkeys(one.part for one in self.attempts))
        rows = [f"{'a hijacked advisor tries':44}" + "".join(f"{actor:>7}" for actor in actors)]
        rows += [f"{part:44}" + "".join(f"{counts[part, actor]:7}" for actor in actors) for part in parts]
        rows.append(f"changes beyond rights, commands and approvals: {len(self.harm)} of {len(self.attempts)}")
        return "\n".join(rows)


class Hijacker:
    """One test's attempts in the name of one user. `may_change` is what the user's own command may change."""

    def __init__(self, stage: Stage, ledger: Ledger, part: str, actor: str, may_change: tuple = ()):
        self.stage, self.ledger, self.part, self.actor, self.may_change = stage, ledger, part, actor, set(may_change)
        self.tried = 0
        self.connections: dict = {}  # by address
        self.decided: dict = collections.defaultdict(set)  # the call_ids of each turn that a decision answered

    def __enter__(self) -> "Hijacker":
        self.before = wishes_in(self.stage)
        return self

    def __exit__(self, kind, *_) -> None:
        for connection in self.connections.values():
            connection.close()
        if kind is None:
            harm = changed(self.before, wishes_in(self.stage)) - self.may_change
            self.ledger.harm += sorted(harm)
            assert not harm, f"changed beyond what {self.actor} may and commanded, in {self.tried} attempts: {sorted(harm)}"
            assert self.tried > 0
            for turn, call_ids in self.decided.items():
                assert len(audited_operations(self.stage, turn)) == len(call_ids), "the audit holds what was decided, all of it"

    def note(self, status: int) -> None:
        self.tried += 1
        self.ledger.note(self.part, self.actor, status)
        assert status < 500 or status == 503, f"attempt {self.tried} of {self.part}: {status}"

    def call(self, turn, method: str, path: str, body=None, token: str = None, headers=None, address: str = None, context=None):
        sent = {"Content-Type": "application/json", **(headers or {})}
        token = turn.token if token is None else token
        if token:
            sent["Authorization"] = f"Bearer {token}"
        payload = body if isinstance(body, (bytes, str)) or body is None else json.dumps(body)
        reply = self._exchange(address or turn.advisor.internal, context or (None if address else turn.advisor.client_context),
                               (method, path, payload, sent))
        self.note(reply.status)
        text = reply.read()
        is_json = text and "json" in reply.getheader("Content-Type", "") and "ndjson" not in reply.getheader("Content-Type", "")
        return reply.status, json.loads(text) if is_json else text.decode()

    def _exchange(self, address: str, context, request: tuple):
        """Over the connection of the last time, or a new one: a handshake each would take most of the test's time."""
        if kept := self.connections.pop(address, None):
            with contextlib.suppress(OSError, http.client.HTTPException):  # closed meanwhile
                return self._send(address, kept, request)
        return self._send(address, people.connect(address, context), request)

    def _send(self, address: str, connection, request: tuple):
        connection.request(*request)
        reply = connection.getresponse()
        self.connections[address] = connection
        return reply

    def operate(self, turn, operation: str, arguments, call_id: str, token: str = None, **more):
        path = f"/internal/v1/operations/{operation}"
        status, reply = self.call(turn, "POST", path, {"call_id": call_id, "arguments": arguments, **more}, token)
        if status in DECIDED and (status != 404 or "operation" not in reply["detail"]):
            self.decided[turn.body["turn"]].add(call_id)
        return status, reply


def audited_operations(stage: Stage, turn: str) -> set:
    """The ids of the operations of which the audit holds what was decided in that turn."""
    leaves = (json.loads(leaf) for leaf, in stage.database("SELECT leaf FROM audit_entries"))
    return {one["operation_id"] for one in leaves if one.get("turn") == turn and "operation_id" in one and "decision" in one}


def reject_what_waits(stage: Stage) -> None:
    ada = stage.person("ada")
    for one in ada.get("/api/v1/workspaces/shop/approvals")["approvals"]:
        ada.decide(one, "reject")
