"""The control plane's account may what its operations and reads need, and nothing else, asked of the real API server itself."""
import json
import pathlib
import re

import pytest
import real_cluster
import reviews
import shipped
from test_writes import CATALOGUE

HERE = pathlib.Path(__file__).resolve().parent
OURS = shipped.NAMESPACES
ACCOUNTS = [("hexabase", "hks-control-plane"), ("ai-ops", "ai-ops"), ("ai-ops-llm", "ollama"), ("ai-ops-llm", "pull-models"),
            *((namespace, "default") for namespace in OURS)]


def rights_of(cluster, namespace: str, account: str, where: str) -> list:
    listed = cluster.kubectl(
        "auth", "can-i", "--list", "--no-headers", f"--namespace={where}", f"--as=system:serviceaccount:{namespace}:{account}",
        *(f"--as-group={group}" for group in ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated")))
    return sorted({" ".join(line.split()) for line in listed.splitlines()})


def test_the_rights_of_every_account_are_the_golden_ones(installed):
    """`kubectl auth can-i --list` in a project and elsewhere, without what every account of any cluster may."""
    anybody = set(rights_of(installed, "default", "default", "default"))
    text = ""
    for namespace, account in ACCOUNTS:
        for where in ("shop", namespace):
            more = [line for line in rights_of(installed, namespace, account, where) if line not in anybody]
            text += f"{namespace}/{account} in {where}:\n" + "".join(f"  {line}\n" for line in more or ["nothing"])
    assert text == (HERE / "rights.golden").read_text()


def golden(account: reviews.Account, where: str) -> set:
    """(verb, resource) of that paragraph of the golden file."""
    [text] = re.findall(rf"^{account.namespace}/{account.name} in {where}:\n((?:  .*\n)+)", (HERE / "rights.golden").read_text(), re.M)
    lines = [line for line in text.splitlines() if line != "  nothing"]
    rows = [re.fullmatch(r"  (\S+) \[\] \[\] \[([a-z ]+)\]", line) for line in lines]
    assert all(rows), text
    return {(verb, row[1]) for row in rows for verb in row[2].split()}


# What the cluster lets every account do (system:basic-user, -discovery, -public-info-viewer, -service-account-issuer-discovery).
ANYBODYS = {("create", "selfsubjectreviews.authentication.k8s.io"), ("create", "selfsubjectaccessreviews.authorization.k8s.io"),
            ("create", "selfsubjectrulesreviews.authorization.k8s.io")}
ANYBODYS_URLS = ("/.well-known/openid-configuration", "/openid/v1/jwks", "/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*",
                 "/healthz", "/livez", "/readyz", "/version", "/version/")
OURSELVES = reviews.Account("hexabase", "hks-control-plane")


@pytest.fixture(scope="module")
def reviewer(cluster):
    one = reviews.Reviewer(cluster)
    yield one
    one.close()


PLACES = {"a project": ("shop", reviews.MORE_VERBS), "the whole cluster": ("", reviews.MORE_VERBS),
          "its own namespace": ("hexabase", set()), "another namespace": ("default", set())}


@pytest.mark.parametrize("where, also", PLACES.values(), ids=PLACES.keys())
def test_every_verb_on_every_resource_of_discovery_is_as_the_golden_list_says(reviewer, where, also):
    before, expected = reviewer.asked, golden(OURSELVES, "shop" if where == "shop" else "hexabase")
    assert reviewer.allowed(OURSELVES, where, also) == expected | ANYBODYS
    asked = reviewer.asked - before
    assert asked > 1000, f"only {asked} questions"
    print(f"\n{asked} questions about {where or 'the whole cluster'}: {len(expected)} rights")


def test_every_verb_on_every_other_url_is_anybodys(reviewer):
    public = {url for url in reviewer.urls() for row in ANYBODYS_URLS if url == row or row.endswith("*") and url.startswith(row[:-1])}
    assert reviewer.allowed_urls(OURSELVES) == {("get", url) for url in public}


def test_the_rights_to_write_are_those_of_the_catalogue():
    """Which test_writes.py sees used one by one."""
    needed = {("patch", f"{kind.lower()}s.apps" + ("/scale" if operation == "scale" else "")) for operation, kind in CATALOGUE}
    assert {right for right in golden(OURSELVES, "shop") if right[0] not in ("get", "list", "watch")} == needed


def test_the_api_server_has_seen_nothing_else_of_the_control_plane_in_the_whole_suite(cluster):
    """Its own audit log: runs last. Who it was, that it was nobody else in disguise, and that each request was one of the golden rights."""
    events = [event for event in map(json.loads, cluster.audit_log.read_text().splitlines()) if event.get("userAgent") == "hks-control-plane"]
    allowed, seen = golden(OURSELVES, "shop"), set()
    for event in events:
        assert event["user"]["username"] == real_cluster.CONTROL_PLANE and "impersonatedUser" not in event
        assert event["sourceIPs"] == ["127.0.0.1"]
        if event["verb"] == "get" and "objectRef" not in event:
            continue
        resource = event["objectRef"]
        name = resource["resource"] + (f".{resource['apiGroup']}" if "apiGroup" in resource else "")
        seen.add((event["verb"], name + (f"/{resource['subresource']}" if "subresource" in resource else "")))
        if event["verb"] == "patch":
            assert "fieldManager=hks-" in event["requestURI"], event["requestURI"]
    writes = [event for event in events if event["verb"] == "patch"]
    assert seen <= allowed, seen - allowed
    print(f"\n{len(events)} requests of the control plane, {len(writes)} of them writes: {len(seen)} of its {len(allowed)} rights")
