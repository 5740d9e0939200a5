"""A settled cluster of thousands of pods: one namespace that the demo cluster has brought up itself, copied.

The copies are the demo cluster's own state file, so that it opens them in the time that it takes to read them; what made
the first namespace (controllers, scheduler, kubelets) makes it look as a cluster looks that has run for a while.
"""
import json
import pathlib
import re
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIRST = "team-000"
STATE = "objects.jsonl"
DEPLOYMENTS, REPLICAS = 10, 10  # of one namespace
PODS = DEPLOYMENTS * REPLICAS
NODES = 10                      # that carry it
FIRST_NODE = 1001               # of them: shop.yaml has node-1 to node-3
EVENTS = 10                     # of one namespace: those of a quiet hour
EVERYWHERE = "log-shipper"      # the DaemonSet of shop.yaml: left out, it would add a pod on each node
SPEED = 10                      # faster, a loaded machine never catches up with the cluster's time
SETTLE_S = 60

NODE = """
---
apiVersion: v1
kind: Node
metadata:
  name: node-{number}
  labels: {{kubernetes.io/hostname: node-{number}, kubernetes.io/os: linux, topology.kubernetes.io/zone: zone-1}}
status:
  addresses: [{{type: InternalIP, address: 192.168.1.{ip}}}, {{type: Hostname, address: node-{number}}}]
  capacity: {{cpu: "16", memory: 64Gi, pods: "110"}}
"""
NAMESPACE = f"""
---
apiVersion: v1
kind: Namespace
metadata: {{name: {FIRST}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: settings, namespace: {FIRST}}}
data: {{LOG_LEVEL: info, CACHE_TTL: 60s, PAGE_SIZE: "50"}}
"""
DEPLOYMENT = """
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: {space}, labels: {{app: {name}}}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}, tier: backend}}}}
    spec:
      containers:
      - name: app
        image: registry.example/{name}:1.4.2
        ports: [{{name: http, containerPort: 8080}}]
        env:
        - {{name: LOG_LEVEL, valueFrom: {{configMapKeyRef: {{name: settings, key: LOG_LEVEL}}}}}}
        - {{name: CACHE_SIZE, value: "500"}}
        resources: {{requests: {{cpu: 50m, memory: 64Mi}}, limits: {{cpu: 500m, memory: 128Mi}}}}
        readinessProbe: {{httpGet: {{path: /ready, port: 8080}}, periodSeconds: 5}}
        livenessProbe: {{httpGet: {{path: /live, port: 8080}}, periodSeconds: 10}}
---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: {space}}}
spec:
  selector: {{app: {name}}}
  ports: [{{name: http, port: 80, targetPort: http}}]
"""


def namespaces(pods: int) -> list:
    return [f"team-{number:03}" for number in range(pods // PODS)]


def write_first(programs: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    """The state of a demo cluster with shop.yaml (its three problems too) and one namespace more, all of it settled."""
    seed = folder / "first.yaml"
    parts = [(ROOT / "demo-cluster/seed/shop.yaml").read_text(), NAMESPACE]
    parts += [NODE.format(number=FIRST_NODE + number, ip=1 + number) for number in range(NODES)]
    parts += [DEPLOYMENT.format(name=f"service-{number}", space=FIRST, replicas=REPLICAS) for number in range(DEPLOYMENTS)]
    seed.write_text("".join(parts))
    data = folder / "first"
    process = subprocess.Popen([programs / "hks-demo-cluster", "--data", data, "--seed", seed, "--speed", str(SPEED)],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + SETTLE_S
        while not is_settled(data / STATE):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the first namespace does not settle")
            time.sleep(0.2)
    finally:
        process.terminate()
        process.wait()
    return data / STATE


def is_settled(state: pathlib.Path) -> bool:
    if not state.exists():
        return False
    objects = [json.loads(line) for line in state.read_text().splitlines()[1:]]
    deployments = [each for each in objects if each["kind"] == "Deployment" and each["metadata"]["namespace"] == FIRST]
    return len(deployments) == DEPLOYMENTS and all(each["status"].get("readyReplicas") == REPLICAS for each in deployments)


def copied(line: str, number: int) -> str:
    """Other names, nodes, addresses and uids; the same form."""
    line = line.replace(FIRST, f"team-{number:03}")
    line = re.sub(r"\bnode-(1\d{3})\b", lambda m: f"node-{int(m[1]) + NODES * number}", line)
    line = re.sub(r"\b(10|192)\.(\d+)\.(\d+\.\d+)\b", lambda m: f"{m[1]}.{(int(m[2]) + number) % 256}.{m[3]}", line)
    return re.sub(r"\b([0-9a-f]{8})(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b",
                  lambda m: f"{(int(m[1], 16) + number) % 2**32:08x}{m[2]}", line)


def write_state(first: pathlib.Path, folder: pathlib.Path, pods: int) -> int:
    """Fills a data folder of the demo cluster; the bytes of the objects' JSON."""
    head, *lines = first.read_text().splitlines()
    kept, copies, events = [], [], 0
    for line in lines:
        if EVERYWHERE in line:
            continue
        event = '"kind":"Event"' in line[:200]
        if f'"namespace":"{FIRST}"' in line or f'"name":"{FIRST}"' in line or re.search(r'"name":"node-1\d{3}"', line[:200]):
            events += event
            if not event or events <= EVENTS:
                copies.append(line)
        else:
            kept.append(line)
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    size = 0
    with open(folder / STATE, "w") as out:
        out.write(head + "\n")
        for number in range(pods // PODS):
            for line in copies:
                size += out.write(copied(line, number) + "\n")
        for line in kept:
            size += out.write(line + "\n")
    return size
