import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "scenario")]
import player  # noqa: E402
import real_cluster  # noqa: E402
import shop  # noqa: E402
from support.stage import Stage, eventually  # noqa: E402

SETTLED = {("shop", "web"): 3, ("shop", "payments-api"): 2, ("globex", "globex-web"): 2}


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """The real Kubernetes with the demo's shop in it, as ready as it gets."""
    cluster = real_cluster.RealCluster(tmp_path_factory.mktemp("kubernetes") / "cluster").start()
    try:
        cluster.apply(shop.manifests())
        cluster.kubectl("apply", "-f", str(HERE / "control-plane-role.yaml"))
        for container, text in shop.LOGS.items():
            cluster.print_log(container, text)
        for (namespace, name), replicas in SETTLED.items():
            cluster.kubectl("wait", "--namespace", namespace, f"deployment/{name}", "--timeout=120s",
                            f"--for=jsonpath={{.status.readyReplicas}}={replicas}")
        cluster.kubectl("wait", "--namespace=shop", "pod/postgres-0", "--for=condition=Ready", "--timeout=120s")
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="session")
def whole_real(cluster, tmp_path_factory):
    """The control plane has the rights of control-plane-role.yaml; what the tests do themselves, they do as administrator."""
    stage = Stage(tmp_path_factory.mktemp("real"), kubeconfig=cluster.control_plane_kubeconfig)
    stage.kubeconfig = cluster.kubeconfig
    try:
        yield stage.start_whole()
    finally:
        stage.stop()


@pytest.fixture(scope="session")
def theatre(whole_real):
    """Knows how many replicas everything had at first."""
    return player.Theatre(whole_real, "real")


@pytest.fixture
def real(theatre):
    """Every process of ours on the real Kubernetes, with as many replicas as at first; `web` has 3, ready."""
    theatre.restore()
    eventually(lambda: theatre.stage.deployment("web")["status"].get("readyReplicas") == 3, seconds=60)
    return theatre.stage
