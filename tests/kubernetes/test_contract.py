"""What clients may expect of a Kubernetes API server, asked of the demo cluster and of the real one alike.

Each case runs twice, with the real kubectl or with plain HTTP. A case for one side only says why:
@one_side("demo", "why"); tidy refuses one without a reason.
"""
import itertools
import json
import subprocess

import pytest
import real_cluster

from support import contract
from support.contract import config_map, deployment, one_side, owners, scale_to
from support.stage import eventually

DEPLOYMENTS = "apps/v1/deployments"
CRASHES = {"demo/fail": "CrashLoopBackOff", "demo/backoff": "1s", "demo/log": "opening database"}
SIDES = {"demo": "demo_kubernetes", "real": "printing_real_kubernetes"}
numbers = itertools.count(1)


@pytest.fixture(params=["demo", "real"])
def cluster(request):
    """One of the two, in a fresh namespace."""
    used = request.getfixturevalue(SIDES[request.param])
    everywhere = contract.Cluster(used.kubeconfig, real_cluster.built() / "bin/kubectl")
    namespace = f"contract-{next(numbers)}"
    everywhere.kubectl("create", "namespace", namespace)
    yield everywhere.in_namespace(namespace)
    everywhere.kubectl("delete", "namespace", namespace, "--wait=false")


# Identity and versions


def test_a_new_object_has_uid_version_time_generation_and_owner(cluster):
    made = cluster.create(DEPLOYMENTS, deployment())
    metadata = made["metadata"]
    assert len(metadata["uid"]) == 36 and metadata["resourceVersion"].isdigit() and metadata["creationTimestamp"]
    assert metadata["generation"] == 1 and metadata["namespace"] == cluster.namespace
    assert owners(made, "spec.replicas") == {("tests", "Update", "")}
    assert made["spec"]["template"]["spec"]["restartPolicy"] == "Always", "defaults are filled in"


def test_generation_counts_changes_of_the_spec_alone(cluster):
    cluster.create(DEPLOYMENTS, deployment(replicas=0))
    first = eventually(lambda: cluster.settled("web") and cluster.get(DEPLOYMENTS, "web"))["metadata"]
    labelled = cluster.patch(DEPLOYMENTS, "web", {"metadata": {"labels": {"a": "b"}}}).body["metadata"]
    assert labelled["generation"] == first["generation"] and labelled["resourceVersion"] != first["resourceVersion"]
    changed = cluster.patch(DEPLOYMENTS, "web", {"spec": {"minReadySeconds": 1}}).body["metadata"]
    assert changed["generation"] == first["generation"] + 1 and changed["uid"] == first["uid"]


def test_a_write_that_changes_nothing_leaves_the_version(cluster):
    made = cluster.create("configmaps", config_map(x="1"))
    again = cluster.patch("configmaps", "a", {"data": {"x": "1"}})
    assert again.status == 200 and again.body["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]


def test_what_only_the_server_writes_is_not_a_clients(cluster):
    cluster.create(DEPLOYMENTS, deployment(replicas=0))
    # Its controller annotates it, and a PUT that takes annotations away is a change.
    made = eventually(lambda: cluster.settled("web") and cluster.get(DEPLOYMENTS, "web"))
    sent = {**made, "status": {"readyReplicas": 99}, "metadata": {
        **made["metadata"], "generation": 7, "creationTimestamp": "2001-01-01T00:00:00Z", "resourceVersion": ""}}
    stored = cluster.http("PUT", cluster.path(DEPLOYMENTS, "web"), sent).body
    assert stored["metadata"]["generation"] == 1
    assert stored["metadata"]["creationTimestamp"] == made["metadata"]["creationTimestamp"]
    assert stored["status"].get("readyReplicas", 0) == 0


def test_a_deleted_and_recreated_object_is_another(cluster):
    first = cluster.create("configmaps", config_map())
    assert cluster.http("DELETE", cluster.path("configmaps", "a")).status == 200
    second = cluster.create("configmaps", config_map())
    assert second["metadata"]["uid"] != first["metadata"]["uid"]
    assert int(second["metadata"]["resourceVersion"]) > int(first["metadata"]["resourceVersion"])


def test_generate_name_makes_a_name(cluster):
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "some-"}}
    names = {cluster.create("configmaps", body)["metadata"]["name"] for _ in range(2)}
    assert len(names) == 2 and all(name.startswith("some-") and len(name) == 10 for name in names)


# Refusals


def test_refusals_are_status_objects_with_their_reasons(cluster):
    cluster.create("configmaps", config_map())
    made = cluster.create(DEPLOYMENTS, deployment(replicas=0))
    maps, web = cluster.path("configmaps"), cluster.path(DEPLOYMENTS, "web")
    stale = {"metadata": {"resourceVersion": "1"}, "spec": {"replicas": 1}}
    other = {"metadata": {"uid": made["metadata"]["uid"].replace("-4", "-5")}, "spec": {"replicas": 1}}
    nowhere = maps.replace(cluster.namespace, "nowhere")
    for method, path, body, kind, refusal in [
            ("GET", maps + "/nobody", None, "json", (404, "NotFound")),
            ("GET", "/apis/apps/v1/nothings", None, "json", (404, "NotFound")),
            ("POST", nowhere, config_map(), "json", (404, "NotFound")),
            ("DELETE", maps + "/nobody", None, "json", (404, "NotFound")),
            ("POST", maps, config_map(), "json", (409, "AlreadyExists")),
            ("PATCH", web, stale, "merge", (409, "Conflict")),
            ("PATCH", web + "/scale", other, "merge", (409, "Conflict")),
            ("DELETE", web, {"preconditions": {"uid": "00000000-0000-4000-8000-000000000000"}}, "json", (409, "Conflict")),
            ("POST", maps, config_map("UPPER"), "json", (422, "Invalid")),
            ("PATCH", web, {"spec": {"replicas": -1}}, "merge", (422, "Invalid")),
            ("PATCH", web, {"spec": {"selector": {"matchLabels": {"app": "x"}}}}, "merge", (422, "Invalid")),
            ("PATCH", web, {"spec": {"replicas": "three"}}, "merge", (422, "Invalid")),
            ("PATCH", web + "/scale", {"spec": {"replicas": 1.5}}, "merge", (422, "Invalid")),
            ("PATCH", web, other, "merge", (422, "Invalid")),
            ("PATCH", web, [], "merge", (400, "BadRequest")),
            ("POST", cluster.path(DEPLOYMENTS), deployment("b", replicas="three"), "json", (400, "BadRequest")),
            ("POST", maps, "no json", "json", (400, "BadRequest")),
            ("POST", maps, {**config_map("b"), "kind": "Secret"}, "json", (400, "BadRequest")),
            ("POST", maps, {**config_map("b"), "metadata": {"name": "b", "namespace": "default"}}, "json",
             (400, "BadRequest")),
            ("PATCH", web, {}, "application/x-nothing", (415, "UnsupportedMediaType")),
            ("POST", maps, "x", "application/x-nothing", (415, "UnsupportedMediaType")),
            ("PUT", maps, config_map(), "json", (405, "MethodNotAllowed")),
            ("POST", maps + "/a", config_map(), "json", (405, "MethodNotAllowed"))]:
        kind = "application/json" if kind == "json" else kind
        assert cluster.http(method, path, body, kind).refusal() == refusal, (method, path, body)
    assert cluster.http("GET", "/apis/nothing.example/v1/things").status == 404
    assert cluster.get(DEPLOYMENTS, "web")["metadata"]["generation"] == 1


def test_an_invalid_field_is_named_as_a_cause(cluster):
    cluster.create(DEPLOYMENTS, deployment(replicas=0))
    refused = cluster.patch(DEPLOYMENTS, "web", {"spec": {"replicas": -1}}).body
    assert [cause["field"] for cause in refused["details"]["causes"]] == ["spec.replicas"]
    assert "must be greater than or equal to 0" in refused["message"]


def test_a_stranger_is_refused(cluster):
    answer = cluster.http("GET", cluster.path("pods"), Authorization="Bearer wrong")
    assert answer.refusal() == (401, "Unauthorized")


def test_a_client_that_reads_no_json_is_told_so(cluster):
    assert cluster.http("GET", cluster.path("pods"), Accept="application/x-nothing").status == 406


def test_what_needs_a_process_is_refused_by_a_status(cluster):
    cluster.deploy(replicas=1)
    pod = cluster.pods("web")[0]["metadata"]["name"]
    assert cluster.http("GET", cluster.path("pods", pod, "exec") + "?command=ls&stdout=true").body["kind"] == "Status"


# Lists and watches


def test_a_list_comes_in_pages_of_one_moment(cluster):
    for name in "abcde":
        cluster.create("configmaps", config_map(f"m-{name}"))
    path = cluster.path("configmaps") + "?labelSelector=!nothing&limit=2&fieldSelector=metadata.name!=kube-root-ca.crt"
    first = cluster.http("GET", path).body
    assert first["kind"] == "ConfigMapList" and len(first["items"]) == 2
    cluster.create("configmaps", config_map("m-z"))
    names, page = [item["metadata"]["name"] for item in first["items"]], first
    while page["metadata"].get("continue"):
        page = cluster.http("GET", f"{path}&continue={page['metadata']['continue']}").body
        assert page["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
        names += [item["metadata"]["name"] for item in page["items"]]
    assert names == [f"m-{name}" for name in "abcde"], "what came later is not in it"


def test_a_broken_continue_token_is_a_bad_request(cluster):
    answer = cluster.http("GET", cluster.path("configmaps") + "?limit=1&continue=nonsense")
    assert answer.refusal() == (400, "BadRequest")


def test_label_and_field_selectors_choose(cluster):
    for name, tier in (("a", "front"), ("b", "back"), ("c", "")):
        labels = {"tier": tier} if tier else {}
        cluster.create("configmaps", {**config_map(name), "metadata": {"name": name, "labels": labels}})
    for selector, names in (("labelSelector=tier", "ab"), ("labelSelector=tier%20in%20(front,x)", "a"),
                            ("labelSelector=tier,tier!=front", "b"), ("fieldSelector=metadata.name%3Dc", "c")):
        items = cluster.http("GET", cluster.path("configmaps") + "?" + selector).body["items"]
        assert "".join(item["metadata"]["name"] for item in items) == names, selector
    assert cluster.http("GET", cluster.path("configmaps") + "?labelSelector=a%3D%3D%3Db").refusal() == (400, "BadRequest")


def test_a_watch_tells_what_happens_after_its_version(cluster):
    made = cluster.create("configmaps", config_map("a", x="1"))
    path = cluster.path("configmaps") + "?fieldSelector=metadata.name%3Da&resourceVersion="
    with cluster.open_watch(path + made["metadata"]["resourceVersion"]) as watch:
        cluster.patch("configmaps", "a", {"data": {"x": "2"}})
        cluster.http("DELETE", cluster.path("configmaps", "a"))
        cluster.create("configmaps", config_map("a", x="3"))
        events = [watch.next() for _ in range(3)]
    assert [event["type"] for event in events] == ["MODIFIED", "DELETED", "ADDED"]
    assert [event["object"]["data"]["x"] for event in events] == ["2", "2", "3"]
    versions = [int(event["object"]["metadata"]["resourceVersion"]) for event in events]
    assert versions == sorted(set(versions))


def test_a_watch_without_a_version_begins_with_what_is_there(cluster):
    cluster.create("configmaps", config_map("a"))
    with cluster.open_watch(cluster.path("configmaps") + "?fieldSelector=metadata.name%3Da") as watch:
        assert watch.next()["type"] == "ADDED"


def test_a_watch_of_a_selector_sees_objects_enter_and_leave(cluster):
    made = cluster.create("configmaps", config_map("a"))
    version = made["metadata"]["resourceVersion"]
    with cluster.open_watch(cluster.path("configmaps") + f"?labelSelector=chosen&resourceVersion={version}") as watch:
        cluster.patch("configmaps", "a", {"metadata": {"labels": {"chosen": "yes"}}})
        assert watch.next()["type"] == "ADDED"
        cluster.patch("configmaps", "a", {"metadata": {"labels": {"chosen": None}}})
        assert watch.next()["type"] == "DELETED"


def test_a_streamed_list_ends_with_a_bookmark(cluster):
    cluster.create("configmaps", config_map("a"))
    query = ("?fieldSelector=metadata.name%3Da&sendInitialEvents=true&allowWatchBookmarks=true"
             "&resourceVersionMatch=NotOlderThan")
    with cluster.open_watch(cluster.path("configmaps") + query) as watch:
        assert watch.next()["type"] == "ADDED"
        bookmark = watch.until("BOOKMARK")["object"]
    assert bookmark["metadata"]["annotations"]["k8s.io/initial-events-end"] == "true"
    assert bookmark["kind"] == "ConfigMap" and bookmark["metadata"]["resourceVersion"].isdigit()


@one_side("demo", "a young real server still has every change in its watch cache, whatever etcd has compacted")
def test_a_watch_of_a_version_long_gone_is_told_410(cluster):
    with cluster.open_watch(cluster.path("configmaps") + "?resourceVersion=1") as watch:
        event = watch.next()
    assert event["type"] == "ERROR" and event["object"]["code"] == 410
    assert event["object"]["reason"] in ("Expired", "Gone")


def test_a_watch_ends_when_its_time_is_over(cluster):
    version = cluster.http("GET", cluster.path("secrets")).body["metadata"]["resourceVersion"]
    with cluster.open_watch(cluster.path("secrets") + f"?resourceVersion={version}", seconds=1) as watch:
        assert [event for event in watch.rest() if event["type"] != "BOOKMARK"] == []


def test_kubectl_get_watches(cluster):
    cluster.create("configmaps", config_map("a"))
    command = cluster.command("get", "configmaps", "--watch", "--output=name", "--field-selector=metadata.name!=kube-root-ca.crt")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline().strip() == "configmap/a"
            cluster.create("configmaps", config_map("b"))
            assert process.stdout.readline().strip() == "configmap/b"
        finally:
            process.kill()


# Writes


def test_a_dry_run_answers_and_writes_nothing(cluster):
    made = cluster.deploy(replicas=1)
    web, scale = cluster.path(DEPLOYMENTS, "web"), cluster.path(DEPLOYMENTS, "web", "scale")
    assert cluster.http("PATCH", web + "?dryRun=All", {"spec": {"replicas": 5}}, "merge").body["spec"]["replicas"] == 5
    assert cluster.http("PATCH", scale + "?dryRun=All", {"spec": {"replicas": 5}}, "merge").body["spec"]["replicas"] == 5
    assert cluster.http("POST", cluster.path("configmaps") + "?dryRun=All", config_map()).status == 201
    assert cluster.http("DELETE", web + "?dryRun=All").status == 200
    assert cluster.http("DELETE", web, {"dryRun": ["All"]}).status == 200
    now = cluster.get(DEPLOYMENTS, "web")
    assert now["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]
    assert "deletionTimestamp" not in now["metadata"]
    assert cluster.http("GET", cluster.path("configmaps", "a")).status == 404
    assert cluster.http("PATCH", web + "?dryRun=Some", {}, "merge").refusal() == (422, "Invalid")


def test_a_merge_patch_sets_removes_and_replaces_lists(cluster):
    cluster.create("configmaps", config_map("a", x="1", y="2"))
    assert cluster.patch("configmaps", "a", {"data": {"x": None, "z": "3"}}).body["data"] == {"y": "2", "z": "3"}
    cluster.create(DEPLOYMENTS, deployment(replicas=0))
    one = [{"name": "other", "image": "registry.example/other:1"}]
    patched = cluster.patch(DEPLOYMENTS, "web", {"spec": {"template": {"spec": {"containers": one}}}}).body
    assert [c["name"] for c in patched["spec"]["template"]["spec"]["containers"]] == ["other"]


def test_a_strategic_merge_patch_merges_lists_by_their_keys(cluster):
    cluster.create(DEPLOYMENTS, deployment(replicas=0))
    spec = lambda containers: {"spec": {"template": {"spec": {"containers": containers}}}}  # noqa: E731
    patched = cluster.patch(DEPLOYMENTS, "web", spec([{"name": "side", "image": "registry.example/side:1"}]), "strategic")
    names = lambda answer: {c["name"] for c in answer.body["spec"]["template"]["spec"]["containers"]}  # noqa: E731
    assert names(patched) == {"contract-app", "side"}
    removed = cluster.patch(DEPLOYMENTS, "web", spec([{"name": "side", "$patch": "delete"}]), "strategic")
    assert names(removed) == {"contract-app"}


def test_a_json_patch_tests_before_it_writes(cluster):
    cluster.create("configmaps", config_map("a", x="1"))
    steps = [{"op": "test", "path": "/data/x", "value": "1"}, {"op": "replace", "path": "/data/x", "value": "2"},
             {"op": "add", "path": "/data/y", "value": "3"}]
    assert cluster.patch("configmaps", "a", steps, "json").body["data"] == {"x": "2", "y": "3"}
    assert cluster.patch("configmaps", "a", steps, "json").refusal() == (422, "Invalid")
    assert cluster.get("configmaps", "a")["data"] == {"x": "2", "y": "3"}


def test_server_side_apply_shares_fields_between_managers(cluster):
    apply = lambda manager, body, more="": cluster.patch(  # noqa: E731
        "configmaps", "a", body, "apply", f"?fieldManager={manager}{more}")
    assert apply("ada", config_map("a", x="1", y="2")).status == 201
    refused = apply("bob", config_map("a", x="9"))
    assert refused.refusal() == (409, "Conflict")
    assert [(c["reason"], c["field"]) for c in refused.body["details"]["causes"]] == [("FieldManagerConflict", ".data.x")]
    assert 'conflict with "ada"' in refused.body["message"]
    forced = apply("bob", config_map("a", x="9"), "&force=true").body
    assert owners(forced, "data.x") == {("bob", "Apply", "")} and owners(forced, "data.y") == {("ada", "Apply", "")}
    left = apply("ada", config_map("a")).body
    assert left["data"] == {"x": "9"}, "what ada no longer applies has gone, what bob owns stays"
    assert apply("ada", config_map("a")).body["metadata"]["resourceVersion"] == left["metadata"]["resourceVersion"]


def test_server_side_apply_needs_a_manager(cluster):
    assert cluster.patch("configmaps", "a", config_map(), "apply").status in (400, 422)
    body = {**config_map(), "metadata": {"name": "a", "managedFields": [{"manager": "x"}]}}
    assert cluster.patch("configmaps", "a", body, "apply", "?fieldManager=x").refusal() == (400, "BadRequest")


def test_the_scale_subresource_writes_replicas_alone(cluster):
    made = cluster.deploy(replicas=1)
    scale = cluster.http("GET", cluster.path(DEPLOYMENTS, "web", "scale")).body
    assert scale["kind"] == "Scale" and scale["apiVersion"] == "autoscaling/v1"
    assert scale["spec"]["replicas"] == 1 and scale["status"]["selector"] == "app=web"
    assert scale["metadata"]["uid"] == made["metadata"]["uid"]
    answer = cluster.patch(DEPLOYMENTS, "web", {"spec": {"replicas": 3}}, query="?fieldManager=ada", subresource="scale")
    assert answer.status == 200 and answer.body["spec"]["replicas"] == 3
    now = cluster.get(DEPLOYMENTS, "web")
    assert now["metadata"]["generation"] == made["metadata"]["generation"] + 1
    assert owners(now, "spec.replicas") == {("ada", "Update", "scale")}
    stale = {"metadata": {"resourceVersion": made["metadata"]["resourceVersion"]}, "spec": {"replicas": 4}}
    assert cluster.patch(DEPLOYMENTS, "web", stale, subresource="scale").refusal() == (409, "Conflict")


def test_an_applied_scale_has_an_owner_even_where_nobody_owned_the_replicas(cluster):
    """By this the control plane knows after a lost answer whether its change was made."""
    made = cluster.create(DEPLOYMENTS, deployment(replicas=1))
    replicas = lambda: cluster.get(DEPLOYMENTS, "web")["spec"]["replicas"]  # noqa: E731
    at = lambda: owners(cluster.get(DEPLOYMENTS, "web"), "spec.replicas")  # noqa: E731
    assert scale_to(cluster, 0, "ada", "merge").status == 200
    # The real server has no owner now: 0 is left out of a Scale. A plain patch to 1 would leave it so.
    assert scale_to(cluster, 1, "op-1").body["spec"]["replicas"] == 1
    assert at() == {("op-1", "Apply", "scale")} and replicas() == 1
    assert scale_to(cluster, 0, "op-2").status == 200
    assert at() == {("op-2", "Apply", "scale")} and replicas() == 0
    entry = next(one for one in cluster.get(DEPLOYMENTS, "web")["metadata"]["managedFields"] if one["manager"] == "op-2")
    assert "time" not in entry and entry["apiVersion"] == "apps/v1"
    old = {"resourceVersion": made["metadata"]["resourceVersion"]}
    assert scale_to(cluster, 1, "op-4", **old).refusal() == (409, "Conflict")
    assert scale_to(cluster, 1, "op-4", uid="another").refusal() == (409, "Conflict")
    assert replicas() == 0


def test_an_apply_without_force_is_refused_another_managers_replicas(cluster):
    cluster.create(DEPLOYMENTS, deployment(replicas=1))
    body = {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "web"}, "spec": {"replicas": 2}}
    refused = cluster.patch(DEPLOYMENTS, "web", body, "apply", "?fieldManager=ada", subresource="scale")
    assert refused.refusal() == (409, "Conflict")
    assert [one["field"] for one in refused.body["details"]["causes"]] == [".spec.replicas"]


def test_an_applied_annotation_of_the_template_restarts_and_has_an_owner(cluster):
    made = cluster.create(DEPLOYMENTS, deployment(replicas=1))
    body = {"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "web", "uid": made["metadata"]["uid"]},
            "spec": {"template": {"metadata": {"annotations": {"example.com/restarts": "1"}}}}}
    answer = cluster.patch(DEPLOYMENTS, "web", body, "apply", "?fieldManager=op-1&force=true")
    assert answer.status == 200 and answer.body["metadata"]["generation"] == made["metadata"]["generation"] + 1
    assert owners(answer.body, "spec.template.metadata.annotations") == {("op-1", "Apply", "")}
    assert answer.body["spec"]["template"]["spec"] == made["spec"]["template"]["spec"]
    gone = {**body, "metadata": {"name": "gone", "uid": made["metadata"]["uid"], "resourceVersion": "1"}}
    assert cluster.patch(DEPLOYMENTS, "gone", gone, "apply", "?fieldManager=op-1&force=true").status == 409, "none is made"


def test_a_finalizer_holds_what_is_deleted(cluster):
    cluster.create("configmaps", {**config_map(), "metadata": {"name": "a", "finalizers": ["tests.example/hold"]}})
    waiting = cluster.http("DELETE", cluster.path("configmaps", "a")).body
    assert waiting["metadata"]["deletionTimestamp"]
    cluster.patch("configmaps", "a", {"metadata": {"finalizers": None}})
    assert cluster.http("GET", cluster.path("configmaps", "a")).status == 404


# Workloads


def test_a_changed_template_rolls_out_by_a_new_replica_set(cluster):
    first = cluster.deploy(replicas=2)
    before = {pod["metadata"]["uid"] for pod in cluster.pods("web")}
    cluster.kubectl("set", "image", "deployment/web", "contract-app=registry.example/web:2")
    assert "successfully rolled out" in cluster.kubectl("rollout", "status", "deployment/web", "--timeout=60s")
    now = cluster.get(DEPLOYMENTS, "web")
    assert now["status"]["observedGeneration"] == now["metadata"]["generation"] == first["metadata"]["generation"] + 1
    assert now["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "2"
    sets = cluster.http("GET", cluster.path("apps/v1/replicasets") + "?labelSelector=app%3Dweb").body["items"]
    by_image = {one["spec"]["template"]["spec"]["containers"][0]["image"]: one["spec"]["replicas"] for one in sets}
    assert by_image == {"registry.example/web:1": 0, "registry.example/web:2": 2}
    assert all(one["metadata"]["ownerReferences"][0]["uid"] == now["metadata"]["uid"] for one in sets)
    pods = eventually(lambda: [] if len(cluster.pods("web")) != 2 else cluster.pods("web"))
    assert not before & {pod["metadata"]["uid"] for pod in pods}
    conditions = {one["type"]: one["status"] for one in now["status"]["conditions"]}
    assert conditions == {"Available": "True", "Progressing": "True"}


def test_rollout_restart_history_and_undo(cluster):
    cluster.deploy(replicas=1)
    cluster.kubectl("rollout", "restart", "deployment/web")
    cluster.kubectl("rollout", "status", "deployment/web", "--timeout=60s")
    template = cluster.get(DEPLOYMENTS, "web")["spec"]["template"]["metadata"]
    assert "kubectl.kubernetes.io/restartedAt" in template["annotations"]
    history = cluster.kubectl("rollout", "history", "deployment/web").split()
    assert "1" in history and "2" in history
    cluster.kubectl("rollout", "undo", "deployment/web")
    cluster.kubectl("rollout", "status", "deployment/web", "--timeout=60s")
    template = cluster.get(DEPLOYMENTS, "web")["spec"]["template"]["metadata"]
    assert "kubectl.kubernetes.io/restartedAt" not in template.get("annotations", {})


def test_a_deleted_pod_is_replaced_by_another(cluster):
    cluster.deploy(replicas=1)
    gone = cluster.pods("web")[0]["metadata"]
    cluster.kubectl("delete", "pod", gone["name"])
    fresh = eventually(lambda: [pod for pod in cluster.pods("web") if pod["metadata"]["uid"] != gone["uid"]], seconds=60)
    assert fresh[0]["metadata"]["name"] != gone["name"]
    eventually(lambda: cluster.settled("web"), seconds=60)


def test_a_deleted_deployment_takes_its_pods_along(cluster):
    cluster.deploy(replicas=1)
    assert 'deployment.apps "web" deleted' in cluster.kubectl("delete", "deployment", "web")
    eventually(lambda: not cluster.http("GET", cluster.path("pods")).body["items"], seconds=60)


def test_an_eviction_asks_the_disruption_budget(cluster):
    cluster.deploy(replicas=2)
    cluster.kubectl("create", "poddisruptionbudget", "web", "--selector=app=web", "--min-available=2")
    budgets = "policy/v1/poddisruptionbudgets"
    eventually(lambda: cluster.get(budgets, "web").get("status", {}).get("currentHealthy") == 2, seconds=30)
    pod = cluster.pods("web")[0]["metadata"]["name"]
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod}}
    evict = lambda: cluster.http("POST", cluster.path("pods", pod, "eviction"), body)  # noqa: E731
    assert evict().refusal() == (429, "TooManyRequests")
    cluster.patch(budgets, "web", {"spec": {"minAvailable": 1}})
    eventually(lambda: cluster.get(budgets, "web")["status"].get("disruptionsAllowed") == 1, seconds=30)
    assert evict().status == 201
    eventually(lambda: pod not in [one["metadata"]["name"] for one in cluster.pods("web")], seconds=30)


def test_a_failing_pod_has_events(cluster):
    cluster.create(DEPLOYMENTS, deployment(replicas=1, annotations=CRASHES))
    def events():
        listed = cluster.http("GET", cluster.path("events")).body["items"]
        return {(one["type"], one["reason"], one["involvedObject"]["kind"]) for one in listed}
    wanted = {("Normal", "ScalingReplicaSet", "Deployment"), ("Normal", "SuccessfulCreate", "ReplicaSet"),
              ("Normal", "Scheduled", "Pod"), ("Warning", "BackOff", "Pod")}
    eventually(lambda: wanted <= events(), seconds=60)
    pod = cluster.pods("web")[0]["metadata"]["name"]
    assert "BackOff" in cluster.kubectl("describe", "pod", pod)
    assert "Scheduled" in cluster.kubectl("events", "--for", f"pod/{pod}")


def crashed(cluster) -> str:
    """The name of a pod whose container has crashed and been started again."""
    cluster.create(DEPLOYMENTS, deployment(replicas=1, annotations={**CRASHES, "demo/log": contract.PRINTED}))
    def restarted():
        for pod in cluster.pods("web"):
            for status in pod["status"].get("containerStatuses", []):
                if status["restartCount"] > 0 and "terminated" in status["lastState"]:
                    return pod
    pod = eventually(restarted, seconds=60)
    last = pod["status"]["containerStatuses"][0]["lastState"]["terminated"]
    assert last["exitCode"] == 1 and last["reason"] == "Error" and last["finishedAt"]
    return pod["metadata"]["name"]


def test_the_logs_of_a_crashed_container(cluster):
    pod = crashed(cluster)
    assert cluster.kubectl("logs", pod).startswith(contract.PRINTED)
    assert cluster.kubectl("logs", pod, "--previous").startswith(contract.PRINTED)
    assert len(cluster.kubectl("logs", pod, "--tail=1").splitlines()) == 1


def test_logs_of_what_is_not_there_are_refused(cluster):
    cluster.deploy(replicas=1)
    pod = cluster.pods("web")[0]["metadata"]["name"]
    assert cluster.http("GET", cluster.path("pods", "nobody", "log")).refusal() == (404, "NotFound")
    assert cluster.http("GET", cluster.path("pods", pod, "log") + "?container=x").refusal() == (400, "BadRequest")


@one_side("demo", "kwok never ends a followed log: its container's file is the test's own")
def test_a_followed_log_ends_with_its_container(cluster):
    pod = crashed(cluster)
    assert cluster.kubectl("logs", "--follow", pod).startswith(contract.PRINTED)


def test_a_followed_log_begins_with_what_was_printed(cluster):
    cluster.deploy(replicas=1, annotations={"demo/log": contract.PRINTED})
    pod = cluster.pods("web")[0]["metadata"]["name"]
    with subprocess.Popen(cluster.command("logs", "--follow", pod), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert [process.stdout.readline() for _ in range(2)] == contract.PRINTED.splitlines(keepends=True)
        finally:
            process.kill()


# kubectl


def test_kubectl_creates_what_it_sends_as_protobuf(cluster):
    cluster.kubectl("create", "deployment", "made", "--image=registry.example/made:1", "--replicas=1", "--port=8080")
    cluster.kubectl("create", "configmap", "made", "--from-literal=x=1")
    cluster.kubectl("create", "service", "clusterip", "made", "--tcp=80:8080")
    cluster.kubectl("create", "secret", "generic", "made", "--from-literal=x=1")
    container = cluster.get(DEPLOYMENTS, "made")["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == "registry.example/made:1" and container["ports"][0]["containerPort"] == 8080
    assert cluster.get("configmaps", "made")["data"] == {"x": "1"}
    assert cluster.get("services", "made")["spec"]["ports"][0]["targetPort"] == 8080
    assert cluster.get("secrets", "made")["data"] == {"x": "MQ=="}


def test_kubectl_applies_on_the_clients_side(cluster):
    apply = lambda one: cluster.kubectl("apply", "-f", "-", text=json.dumps(one))  # noqa: E731
    assert apply(config_map("a", x="1", y="2")) == "configmap/a created\n"
    assert apply(config_map("a", x="1", y="2")) == "configmap/a unchanged\n"
    assert apply(config_map("a", x="3")) == "configmap/a configured\n"
    assert cluster.get("configmaps", "a")["data"] == {"x": "3"}
    apply(deployment(replicas=1))
    changed = deployment(replicas=2, image="registry.example/web:2")
    assert apply(changed) == "deployment.apps/web configured\n"
    now = cluster.get(DEPLOYMENTS, "web")["spec"]
    assert now["replicas"] == 2 and now["template"]["spec"]["containers"][0]["image"] == "registry.example/web:2"


def test_kubectl_applies_on_the_servers_side(cluster):
    apply = lambda one, *more: cluster.kubectl(  # noqa: E731
        "apply", "--server-side", "-f", "-", *more, text=json.dumps(one))
    assert apply(deployment(replicas=1)) == "deployment.apps/web serverside-applied\n"
    assert owners(cluster.get(DEPLOYMENTS, "web"), "spec.replicas") == {("kubectl", "Apply", "")}
    cluster.kubectl("scale", "deployment/web", "--replicas=2")
    refused = cluster.refused("apply", "--server-side", "-f", "-", text=json.dumps(deployment(replicas=3)))
    assert "conflict" in refused and ".spec.replicas" in refused
    apply(deployment(replicas=3), "--force-conflicts")
    assert cluster.get(DEPLOYMENTS, "web")["spec"]["replicas"] == 3


def test_kubectl_moves_from_client_side_to_server_side_apply(cluster):
    cluster.kubectl("apply", "-f", "-", text=json.dumps(config_map("a", x="1", y="2")))
    cluster.kubectl("apply", "--server-side", "-f", "-", text=json.dumps(config_map("a", x="2")))
    assert cluster.get("configmaps", "a")["data"] == {"x": "2"}


def test_kubectl_scales(cluster):
    cluster.deploy(replicas=1)
    assert cluster.kubectl("scale", "deployment/web", "--replicas=2") == "deployment.apps/web scaled\n"
    assert "error" in cluster.refused("scale", "deployment/web", "--current-replicas=7", "--replicas=1").lower()
    eventually(lambda: cluster.settled("web"), seconds=60)
    assert "2/2" in cluster.kubectl("get", "deployment", "web", "--no-headers")


def test_kubectl_gets_and_describes(cluster):
    cluster.deploy(replicas=1)
    rows = cluster.kubectl("get", "deployments,pods", "--output=wide")
    assert "deployment.apps/web" in rows and "Running" in rows and "registry.example/web:1" in rows
    described = cluster.kubectl("describe", "deployment", "web")
    assert "1 desired | 1 updated | 1 total | 1 available | 0 unavailable" in described
    assert "ScalingReplicaSet" in described
    assert 'deployments.apps "nobody" not found' in cluster.refused("get", "deployment", "nobody")


def test_kubectl_asks_what_it_may(cluster):
    assert cluster.kubectl("auth", "can-i", "delete", "pods") == "yes\n"
    assert "*.*" in cluster.kubectl("auth", "can-i", "--list")
    assert "system:masters" in cluster.kubectl("auth", "whoami")


def test_kubectl_lists_the_kinds(cluster):
    rows = {tuple(row.split()) for row in cluster.kubectl("api-resources", "--no-headers").splitlines()}
    for row in ("pods po v1 true Pod", "deployments deploy apps/v1 true Deployment", "nodes no v1 false Node",
                "horizontalpodautoscalers hpa autoscaling/v2 true HorizontalPodAutoscaler",
                "poddisruptionbudgets pdb policy/v1 true PodDisruptionBudget", "secrets v1 true Secret"):
        assert tuple(row.split()) in rows, row


@one_side("real", "the demo cluster publishes no schema of its kinds; nothing of ours asks for one")
def test_kubectl_explains(cluster):
    assert "replicas" in cluster.kubectl("explain", "deployment.spec")


def test_kubectl_labels_annotates_and_waits(cluster):
    cluster.deploy(replicas=1)
    cluster.kubectl("label", "deployment/web", "tier=front")
    cluster.kubectl("annotate", "deployment/web", "why=test")
    metadata = cluster.get(DEPLOYMENTS, "web")["metadata"]
    assert metadata["labels"] == {"tier": "front"} and metadata["annotations"]["why"] == "test"
    cluster.kubectl("wait", "deployment/web", "--for=condition=Available", "--timeout=60s")
