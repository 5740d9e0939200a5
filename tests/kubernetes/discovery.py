"""What the API server serves, by its own discovery: each resource and subresource of each version."""
import typing

from api_client import ApiClient

# What is posted to a subresource that takes no copy of the object.
CALLS = {"pods/eviction": {"apiVersion": "policy/v1", "kind": "Eviction"},
         "pods/binding": {"apiVersion": "v1", "kind": "Binding", "target": {"name": "node-1"}},
         "serviceaccounts/token": {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"audiences": ["a"]}}}
CONNECTIONS = {"exec", "attach", "portforward", "proxy"}


def rows(client: ApiClient):
    """(the version's path, resource[.group][/subresource], its row of discovery)"""
    versions = ["/api/" + version for version in client.get("/api")["versions"]]
    versions += ["/apis/" + version["groupVersion"] for group in client.get("/apis")["groups"] for version in group["versions"]]
    for version in versions:
        group = "." + version.split("/")[2] if version.startswith("/apis/") else ""
        for row in client.get(version)["resources"]:
            resource, slash, subresource = row["name"].partition("/")
            yield version, resource + group + slash + subresource, row


class Kind(typing.NamedTuple):
    """With an object of it that there is."""
    name: str
    verbs: list
    collection: str
    subresource: str
    object: dict

    @property
    def path(self) -> str:
        return "/".join(filter(None, (self.collection, self.object["metadata"]["name"], self.subresource)))

    def changes(self) -> list:
        """(verb, method, path, body, kind of body) of each verb that it has and that changes something."""
        metadata = self.object["metadata"]
        labels = {"labels": {**metadata.get("labels", {}), "other": "x"}}
        named = {"name": metadata["name"] if self.subresource else "x-" + metadata["name"]}
        anew = {**self.object, **CALLS.get(self.name, {}), "metadata": {**named, **labels}}
        requests = {"create": ("POST", self.path if self.subresource else self.collection, anew, "application/json"),
                    "update": ("PUT", self.path, {**self.object, "metadata": {**metadata, **labels}}, "application/json"),
                    "patch": ("PATCH", self.path, {"metadata": labels}, "merge"), "delete": ("DELETE", self.path, None, "application/json"),
                    "deletecollection": ("DELETE", self.collection, None, "application/json")}
        return [(verb, *requests[verb]) for verb in requests if verb in self.verbs and self.subresource not in CONNECTIONS]


def kinds(client: ApiClient):
    for version, name, row in rows(client):
        plural, _, subresource = row["name"].partition("/")
        _, listed = client.ask("GET", f"{version}/{plural}?limit=1")
        if isinstance(listed, dict) and listed.get("items"):
            one = {"apiVersion": listed["apiVersion"], "kind": listed["kind"].removesuffix("List"), **listed["items"][0]}
            space = one["metadata"].get("namespace")
            yield Kind(name, row["verbs"], version + (f"/namespaces/{space}" if space else "") + f"/{plural}", subresource, one)
