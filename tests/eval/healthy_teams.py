"""Who lives in a healthy cluster: its own system, what lets traffic in, and teams that are all alike but for their moment."""
from healthy_cluster import SETTLED, Cluster
from healthy_objects import (DAY, HOUR, MINUTE, App, ago, as_ended, autoscaler, condition, disruption_budget, endpoints_of, event, made,
                             secret, service)

SYSTEM, INGRESS, CERTIFICATES, GATEWAYS = "kube-system", "ingress-nginx", "cert-manager", "gateways"
TOLERATES_ALL = {"tolerations": [{"operator": "Exists"}], "priorityClassName": "system-node-critical"}
ROLLOUT_EVERY, HISTORY_EVERY, OFF_EVERY, EGRESS_EVERY = 4, 3, 5, 3  # teams


def namespace(cluster: Cluster, name: str) -> None:
    labels = {"kubernetes.io/metadata.name": name}
    cluster.add(made("Namespace", name, labels=labels, spec={"finalizers": ["kubernetes"]}, status={"phase": "Active"}),
                made("ServiceAccount", "default", name), made("ConfigMap", "kube-root-ca.crt", name, data={"ca.crt": "a certificate"}))


def serve(cluster: Cluster, app: App, pods: list, **spec) -> dict:
    one = cluster.add(service(app, **spec))
    cluster.add(*endpoints_of(one, pods, app.port))
    return one


def deploy_and_serve(cluster: Cluster, app: App, replicas: int, **spec) -> list:
    _, _, pods = cluster.deployment(app, replicas)
    serve(cluster, app, pods, clusterIP=cluster.address(96), **spec)
    return pods


# ---- the cluster's own

def control_plane(cluster: Cluster) -> None:
    node = cluster.nodes[0]
    name = node["metadata"]["name"]
    for part in ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"):
        app = App(SYSTEM, part, port=None, image=f"registry.example.com/system/{part}:v1.31.2", more=TOLERATES_ALL | {"hostNetwork": True})
        cluster.pod(f"{part}-{name}", app, node, node=node)
    for part in ("kube-scheduler", "kube-controller-manager"):
        cluster.add(made("Lease", part, SYSTEM, spec={"holderIdentity": name, "leaseDurationSeconds": 15, "renewTime": ago(2)}))


def system(cluster: Cluster) -> None:
    namespace(cluster, SYSTEM)
    control_plane(cluster)
    for name in ("kube-proxy", "cni", "log-agent"):
        cluster.daemon_set(App(SYSTEM, name, port=None, more=TOLERATES_ALL))
    deploy_and_serve(cluster, App(SYSTEM, "kube-dns", port=53, image="registry.example.com/system/coredns:v1.11.3"), 2)
    deploy_and_serve(cluster, App(SYSTEM, "metrics-server", port=10250), 2)
    cluster.add(made("StorageClass", "fast", provisioner="disk.csi.example.com", reclaimPolicy="Retain",
                     volumeBindingMode="WaitForFirstConsumer", allowVolumeExpansion=True),
                made("PriorityClass", "system-node-critical", value=2000001000, globalDefault=False),
                cluster.volume("spare-1", "50Gi", "Available", None),
                cluster.volume("kept-after-its-claim", "10Gi", "Released",
                               {"kind": "PersistentVolumeClaim", "namespace": "gone", "name": "data", "uid": "gone"}))
    deploy_and_serve(cluster, App(SYSTEM, "disk-csi-controller", port=9808), 2)


def webhooks(cluster: Cluster) -> None:
    namespace(cluster, CERTIFICATES)
    deploy_and_serve(cluster, App(CERTIFICATES, "webhook", port=10250), 2)
    for kind, policy in (("ValidatingWebhookConfiguration", "Fail"), ("MutatingWebhookConfiguration", "Ignore")):
        target = {"namespace": CERTIFICATES, "name": "webhook", "path": "/check", "port": 10250}
        rule = {"apiGroups": ["cert-manager.io"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["certificates"]}
        hook = {"name": "webhook.cert-manager.example.com", "failurePolicy": policy, "sideEffects": "None", "timeoutSeconds": 10,
                "admissionReviewVersions": ["v1"], "clientConfig": {"caBundle": "Y2E=", "service": target}, "rules": [rule]}
        cluster.add(made(kind, "cert-manager-webhook", webhooks=[hook]))


def doors(cluster: Cluster) -> None:
    """The ingress controller and a gateway, each with its address."""
    namespace(cluster, INGRESS)
    _, _, pods = cluster.deployment(App(INGRESS, "controller", port=8443), 2)
    controller = serve(cluster, App(INGRESS, "controller", port=8443), pods, type="LoadBalancer", clusterIP=cluster.address(96))
    controller["status"] = {"loadBalancer": {"ingress": [{"ip": "203.0.113.10"}]}}
    namespace(cluster, GATEWAYS)
    accepted = [condition("Accepted", reason="Accepted"), condition("Programmed", reason="Programmed")]
    listener = {"name": "https", "port": 443, "protocol": "HTTPS", "allowedRoutes": {"namespaces": {"from": "All"}},
                "tls": {"mode": "Terminate", "certificateRefs": [{"kind": "Secret", "name": "wildcard"}]}}
    cluster.add(made("IngressClass", "nginx", spec={"controller": "k8s.io/ingress-nginx"}),
                secret(GATEWAYS, "wildcard", ("tls.crt", "tls.key")),
                made("GatewayClass", "mesh", spec={"controllerName": "example.com/gateway"}, status={"conditions": accepted[:1]}),
                made("Gateway", "public", GATEWAYS, spec={"gatewayClassName": "mesh", "listeners": [listener]},
                     status={"addresses": [{"type": "IPAddress", "value": "203.0.113.11"}], "conditions": accepted, "listeners": [
                         {"name": "https", "attachedRoutes": 1, "supportedKinds": [{"kind": "HTTPRoute"}],
                          "conditions": [*accepted, condition("ResolvedRefs", reason="ResolvedRefs")]}]}))


# ---- a team

def settings(cluster: Cluster, team: str) -> None:
    namespace(cluster, team)
    hard = {"requests.cpu": "20", "requests.memory": "64Gi", "pods": "60", "services": "20", "persistentvolumeclaims": "10"}
    used = {"requests.cpu": "2100m", "requests.memory": "3Gi", "pods": "21", "services": "7", "persistentvolumeclaims": "3"}
    limits = {"type": "Container", "defaultRequest": {"cpu": "50m", "memory": "64Mi"}, "max": {"cpu": "4", "memory": "8Gi"}}
    cluster.add(made("ResourceQuota", "team", team, spec={"hard": hard}, status={"hard": hard, "used": used}),
                made("LimitRange", "sizes", team, spec={"limits": [limits]}),
                made("ConfigMap", "settings", team, data={"LOG_LEVEL": "info", "PAYMENTS_URL": "https://payments.example.com/v2"}),
                secret(team, "db", ("username", "password")), secret(team, "web-tls", ("tls.crt", "tls.key"), "kubernetes.io/tls"),
                made("RoleBinding", "developers", team, roleRef={"kind": "ClusterRole", "name": "edit"},
                     subjects=[{"kind": "Group", "name": team}]))


def policies(cluster: Cluster, team: str, with_egress: bool) -> None:
    """Closed but for what is called: the team itself, its web from the doors, names, and the outside by 443."""
    def namespaced(name: str) -> dict:
        return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}

    everyone: dict = {"podSelector": {}}
    inwards = everyone | {"policyTypes": ["Ingress"]}
    web = {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "web"}}, "policyTypes": ["Ingress"],
           "ingress": [{"from": [namespaced(door)]} for door in (INGRESS, GATEWAYS)]}
    cluster.add(made("NetworkPolicy", "deny-by-default", team, spec=inwards),
                made("NetworkPolicy", "within-the-team", team, spec=inwards | {"ingress": [{"from": [everyone]}]}),
                made("NetworkPolicy", "from-the-doors", team, spec=web))
    if with_egress:
        names = [{"port": 53, "protocol": protocol} for protocol in ("UDP", "TCP")]
        outside = {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"port": 443, "protocol": "TCP"}]}
        cluster.add(made("NetworkPolicy", "outwards", team, spec=everyone | {
            "policyTypes": ["Egress"], "egress": [{"to": [namespaced(SYSTEM)], "ports": names}, {"to": [everyone]}, outside]}))


def calls_db(team: str) -> dict:
    return {"env": [{"name": "DATABASE_URL", "value": f"postgres://app@db.{team}.svc.cluster.local:5432/app"},
                    {"name": "CACHE_ADDR", "value": "cache:6379"},
                    {"name": "POD_IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
                    {"name": "DATABASE_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
                    {"name": "LOG_LEVEL", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "LOG_LEVEL"}}}],
            "volumes": [{"name": "settings", "configMap": {"name": "settings"}}], "mounts": [{"name": "settings", "mountPath": "/etc/app"}]}


def web_app(team: str) -> App:
    """Spread over zones, with an init container that ended and a sidecar that stays."""
    def side(name: str, **more) -> dict:
        return {"name": name, "image": "registry.example.com/tools/side:2.0", "resources": {"requests": {"cpu": "10m"}}} | more

    spread = {"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "ScheduleAnyway",
              "labelSelector": {"matchLabels": {"app.kubernetes.io/name": "web"}}}
    return App(team, "web", env=[{"name": "API_URL", "value": "http://api:8080"}, {"name": "ORDERS", "value": "http://vendor"}],
               more={"initContainers": [side("prepare"), side("mesh", restartPolicy="Always")], "nodeSelector": {"disk": "ssd"},
                     "topologySpreadConstraints": [spread]})


def front(cluster: Cluster, team: str) -> list:
    app = web_app(team)
    deployment, replica_set, pods = cluster.deployment(app, 3)
    of = serve(cluster, app, pods, clusterIP=cluster.address(96))
    backend = {"service": {"name": "web", "port": {"name": "main"}}}
    rule = {"host": f"{team}.example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    parent = {"name": "public", "namespace": GATEWAYS}
    encrypted = {"hosts": [rule["host"]], "secretName": "web-tls"}
    cluster.add(autoscaler(deployment, 2, 10, 3, limited=False), disruption_budget(app, 3),
                made("Ingress", "web", team, spec={"ingressClassName": "nginx", "rules": [rule], "tls": [encrypted]},
                     status={"loadBalancer": {"ingress": [{"ip": "203.0.113.10"}]}}),
                made("HTTPRoute", "web", team, spec={"parentRefs": [parent], "hostnames": [rule["host"]],
                                                     "rules": [{"backendRefs": [{"name": "web", "port": app.port}]}]},
                     status={"parents": [{"parentRef": parent, "controllerName": "example.com/gateway", "conditions": [
                         condition("Accepted", reason="Accepted"), condition("ResolvedRefs", reason="ResolvedRefs")]}]}),
                {"kind": "CallGraph", "metadata": {"name": "web", "namespace": team}, "spec": {"calls": ["api"], "called_by": []}},
                {"kind": "ServiceCheck", "metadata": {"name": "web-8080", "namespace": team},
                 "spec": {"service": of["metadata"]["name"], "port": app.port}, "status": {"reached": True, "message": "open"}})
    if int(team[-1]) % 2:
        cluster.evicted(app, replica_set)
    return pods


def back(cluster: Cluster, team: str, rolls_out: bool) -> None:
    api = App(team, "api", image="registry.example.com/shop/api:3.1.0", **calls_db(team))
    if rolls_out:
        _, pods = cluster.rollout(api)
        serve(cluster, api, pods, clusterIP=cluster.address(96))
    else:
        deploy_and_serve(cluster, api, 4)
    worker = App(team, "worker", port=None, **calls_db(team))
    deployment, _, _ = cluster.deployment(worker, 2)
    cluster.add(autoscaler(deployment, 2, 6, 2, limited=True))
    deploy_and_serve(cluster, App(team, "cache", port=6379, image="registry.example.com/library/redis:7.4"), 1)
    apart = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
        {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app.kubernetes.io/name": "db"}}}]}}
    db = App(team, "db", port=5432, image="registry.example.com/library/postgres:17", more={"affinity": apart},
             mounts=[{"name": "data", "mountPath": "/data"}])
    _, pods = cluster.stateful_set(db, 3, "20Gi")
    serve(cluster, db, pods, clusterIP="None")
    cluster.add(disruption_budget(db, 3),
                made("Service", "vendor", team, spec={"type": "ExternalName", "externalName": "orders.vendor.example.com"}, status={}),
                made("Service", "mainframe", team, status={"loadBalancer": {}}, spec={
                    "type": "ClusterIP", "clusterIP": cluster.address(96),
                    "ports": [{"port": 443, "protocol": "TCP", "targetPort": 8443}]}),
                made("EndpointSlice", "mainframe-1", team, labels={"kubernetes.io/service-name": "mainframe"}, addressType="IPv4",
                     endpoints=[{"addresses": ["198.51.100.7"], "conditions": {"ready": True}}], ports=[{"port": 8443, "protocol": "TCP"}]),
                made("Endpoints", "mainframe", team, subsets=[{"addresses": [{"ip": "198.51.100.7"}], "ports": [{"port": 8443}]}]))


def batch(cluster: Cluster, team: str) -> None:
    """Each hour one run, of which one failed and the next did not; one that runs just now; one that is switched off."""
    report = App(team, "report", port=None, more={"restartPolicy": "Never"})
    hourly = cluster.cron_job(report, "0 * * * *", 3 * MINUTE, 2 * MINUTE)
    cluster.job(report, "report-29459100", 2 * MINUTE, hourly, 0)
    failed = cluster.job(report, "report-29459040", HOUR, hourly, 1)
    cluster.add(event(failed, "Warning", "BackoffLimitExceeded", "Job has reached the specified backoff limit", HOUR, HOUR,
                      source="job-controller"))
    sync = App(team, "sync", port=None, more={"restartPolicy": "OnFailure"})
    often = cluster.cron_job(sync, "*/10 * * * *", 3 * MINUTE, 12 * MINUTE, active=("sync-29459100",))
    cluster.job(sync, "sync-29459100", 150, often, None)
    cluster.job(App(team, "migrate", port=None, more={"restartPolicy": "Never"}), "migrate-v3", SETTLED, None, 0)
    if int(team[-1]) == 0:
        old = App(team, "old-report", port=None, more={"restartPolicy": "Never"})
        cluster.cron_job(old, "0 2 * * *", 20 * DAY, 20 * DAY, suspended=True)
    once = cluster.pod("debug-shell", App(team, "debug-shell", port=None, more={"restartPolicy": "Never"}), None, 2 * DAY)
    as_ended(once, 2 * DAY - HOUR)


def switched_off(cluster: Cluster, team: str, with_service: bool) -> None:
    """Meant to have no replicas; nobody calls it."""
    app = App(team, "legacy")
    one = cluster.deployment_of(app, 0, 2)
    cluster.replica_set(app, one, 0, 0, SETTLED, 1)
    if with_service:
        serve(cluster, app, [], clusterIP=cluster.address(96))


def team_of(cluster: Cluster, number: int) -> None:
    team = f"team-{number:04}"
    settings(cluster, team)
    policies(cluster, team, number % EGRESS_EVERY == 0)
    pods = front(cluster, team)
    back(cluster, team, number % ROLLOUT_EVERY == 0)
    batch(cluster, team)
    if number % HISTORY_EVERY == 0:
        cluster.history(pods)
    if number % OFF_EVERY == 0:
        switched_off(cluster, team, with_service=number % (2 * OFF_EVERY) == 0)


def healthy_cluster(pods: int, seed: int = 1) -> Cluster:
    """With at least so many pods."""
    cluster = Cluster(pods, seed)
    for part in (system, webhooks, doors):
        part(cluster)
    number = 0
    while cluster.counts["Pod"] < pods:
        team_of(cluster, number)
        number += 1
    return cluster
