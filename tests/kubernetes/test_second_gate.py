"""The admission policy of deploy/: whatever rights somebody gives the control plane's account, it changes replicas, and of pod templates what its
operations change."""
import copy
import pathlib

import discovery
import fields
import pytest
import yaml
from api_client import ApiClient

from support.stage import eventually

HERE = pathlib.Path(__file__).resolve().parent
POLICY = "ValidatingAdmissionPolicy 'hks-control-plane-changes'"
PODS = "the control plane changes of a pod template its restart annotation, cpu and memory, and of a Deployment's what a rollback may"
COUNT = "a restart is counted, in at most ten digits"
SPEC = "the control plane changes nothing of a workload but its pod template"
METADATA = "the control plane changes nothing of a workload's metadata"
NOTHING_ELSE = "the control plane scales workloads, changes their pod templates and changes nothing else"


@pytest.fixture(scope="module")
def administrator(cluster):
    client = ApiClient.administrator(cluster)
    yield client
    client.close()


@pytest.fixture(scope="module")
def account(cluster):
    """The control plane's, with the rights that deploy/ gives it."""
    client = ApiClient.control_plane(cluster)
    yield client
    client.close()


@pytest.fixture(scope="module")
def mighty(cluster, account):
    """The same, which somebody has made an administrator."""
    binding = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "too-much"},
               "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
               "subjects": [{"kind": "ServiceAccount", "name": "hks-control-plane", "namespace": "hexabase"}]}
    may_read_secrets = lambda: account.ask("GET", "/api/v1/secrets?limit=1")[0] == 200  # noqa: E731
    cluster.apply([binding])
    eventually(may_read_secrets)
    yield account
    cluster.delete([binding])
    eventually(lambda: not may_read_secrets())


# Field by field

PLURALS = {"Deployment": "deployments", "StatefulSet": "statefulsets", "DaemonSet": "daemonsets"}
TEMPLATE = ("spec", "template")
RESTARTS = (*TEMPLATE, "metadata", "annotations", "hexabase.io/restarts")
CONTAINER = (*TEMPLATE, "spec", "containers", 0)
RESOURCES = {(*CONTAINER, "resources", section, resource) for section in ("requests", "limits") for resource in ("cpu", "memory")}
VOLUMES = (*TEMPLATE, "spec", "volumes")  # one more of which no source is said is an empty folder
# What a release changes, and so a rollback: of Deployments only.
RELEASED = ("imagePullPolicy", "command", "args", "workingDir", "env", "envFrom", "ports", "resources", "volumeMounts", "livenessProbe",
            "readinessProbe", "startupProbe", "lifecycle", "terminationMessagePath", "terminationMessagePolicy")
ROLLED_BACK = [(*TEMPLATE, "metadata", "labels"), (*TEMPLATE, "metadata", "annotations"), (*TEMPLATE, "spec", "terminationGracePeriodSeconds"),
               *((*CONTAINER, field) for field in RELEASED),
               *((*VOLUMES, 0, source) for source in ("configMap", "emptyDir", "downwardAPI"))]
# Of that, what a rollback leaves as it is: what would give the pods a Secret, a device, or a word from the node's kubelet.
HELD = [(*CONTAINER, "env", 0, "valueFrom", "secretKeyRef"), (*CONTAINER, "envFrom", 0, "secretRef"), (*CONTAINER, "resources", "claims"),
        *((*CONTAINER, probe, handler, "host") for probe in ("livenessProbe", "readinessProbe", "startupProbe") for handler in ("httpGet", "tcpSocket")),
        *((*CONTAINER, "lifecycle", hook, handler, "host") for hook in ("postStart", "preStop") for handler in ("httpGet", "tcpSocket"))]


def is_released(kind: str, path: tuple) -> bool:
    """It may be changed as part of a rollback or by set-resources."""
    def is_within(parts: list) -> bool:
        return any(path[:len(part)] == part for part in parts)
    if path in RESOURCES:
        return True
    return kind == "Deployment" and not is_within(HELD) and (path in (VOLUMES, (*VOLUMES, 0, "name")) or is_within(ROLLED_BACK))


FORMS = ("merge", "apply")
TOP_LEVELS = 4  # of the other two kinds, since their pods are of the same schema
# Of a pod, what matters most must be among what the policy itself has refused.
GRAVE = {"image", "volumes", "hostPath", "hostPort", "serviceAccountName", "hostNetwork", "hostPID", "hostIPC", "privileged", "nodeName",
         "nodeSelector", "initContainers", "securityContext", "imagePullSecrets", "runAsUser", "capabilities", "runtimeClassName",
         "priorityClassName", "schedulerName", "shareProcessNamespace", "hostAliases", "automountServiceAccountToken", "secret", "secretKeyRef",
         "secretRef", "host"}
GRAVE_ELSEWHERE = GRAVE | {"command", "args", "env", "volumeMounts"}  # of what is no Deployment, which nobody rolls back


def workload(kind: str) -> dict:
    spec = {"selector": {"matchLabels": {"app": "rich"}}, "template": yaml.safe_load((HERE / "rich.yaml").read_text())}
    if kind != "DaemonSet":
        spec["replicas"] = 0
    if kind == "StatefulSet":
        spec |= {"serviceName": "rich", "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {
            "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "rich", "namespace": "shop"}, "spec": spec}


@pytest.fixture(scope="module")
def schemas(administrator):
    return fields.Schemas(*(administrator.get(f"/openapi/v3/apis/{group}") for group in ("apps/v1", "autoscaling/v1")))


@pytest.fixture(scope="module")
def rich(cluster, administrator):
    """The path of that workload of each kind."""
    paths = {kind: f"/apis/apps/v1/namespaces/shop/{plural}/rich" for kind, plural in PLURALS.items()}
    cluster.apply([workload(kind) for kind in PLURALS])

    def are_seen():
        found = [administrator.get(path) for path in paths.values()]
        return all(one["status"].get("observedGeneration") == one["metadata"]["generation"] for one in found)
    eventually(are_seen)
    yield paths
    cluster.delete([workload(kind) for kind in PLURALS])


def said(one: dict) -> dict:
    """What a client can say of an object, not what the API server adds."""
    metadata = {key: value for key, value in one["metadata"].items() if key not in ("managedFields", "resourceVersion", "generation")}
    return {**one, "metadata": metadata, "status": None}


def written(live: dict, wanted: dict, form: str) -> dict:
    if form == "merge":
        return fields.diff(live, wanted)
    return wanted | {"metadata": {key: value for key, value in wanted["metadata"].items() if key != "managedFields"}}


class Attempt:
    """To change a workload in one way, as the control plane's account; it is only rehearsed."""

    def __init__(self, account: ApiClient, path: str, live: dict, wanted: dict, form: str):
        query = "?dryRun=All&fieldManager=tests" + ("&force=true" if form == "apply" else "")
        self.status, self.answer = account.ask("PATCH", path + query, written(live, wanted, form), form)
        assert self.status != 403, self.answer  # it is not RBAC that is tried here
        self.is_refused_by_policy = POLICY in str(self.answer) and self.status == 422
        self.change = {} if self.status >= 300 else fields.diff(said(live), said(self.answer))


def walk(schemas, account, administrator, path: str, root: str, form: str, levels: int, may=lambda path: False):
    """All fields that there are, and those of which the policy itself has refused a change; no change may pass but of those that `may`."""
    live, tried, refused, ignored = administrator.get(path), set(), set(), set()
    for change in schemas.changes(root, live, levels):
        tried.add(change.path)
        if change.path in refused | ignored or change.value is None and form == "apply":
            continue  # an apply takes nothing away that another has put there
        attempt = Attempt(account, path, live, schemas.changed(root, live, change), form)
        assert not attempt.change or may(change.path), f"{change} was let through: {attempt.change}"
        if attempt.is_refused_by_policy:
            refused.add(change.path)
        elif attempt.status == 200 and change.value not in (None, fields.at(live, change.path)):
            ignored.add(change.path)  # the API server's own, or behind a feature that is off
    return tried, refused


@pytest.mark.parametrize("kind, form, levels", [("Deployment", "merge", fields.DEEP), ("Deployment", "apply", TOP_LEVELS),
                                                ("StatefulSet", "merge", fields.DEEP), ("DaemonSet", "apply", TOP_LEVELS)])
def test_no_field_of_a_workload_may_be_changed_by_the_control_plane(schemas, account, administrator, rich, kind, form, levels):
    may = lambda path: is_released(kind, path)  # noqa: E731
    tried, refused = walk(schemas, account, administrator, rich[kind], f"io.k8s.api.apps.v1.{kind}", form, levels, may)
    assert ("metadata", "labels", "other") in refused and not {path for path in refused if path in RESOURCES}
    if kind != "Deployment":
        assert (*TEMPLATE, "metadata", "annotations", "other") in refused
    if levels == fields.DEEP:
        steps = {step for path in refused for step in path}
        assert not (GRAVE if kind == "Deployment" else GRAVE_ELSEWHERE) - steps
        assert len(refused) > (150 if kind == "Deployment" else 200)
    print(f"\n{kind} by {form}: {len(tried)} fields, {len(refused)} of them refused by the policy itself, the others not changeable at all")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_of_a_scale_only_the_replicas_may_be_changed(schemas, account, administrator, rich, kind, form):
    path = rich[kind] + "/scale"
    tried, _ = walk(schemas, account, administrator, path, "io.k8s.api.autoscaling.v1.Scale", form, fields.DEEP,
                    lambda path: path == ("spec", "replicas"))
    assert ("spec", "replicas") in tried
    live = administrator.get(path)
    for replicas in (1, 4, 1000):
        attempt = Attempt(account, path, live, live | {"spec": {"replicas": replicas}}, form)
        assert attempt.change == {"spec": {"replicas": replicas}}, attempt.answer


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", PLURALS)
def test_a_restart_is_counted(schemas, account, administrator, rich, kind, form):
    root, live = f"io.k8s.api.apps.v1.{kind}", administrator.get(rich[kind])

    def attempt(annotation: str, value) -> Attempt:
        wanted = schemas.changed(root, live, fields.Change((*RESTARTS[:-1], annotation), value))
        return Attempt(account, rich[kind], live, wanted, form)
    for count in ("4", "0", "1000000000"):
        assert attempt("hexabase.io/restarts", count).status == 200
    for annotation in ("hexabase.io/restart", "hexabase.io/restarts2", "Hexabase.io/restarts", "kubectl.kubernetes.io/restartedAt"):
        assert (attempt(annotation, "4").status == 200) == (kind == "Deployment"), "a release may change it"
    for value in ("", "x", "-1", "4 ", "4.0", "12345678901", "4\n", "$(rm -rf /)", "x" * 9999):
        assert COUNT in attempt("hexabase.io/restarts", value).answer["message"]
    if form == "merge":  # the version before the first restart has none
        taken_away = attempt("hexabase.io/restarts", None)
        assert taken_away.status == 200 if kind == "Deployment" else COUNT in taken_away.answer["message"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", PLURALS)
def test_a_restart_carries_no_second_change(schemas, account, administrator, rich, kind, form):
    root, live = f"io.k8s.api.apps.v1.{kind}", administrator.get(rich[kind])
    restarted = schemas.changed(root, live, fields.Change(RESTARTS, "4"))
    rows = [((*CONTAINER, "image"), "evil", PODS), (("metadata", "labels", "x"), "y", METADATA), (("spec", "minReadySeconds"), 9, SPEC)]
    if kind != "Deployment":
        rows += [((*RESTARTS[:-1], "x"), "y", PODS), ((*RESTARTS[:3], "labels", "x"), "y", PODS), ((*CONTAINER, "command"), ["evil"], PODS)]
    for path, value, message in rows:
        attempt = Attempt(account, rich[kind], live, schemas.changed(root, restarted, fields.Change(path, value)), form)
        assert message in attempt.answer["message"]


@pytest.mark.parametrize("kind", PLURALS)
def test_of_resources_only_cpu_and_memory_may_be_changed(schemas, account, administrator, rich, kind):
    root, live = f"io.k8s.api.apps.v1.{kind}", administrator.get(rich[kind])
    for path in sorted(RESOURCES):
        assert Attempt(account, rich[kind], live, schemas.changed(root, live, fields.Change(path, "15m" if "cpu" in path else "64Mi")), "merge").change
    if kind == "Deployment":
        return  # where a release may have set the others
    for section in ("requests", "limits"):
        change = fields.Change((*CONTAINER, "resources", section, "ephemeral-storage"), "1")
        assert PODS in Attempt(account, rich[kind], live, schemas.changed(root, live, change), "merge").answer["message"]


IMAGES = {"registry.example/rich:2": True, "registry.example/rich": True, "registry.example/rich@sha256:" + "a" * 64: True,
          "registry.example/rich:1@sha256:" + "a" * 64: True, "registry.example/richer:1": False, "registry.example/rich/er:1": False,
          "registry.example:5000/rich:1": False, "rich:1": False, "evil.example/registry.example/rich:1": False, "evil@registry.example/rich:1": False}


@pytest.mark.parametrize("image", IMAGES)
def test_a_rollback_stays_in_the_images_repository(schemas, account, administrator, rich, image):
    live = administrator.get(rich["Deployment"])
    wanted = schemas.changed("io.k8s.api.apps.v1.Deployment", live, fields.Change((*CONTAINER, "image"), image))
    attempt = Attempt(account, rich["Deployment"], live, wanted, "merge")
    assert (attempt.status == 200) if IMAGES[image] else (PODS in attempt.answer["message"]), attempt.answer


def test_a_rollback_makes_no_container_and_takes_nothing_of_the_node(account, administrator, rich):
    live = administrator.get(rich["Deployment"])

    def attempt(change) -> Attempt:
        wanted = copy.deepcopy(live)
        change(wanted["spec"]["template"]["spec"])
        return Attempt(account, rich["Deployment"], live, wanted, "merge")
    for change in (lambda pod: pod["containers"].append({"name": "more", "image": "registry.example/rich:1"}),
                   lambda pod: pod.update(initContainers=[{"name": "more", "image": "registry.example/rich:1"}]),
                   lambda pod: pod["containers"][0].update(name="other"),
                   lambda pod: pod["containers"][0].update(ports=[{"containerPort": 80, "hostPort": 80}]),
                   lambda pod: pod["containers"][0]["securityContext"].update(privileged=True, allowPrivilegeEscalation=True),
                   lambda pod: pod["containers"][0].pop("securityContext"),
                   lambda pod: pod["volumes"].append({"name": "node", "hostPath": {"path": "/"}}),
                   lambda pod: pod["volumes"].append({"name": "claim", "persistentVolumeClaim": {"claimName": "others"}}),
                   lambda pod: pod.update(nodeName="node-1"), lambda pod: pod.update(hostNetwork=True)):
        assert PODS in attempt(change).answer["message"]
    assert attempt(lambda pod: pod["volumes"].append({"name": "more", "configMap": {"name": "app"}})).status == 200


# What the pods have now of the node, of its devices and of Secrets, and so what a rollback may keep.
HAD = yaml.safe_load("""
spec:
  resourceClaims: [{name: card, resourceClaimName: card}]
  volumes:
    - {name: node, hostPath: {path: /var/log}}
    - {name: keys, secret: {secretName: keys, items: [{key: public, path: public}]}}
    - {name: scratch, emptyDir: {}}
  containers:
    - name: app
      image: registry.example/rich:1
      env: [{name: USER, valueFrom: {secretKeyRef: {name: database, key: user}}}]
      envFrom: [{secretRef: {name: settings}}]
      resources: {limits: {cpu: 1, nvidia.com/gpu: 1}}
      volumeMounts: [{name: node, mountPath: /logs, readOnly: true}, {name: keys, mountPath: /keys}]
      livenessProbe: {httpGet: {path: /, port: 80, host: 10.0.0.1}}
    - {name: side, image: registry.example/side:1}
  initContainers:
    - {name: first, image: registry.example/first:1}
""")


@pytest.fixture(scope="module")
def had(cluster, administrator):
    """The path of a Deployment whose pods have that."""
    one = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "had", "namespace": "shop"}, "spec": {
        "replicas": 0, "selector": {"matchLabels": {"app": "had"}}, "template": HAD | {"metadata": {"labels": {"app": "had"}}}}}
    path = "/apis/apps/v1/namespaces/shop/deployments/had"
    cluster.apply([one])
    eventually(lambda: administrator.get(path)["status"].get("observedGeneration") == 1)
    yield path
    cluster.delete([one])


def rolled_back(account, administrator, path: str, change) -> Attempt:
    """To a template that differs in this, and as every rollback in the version of an image."""
    live = administrator.get(path)
    wanted = copy.deepcopy(live)
    template = wanted["spec"]["template"]
    template["spec"]["containers"][0]["image"] = "registry.example/rich:2"
    change(template, *template["spec"]["containers"])
    return Attempt(account, path, live, wanted, "merge")


def secret_key(name: str, key: str) -> list:
    return [{"name": "ROOT", "valueFrom": {"secretKeyRef": {"name": name, "key": key}}}]


def noted(annotation: str):
    return lambda pods, app, side: pods["metadata"].setdefault("annotations", {}).update({annotation: "unconfined"})


def mounted(name: str, path: str) -> list:
    return [{"name": name, "mountPath": path}]


MORE = {
    "AppArmor by its old annotation": noted("container.apparmor.security.beta.kubernetes.io/app"),
    "seccomp of a container by its old annotation": noted("container.seccomp.security.alpha.kubernetes.io/app"),
    "seccomp of the pod by its old annotation": noted("seccomp.security.alpha.kubernetes.io/pod"),
    "the node's folder writable": lambda pods, app, side: app["volumeMounts"][0].pop("readOnly"),
    "the node's folder at another place": lambda pods, app, side: app["volumeMounts"][0].update(mountPath="/etc"),
    "the node's folder twice": lambda pods, app, side: app["volumeMounts"].extend(mounted("node", "/more")),
    "the node's folder in another container": lambda pods, app, side: side.update(volumeMounts=mounted("node", "/logs")),
    "another folder of the node": lambda pods, app, side: pods["spec"]["volumes"][0]["hostPath"].update(path="/"),
    "the node's folder by another name": lambda pods, app, side: pods["spec"]["volumes"].append({"name": "more", "hostPath": {"path": "/var/log"}}),
    "one device more": lambda pods, app, side: app["resources"]["limits"].update({"nvidia.com/gpu": "2"}),
    "one device less": lambda pods, app, side: app["resources"]["limits"].pop("nvidia.com/gpu"),
    "a device of another container": lambda pods, app, side: side.update(resources={"limits": {"nvidia.com/gpu": "1"}}),
    "huge pages": lambda pods, app, side: app["resources"]["limits"].update({"hugepages-2Mi": "2Mi"}),
    "a claim": lambda pods, app, side: side.update(resources={"claims": [{"name": "card"}]}),
    "another Secret as a folder": lambda pods, app, side: pods["spec"]["volumes"].append({"name": "more", "secret": {"secretName": "root"}}),
    "all keys of a Secret as a folder": lambda pods, app, side: pods["spec"]["volumes"][1]["secret"].pop("items"),
    "a Secret among other sources of a folder": lambda pods, app, side: pods["spec"]["volumes"].append(
        {"name": "more", "projected": {"sources": [{"secret": {"name": "root"}}]}}),
    "another Secret's key": lambda pods, app, side: app["env"].extend(secret_key("root", "user")),
    "another key of a Secret": lambda pods, app, side: side.update(env=secret_key("database", "password")),
    "another Secret as variables": lambda pods, app, side: app["envFrom"].append({"secretRef": {"name": "root"}}),
    "all keys of a Secret as variables": lambda pods, app, side: side.update(envFrom=[{"secretRef": {"name": "database"}}]),
    "a Secret of an init container": lambda pods, app, side: pods["spec"]["initContainers"][0].update(env=secret_key("root", "user")),
    "another host probed": lambda pods, app, side: app["livenessProbe"]["httpGet"].update(host="169.254.169.254"),
    "a host knocked at": lambda pods, app, side: side.update(readinessProbe={"tcpSocket": {"port": 80, "host": "10.0.0.2"}}),
    "a host called by a hook": lambda pods, app, side: side.update(lifecycle={"preStop": {"httpGet": {"port": 80, "host": "10.0.0.2"}}}),
}


@pytest.mark.parametrize("more", MORE)
def test_a_rollback_gives_the_pods_no_more_than_they_have(account, administrator, had, more):
    attempt = rolled_back(account, administrator, had, MORE[more])
    assert attempt.is_refused_by_policy and PODS in attempt.answer["message"], attempt.answer


KEPT = {
    "all of it": lambda pods, app, side: None,
    "cpu, memory and temporary storage": lambda pods, app, side: app["resources"]["limits"].update({"cpu": "2", "memory": "1Gi", "ephemeral-storage": "1Gi"}),
    "none of it": lambda pods, app, side: (app.update(volumeMounts=[], env=[], envFrom=[]), app.pop("livenessProbe"), pods["spec"].update(volumes=[])),
    "what one container reads, by another": lambda pods, app, side: side.update(env=secret_key("database", "user"), envFrom=app["envFrom"]),
    "a folder of a Secret in another container": lambda pods, app, side: side.update(volumeMounts=mounted("keys", "/keys")),
    "an annotation of its own": noted("example.com/apparmor.security.beta.kubernetes.io"),
    "a probe of its own": lambda pods, app, side: side.update(livenessProbe={"httpGet": {"path": "/", "port": 80}}),
}


@pytest.mark.parametrize("kept", KEPT)
def test_a_rollback_may_keep_what_the_pods_have_and_give_it_up(account, administrator, had, kept):
    attempt = rolled_back(account, administrator, had, KEPT[kept])
    assert attempt.status == 200 and attempt.change, attempt.answer


def test_a_template_as_large_as_they_get_is_judged_within_the_cost_that_a_policy_may_have(cluster, account, administrator):
    """What costs more is refused with that reason: then nobody could roll it back."""
    def container(number: int) -> dict:
        return {"name": f"c{number}", "image": "registry.example/rich:1", "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
                "env": [{"name": f"V{i}", "value": "x"} for i in range(100)] + [
                    {"name": f"S{i}", "valueFrom": {"secretKeyRef": {"name": f"secret-{number}", "key": f"k{i}"}}} for i in range(50)],
                "volumeMounts": [{"name": f"v{i}", "mountPath": f"/v{i}"} for i in range(20)]}
    volumes = [{"name": f"v{i}", **({"hostPath": {"path": f"/v{i}"}} if i < 5 else {"secret": {"secretName": f"s{i}"}})} for i in range(20)]
    one = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "large", "namespace": "shop"}, "spec": {
        "replicas": 0, "selector": {"matchLabels": {"app": "large"}}, "template": {"metadata": {"labels": {"app": "large"}}, "spec": {
            "containers": [container(i) for i in range(30)], "volumes": volumes}}}}
    path = "/apis/apps/v1/namespaces/shop/deployments/large"
    cluster.apply([one])
    try:
        eventually(lambda: administrator.get(path)["status"].get("observedGeneration") == 1)

        def change(pods, first, *others):
            first["env"].append({"name": "MORE", "value": "1"})
            for one in others:
                one["command"] = ["other"]
        attempt = rolled_back(account, administrator, path, change)
        assert attempt.status == 200 and attempt.change, attempt.answer
    finally:
        cluster.delete([one])


def test_the_generation_of_a_daemon_sets_template_is_no_other_workloads_annotation(schemas, account, administrator, rich):
    """The API server writes it into a DaemonSet that is restarted; the policy once let it be written into everything."""
    change = fields.Change(("metadata", "annotations", "deprecated.daemonset.template.generation"), "anything")
    for kind in ("Deployment", "StatefulSet"):
        live = administrator.get(rich[kind])
        wanted = schemas.changed(f"io.k8s.api.apps.v1.{kind}", live, change)
        assert METADATA in Attempt(account, rich[kind], live, wanted, "merge").answer["message"]


# Kind by kind

# What the API server puts before no admission policy, lest one locks everybody out: here RBAC is the only gate (test_rights.py).
NEVER_JUDGED = {f"{name}.admissionregistration.k8s.io{part}" for name, part in (
    ("validatingadmissionpolicies", ""), ("validatingadmissionpolicies", "/status"), ("validatingadmissionpolicybindings", ""))}


CONNECTIONS = ("namespaces/shop/pods/{pod}/exec?command=ls&stdout=true", "namespaces/shop/pods/{pod}/attach?stdout=true",
               "namespaces/shop/pods/{pod}/portforward?ports=80", "namespaces/shop/pods/{pod}/proxy/",
               "namespaces/shop/services/web/proxy/", "nodes/node-1/proxy/")


@pytest.fixture
def one_of_each_kind(cluster):
    """Of those at least that somebody would want to have changed and that the cluster has none of by itself."""
    objects = list(yaml.safe_load_all((HERE / "kinds.yaml").read_text()))
    cluster.apply(objects)
    yield
    cluster.delete(objects)


def test_of_no_kind_anything_is_made_changed_or_deleted(mighty, administrator, one_of_each_kind):
    """Each verb of discovery that changes something, on an object of each kind that there is; a policy's own kinds it cannot judge."""
    judged, otherwise, passed = set(), set(), set()
    for kind in discovery.kinds(administrator):
        for verb, method, path, body, form in kind.changes():
            status, answer = mighty.ask(method, path + "?dryRun=All", body, form)
            (judged if POLICY in str(answer) else passed if status < 300 else otherwise).add((verb, kind.name))
    scales = {(verb, f"{name}.apps/scale") for verb in ("update", "patch") for name in ("deployments", "statefulsets")}
    assert {name for _, name in passed - scales} == NEVER_JUDGED
    assert len(judged) > 200 and len(judged) > 9 * len(otherwise), otherwise
    print(f"\n{len(judged)} verbs on {len({name for _, name in judged})} kinds refused by the policy; {len(otherwise)} before it came to that")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", CONNECTIONS)
def test_it_connects_to_nothing(mighty, administrator, method, path):
    pod = administrator.get("/api/v1/namespaces/shop/pods?limit=1")["items"][0]["metadata"]["name"]
    status, answer = mighty.ask(method, "/api/v1/" + path.format(pod=pod))
    assert status == 422 and NOTHING_ELSE in answer["message"], answer


def test_who_impersonates_is_another_to_it(mighty):
    """Which is why no right to impersonate may be granted: RBAC is the only gate before that too."""
    label = ("PATCH", "/api/v1/namespaces/shop?dryRun=All", {"metadata": {"labels": {"other": "x"}}}, "merge")
    assert NOTHING_ELSE in mighty.ask(*label)[1]["message"]
    assert mighty.ask(*label, **{"Impersonate-User": "admin", "Impersonate-Group": "system:masters"})[0] == 200


def test_the_second_gate_holds_nobody_else_back(cluster):
    cluster.kubectl("label", "--namespace=shop", "deployment/web", "other=x", "--dry-run=server")
