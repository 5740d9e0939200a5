"""Asks the real API server who may what: every verb on everything that its discovery tells of, over one connection."""
import typing

import discovery
from api_client import ApiClient

BASE = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
# Verbs that stand in no list of discovery, but that an authorizer is asked about.
MORE_VERBS = {"approve", "attest", "bind", "connect", "escalate", "impersonate", "proxy", "sign", "use"}
# What discovery does not list either: what is impersonated, and subresources by which pods and nodes are reached.
MORE_RESOURCES = {"users", "groups", "serviceaccounts", "uids.authentication.k8s.io", "userextras.authentication.k8s.io",
                  "nodes/metrics", "nodes/stats", "nodes/log", "nodes/spec", "nodes/checkpoint", "nodes/configz", "nodes/healthz", "nodes/pods",
                  "pods/ephemeralcontainers", "pods/resize", "*", "*.*", "*/scale"}
URL_VERBS = ("get", "head", "post", "put", "patch", "delete", "options")
MORE_URLS = ("/", "/metrics", "/metrics/slis", "/logs", "/logs/x", "/debug/pprof", "/debug/pprof/heap", "/debug/flags/v", "/configz", "/x")


class Account(typing.NamedTuple):
    namespace: str
    name: str

    def spec(self) -> dict:
        return {"user": f"system:serviceaccount:{self.namespace}:{self.name}",
                "groups": ["system:serviceaccounts", f"system:serviceaccounts:{self.namespace}", "system:authenticated"]}


def parts_of(name: str) -> dict:
    whole, _, subresource = name.partition("/")
    resource, _, group = whole.partition(".")
    return {"group": group, "resource": resource, "subresource": subresource}


class Reviewer:
    """The administrator, asking."""

    def __init__(self, cluster):
        self.client = ApiClient.administrator(cluster)
        self.asked = 0

    def close(self) -> None:
        self.client.close()

    def urls(self) -> list:
        return sorted({*self.client.get("/")["paths"], *MORE_URLS})

    def may(self, account: Account, **attributes) -> bool:
        self.asked += 1
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": {**account.spec(), **attributes}}
        status, review = self.client.ask("POST", BASE, body)
        assert status == 201, review
        return review["status"]["allowed"]

    def allowed(self, account: Account, namespace: str, also: set) -> set:
        """Every (verb, resource[.group][/subresource]) that the account may in that namespace, or in none on the whole cluster, of the verbs
        of discovery and those of `also`."""
        rows = list(discovery.rows(self.client))
        verbs = also.union(*(row["verbs"] for _, _, row in rows))
        return {(verb, name) for name in MORE_RESOURCES | {name for _, name, _ in rows} for verb in verbs
                if self.may(account, resourceAttributes={"verb": verb, "namespace": namespace, **parts_of(name)})}

    def allowed_urls(self, account: Account) -> set:
        return {(verb, url) for url in self.urls() for verb in URL_VERBS
                if self.may(account, nonResourceAttributes={"verb": verb, "path": url})}
