"""The demo's seed for a real cluster: the same manifests, and by hand what kwok does not find out by itself."""
import pathlib

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEED = ROOT / "demo-cluster/seed/shop.yaml"

PROJECTS = ("shop", "globex")

# The demo cluster sees that DATABASE_URL leads nowhere; here the pods are told to fail, and what they print.
FAULTS = {"checkout": "CrashLoopBackOff"}
LOGS = {
    "checkout": "checkout 4.0.2 starting\nopening database\nconnect: connection refused 10.96.0.17:5433\n",
    "cart": "error: POST http://checkout.shop:8080/quote: connect: connection refused 10.96.0.18:8080\n" * 3,
    "web": "listening on :8080\n",
}


def manifests() -> list:
    """Nodes are the cluster's own affair; volumes have no provisioner here, so there is one for each claim."""
    objects = [one for one in yaml.safe_load_all(SEED.read_text()) if one and one["kind"] != "Node"]
    claims = 0
    for one in objects:
        if one["kind"] == "StatefulSet":
            claims += one["spec"]["replicas"] * len(one["spec"].get("volumeClaimTemplates", []))
        fault = FAULTS.get(one["metadata"]["name"])
        if fault and one["kind"] == "Deployment":
            one["spec"]["template"]["metadata"].setdefault("annotations", {})["demo/fail"] = fault
    return objects + [volume(number) for number in range(claims)]


def volume(number: int) -> dict:
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": f"volume-{number}"},
            "spec": {"capacity": {"storage": "10Gi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": "standard",
                     "hostPath": {"path": f"/nowhere/volume-{number}"}}}
