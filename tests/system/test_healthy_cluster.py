"""Nothing critical is said of a healthy cluster, with all that looks like trouble in it and is none (tests/eval/healthy_cluster.py)."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "eval"))
import healthy  # noqa: E402
from cloud_opsbench import diagnosis_of  # noqa: E402
from healthy_objects import MINUTE, NOW, change_containers, ended, ready_conditions  # noqa: E402
from healthy_teams import healthy_cluster  # noqa: E402

PODS = 1_000


@pytest.fixture(scope="module")
def cluster():
    return healthy_cluster(PODS)


def test_a_healthy_cluster_of_a_thousand_pods_has_no_critical_finding(cluster, tmp_path):
    answer = diagnosis_of(healthy.files_of(cluster), NOW.isoformat(), tmp_path)
    critical = healthy.named(answer["findings"], "critical")
    assert not critical, "\n".join(critical)
    assert not answer["skipped"], answer["skipped"]
    assert answer["checked"]["kinds"]["Pod"] == cluster.counts["Pod"] >= PODS


def test_the_same_size_and_seed_give_the_same_cluster(cluster):
    again = healthy_cluster(PODS)
    assert again.objects == cluster.objects
    assert again.logs == cluster.logs


def test_one_crash_among_the_healthy_is_found(tmp_path):
    """So that the silence above means something."""
    small = healthy_cluster(100)
    broken = next(one for one in small.objects if one["kind"] == "Pod" and one["metadata"]["name"].startswith("cache-"))
    change_containers(broken, {"waiting": {"reason": "CrashLoopBackOff"}}, False, restarts=7, last=ended(MINUTE, 1, "Error"))
    broken["status"]["conditions"] = ready_conditions(MINUTE, ready=False)
    answer = diagnosis_of(healthy.files_of(small), NOW.isoformat(), tmp_path)
    assert ("crash", "cache") in [(one["fault"], one["object"]["name"]) for one in answer["findings"]], answer["findings"]
