import contextlib
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "scenario")]
import player  # noqa: E402
import real_cluster  # noqa: E402
import shipped  # noqa: E402
import shop  # noqa: E402
import spare as spares  # noqa: E402
from support import contract  # noqa: E402
from support.api_server_tap import ApiServerTap  # noqa: E402
from support.stage import PROGRAMS, Stage, eventually  # noqa: E402

SETTLED = {("shop", "web"): 3, ("shop", "payments-api"): 2, ("globex", "globex-web"): 2}


def pytest_configure(config):
    config.addinivalue_line("markers", "one_side(side, why): the case of test_contract.py runs on that cluster only")


def pytest_collection_modifyitems(config, items):
    """A case of one side is left out of the other's, so that a skip always means that something is missing."""
    def is_of_the_other_side(item) -> bool:
        side = item.callspec.params.get("cluster") if hasattr(item, "callspec") else None
        return side is not None and any(mark.args[0] != side for mark in item.iter_markers("one_side"))

    left_out = [item for item in items if is_of_the_other_side(item)]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)
    # The API server serves them all; its log tells of them all.
    items.sort(key=lambda item: (item.name.startswith("test_the_api_server_has_seen"), item.name.startswith("test_the_api_server_dies")))


@pytest.fixture(scope="session")
def real_kubernetes(tmp_path_factory):
    """The real Kubernetes with the demo's shop in it, as ready as it gets."""
    cluster = real_cluster.RealCluster(tmp_path_factory.mktemp("kubernetes") / "cluster").start()
    try:
        cluster.apply(shop.manifests())
        shipped.give_rights(cluster, *shop.PROJECTS)
        for container, text in shop.LOGS.items():
            cluster.print_log(container, text)
        for (namespace, name), replicas in SETTLED.items():
            cluster.kubectl("wait", "--namespace", namespace, f"deployment/{name}", "--timeout=120s",
                            f"--for=jsonpath={{.status.readyReplicas}}={replicas}")
        cluster.kubectl("wait", "--namespace=shop", "pod/postgres-0", "--for=condition=Ready", "--timeout=120s")
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="module")
def installed(real_kubernetes, tmp_path_factory):
    """deploy/ is in it, as the guide says."""
    shipped.install(real_kubernetes, tmp_path_factory.mktemp("operator"))
    yield real_kubernetes
    shipped.uninstall(real_kubernetes)


@pytest.fixture(scope="session")
def demo_kubernetes(tmp_path_factory):
    demo = contract.DemoCluster(tmp_path_factory.mktemp("demo"), PROGRAMS)
    try:
        yield demo.start()
    finally:
        demo.stop()


@pytest.fixture(scope="session")
def printing_real_kubernetes(real_kubernetes):
    """Its kubelets print nothing by themselves."""
    real_kubernetes.print_log(contract.CONTAINER, contract.PRINTED)
    return real_kubernetes


@contextlib.contextmanager
def services_on(cluster, folder: pathlib.Path, **more):
    """The control plane has the rights that deploy/ gives it; what the tests do themselves, they do as administrator."""
    stage = Stage(folder, kubeconfig=cluster.control_plane_kubeconfig, **more)
    stage.kubeconfig = cluster.kubeconfig
    try:
        yield stage.start_whole()
    finally:
        stage.stop()


@pytest.fixture(scope="session")
def cluster(real_kubernetes):
    """The same under the name by which a test means the cluster that it runs on."""
    return real_kubernetes


@pytest.fixture(scope="session")
def whole_real(cluster, tmp_path_factory):
    with services_on(cluster, tmp_path_factory.mktemp("real")) as stage:
        yield stage


@pytest.fixture(scope="session")
def mortal_stage(cluster, tmp_path_factory):
    with services_on(cluster, tmp_path_factory.mktemp("mortal"), gated=True) as stage:
        yield stage


@pytest.fixture(scope="session")
def tapped(cluster, tmp_path_factory):
    """A control plane whose advisor the test plays; each of its requests to the API server passes `tapped.tap`."""
    tap = ApiServerTap(cluster.control_plane_kubeconfig, cluster.authority, "kube-apiserver")
    stage = Stage(tmp_path_factory.mktemp("tapped"), kubeconfig=tap.kubeconfig)
    stage.kubeconfig, stage.tap = cluster.kubeconfig, tap
    try:
        yield stage.start_with_played_advisor()
    finally:
        stage.stop()
        tap.close()


@pytest.fixture
def spare(tapped):
    """A Deployment of the test's own, in shop, that stands still."""
    with spares.spare(tapped) as one:
        yield one


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


@pytest.fixture
def mortal(mortal_stage):
    """Services of ours that a test may kill, on the real Kubernetes; `web` has 3 replicas."""
    mortal_stage.revive()
    yield mortal_stage
    mortal_stage.set_replicas("web", 3)  # as the others found it
