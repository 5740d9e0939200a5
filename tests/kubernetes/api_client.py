"""A client of the real API server that asks thousands of questions: plain HTTP over one connection."""
import http.client
import json
import ssl

import real_cluster

PATCHES = {"merge": "application/merge-patch+json", "apply": "application/apply-patch+yaml", "json": "application/json-patch+json",
           "strategic": "application/strategic-merge-patch+json"}


class ApiClient:
    def __init__(self, cluster, user: str):
        """`user`: "admin", or the control plane's account."""
        context = ssl.create_default_context(cafile=cluster.authority.certificate("ca"))
        self.connection = http.client.HTTPSConnection(cluster.server.removeprefix("https://"), context=context, timeout=60)
        self.authorization = f"Bearer {cluster.tokens[user]}"

    @classmethod
    def administrator(cls, cluster) -> "ApiClient":
        return cls(cluster, "admin")

    @classmethod
    def control_plane(cls, cluster) -> "ApiClient":
        return cls(cluster, real_cluster.CONTROL_PLANE)

    def ask(self, method: str, path: str, body=None, kind: str = "application/json", **headers):
        """Status and body, parsed where it is JSON."""
        sent = {"Authorization": self.authorization, "Content-Type": PATCHES.get(kind, kind), **headers}
        self.connection.request(method, path, None if body is None else json.dumps(body), sent)
        reply = self.connection.getresponse()
        data = reply.read()
        return reply.status, json.loads(data) if data.startswith(b"{") else data.decode(errors="replace")

    def get(self, path: str) -> dict:
        status, body = self.ask("GET", path)
        assert status == 200, body
        return body

    def close(self) -> None:
        self.connection.close()
