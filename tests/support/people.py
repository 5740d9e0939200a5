"""What a user does over the public API, and what the tests need to see of it. Standard library only."""
import http.client
import json
import urllib.parse


class Refused(Exception):
    def __init__(self, status: int, problem: dict):
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')}")
        self.status, self.problem = status, problem


def connect(address: str, context=None, timeout: float = 60) -> http.client.HTTPConnection:
    parts = urllib.parse.urlsplit(address)
    if parts.scheme == "https":
        return http.client.HTTPSConnection(parts.hostname, parts.port, context=context, timeout=timeout)
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)


def request(address: str, method: str, path: str, body=None, token: str = "", headers=None, context=None):
    """Status, headers and body of one request; the body is parsed when it is JSON."""
    connection = connect(address, context)
    sent = {"Content-Type": "application/json", **(headers or {})}
    if token:
        sent["Authorization"] = f"Bearer {token}"
    payload = body if isinstance(body, (bytes, str)) or body is None else json.dumps(body)
    try:
        connection.request(method, path, payload, sent)
        reply = connection.getresponse()
        data = reply.read()
        kind = reply.getheader("Content-Type", "")
        parsed = json.loads(data) if data and "json" in kind and "ndjson" not in kind else data.decode()
        return reply.status, dict(reply.getheaders()), parsed
    finally:
        connection.close()


def read_events(reply):
    """Yields the events of an SSE reply as {"event": name, ...data}."""
    name = None
    for raw in reply:
        line = raw.decode().rstrip("\n")
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            yield {"event": name, **json.loads(line[6:])}


class Person:
    """A signed-in user."""

    def __init__(self, address: str, name: str, password: str):
        self.address, self.name = address, name
        status, _, reply = request(address, "POST", "/api/v1/sessions", {"user": name, "password": password})
        if status != 201:
            raise Refused(status, reply)
        self.token = reply["token"]

    def get(self, path: str):
        status, _, reply = request(self.address, "GET", path, token=self.token)
        if status != 200:
            raise Refused(status, reply)
        return reply

    def ask(self, method: str, path: str, body=None):
        """Status and body of the reply, whatever they are."""
        status, _, reply = request(self.address, method, path, body, token=self.token)
        return status, reply

    def approval(self, approval_id: str, workspace: str = "shop") -> dict:
        return self.get(f"/api/v1/workspaces/{workspace}/approvals/{approval_id}")

    def decide(self, proposal: dict, decision: str = "approve", workspace: str = "shop", **more):
        """Signs what was shown, which is a proposal event or an approval."""
        path = f"/api/v1/workspaces/{workspace}/approvals/{proposal['approval_id']}/decision"
        return self.ask("POST", path, {"decision": decision, "op_hash": proposal["op_hash"], **more})

    def undo(self, operation_id: str, workspace: str = "shop"):
        return self.ask("POST", f"/api/v1/workspaces/{workspace}/operations/{operation_id}/undo")

    def operation(self, operation_id: str, workspace: str = "shop") -> dict:
        return self.get(f"/api/v1/workspaces/{workspace}/operations/{operation_id}")

    def open_chat(self, message: str, workspace: str = "shop", **more):
        """The connection and the reply whose events are still coming."""
        connection = connect(self.address)
        connection.request("POST", f"/api/v1/workspaces/{workspace}/ai/chat", json.dumps({"message": message, **more}),
                           {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"})
        reply = connection.getresponse()
        if reply.status != 200:
            raise Refused(reply.status, json.loads(reply.read()))
        return connection, reply

    def say(self, message: str, workspace: str = "shop", **more) -> list:
        connection, reply = self.open_chat(message, workspace, **more)
        try:
            return list(read_events(reply))
        finally:
            connection.close()

    def audit(self, workspace: str = "shop", limit: int = 100) -> list:
        return self.get(f"/api/v1/workspaces/{workspace}/audit?limit={limit}")["entries"]

    def last_audited(self, kind: str, workspace: str = "shop") -> dict:
        return next(entry for entry in self.audit(workspace) if entry["kind"] == kind)


def named(events: list, name: str) -> list:
    return [event for event in events if event["event"] == name]


def only(events: list, name: str) -> dict:
    found = named(events, name)
    assert len(found) == 1, f"{len(found)} {name} events in {events}"
    return found[0]


def text_of(events: list) -> str:
    return "".join(event["text"] for event in named(events, "delta"))
