"""Large healthy clusters through hks-diagnose: nothing critical is to be said of them."""
import collections
import contextlib
import json
import pathlib
import tempfile

from advisor import table
from cloud_opsbench import diagnosis_of
from healthy_cluster import Cluster
from healthy_objects import NOW
from healthy_teams import healthy_cluster

SIZES = [1_000, 10_000]  # pods


def files_of(cluster: Cluster) -> dict:
    """A file a kind, as `kubectl get KIND -A -o json` prints it, and logs."""
    kinds = collections.defaultdict(list)
    for one in cluster.objects:
        kinds[one["kind"]].append(one)
    lists = {f"{kind.lower()}.json": json.dumps({"apiVersion": "v1", "kind": "List", "items": items}) for kind, items in kinds.items()}
    return lists | cluster.logs


def named(findings: list, severity: str) -> list:
    """In words, those of one severity."""
    return [f"{one['fault']} of {one['object']['kind']} {one['object']['project'] or ''}/{one['object']['name']}: {one['title']}"
            for one in findings if one["severity"] == severity]


@contextlib.contextmanager
def folder_of(keep: pathlib.Path | None, size: int):
    if keep is not None:
        (keep / str(size)).mkdir(parents=True, exist_ok=True)
        yield keep / str(size)
        return
    with tempfile.TemporaryDirectory(prefix="hks-healthy-") as folder:
        yield pathlib.Path(folder)


def run(sizes: list, keep: pathlib.Path | None) -> int:
    """1 when anything critical was said."""
    rows, said = [], []
    for size in sizes:
        cluster = healthy_cluster(size)
        files = files_of(cluster)
        with folder_of(keep, size) as folder:
            answer = diagnosis_of(files, NOW.isoformat(), folder)
        counts = {severity: len(named(answer["findings"], severity)) for severity in ("critical", "warning", "info")}
        megabytes = sum(map(len, files.values())) // 1_000_000
        rows.append([cluster.counts["Pod"], len(cluster.nodes), len(cluster.objects), megabytes, *counts.values(),
                     f"{sum(answer['took_ms'].values()):.0f}"])
        said += named(answer["findings"], "critical")
    print(table(["pods", "nodes", "objects", "MB", "critical", "warning", "info", "ms"], rows))
    for line in said:
        print(f"- critical: {line}")
    return 1 if said else 0
