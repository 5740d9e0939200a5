"""The engine on faults of a live cluster: live-faults/ on the real Kubernetes of tests/kubernetes, through hks-diagnose as its owner runs it.

Named: a finding on a root of the case, or one of its namespace that names a root, tells one of the expected words. Linked:
it is among the causes, at any distance, of a finding on a symptom, or of one that cites it, as that of a workload cites its
pods; where no symptom is expected, it has no cause itself. False:
a critical or warning finding about a red herring.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import live_cases
from advisor import table
from cloud_opsbench import program
from live_stage import Cluster, Stage
from support.api_server_tap import ApiServerTap

KUBERNETES = pathlib.Path(__file__).resolve().parents[1] / "kubernetes"
TIMEOUT_S = 120  # of one diagnosis
ALARMING = ("critical", "warning")
SHOWN = 4  # findings of a case that went wrong
# A small program between, since a child's peak counts from its parent's at the start.
MEASURE = ("import os, sys; pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ); used = os.wait4(pid, 0)[2]; "
           "print('used', used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)")


def diagnose(kubeconfig: pathlib.Path) -> dict:
    """The report, with CPU seconds and the peak of its memory in MiB."""
    command = [program(), "--kubeconfig", kubeconfig, "--output", "json"]
    done = subprocess.run([sys.executable, "-S", "-E", "-c", MEASURE, *map(str, command)], capture_output=True, text=True, timeout=TIMEOUT_S)
    used = re.search(r"^used (\S+) (\S+)$", done.stderr, re.MULTILINE)
    if not used or not done.stdout:
        raise SystemExit(f"hks-diagnose failed: {done.stderr}")
    return {"report": json.loads(done.stdout), "cpu_s": float(used[1]), "peak_mib": int(used[2]) / 1024}


def text_of(finding: dict) -> str:
    return " ".join([finding["title"], *(f"{one['ref']} {one['text']}" for one in finding["evidence"])]).lower()


def is_named_after(name: str, base: str, case: live_cases.Case) -> bool:
    """It has that name, or one that a controller made of it, and of no longer name of the case."""
    def fits(one: str) -> bool:
        return name == one or name.startswith(f"{one}-")
    longer = [key.split("/")[1] for key in case.objects if len(key.split("/")[1]) > len(base)]
    return fits(base) and not any(fits(one) for one in longer)


def is_on(finding: dict, key: str, case: live_cases.Case) -> bool:
    kind, name = key.split("/")
    at = finding["object"]
    here = not live_cases.is_in_namespace(kind) or at.get("project") == case.name
    return here and at["kind"] == kind and is_named_after(at["name"], name, case)


def names(finding: dict, key: str, case: live_cases.Case) -> bool:
    """It is of the namespace, or of the cluster, and its words name the object."""
    near = finding["object"].get("project") in (case.name, None, "")
    return near and re.search(rf"(?<![a-z0-9.-]){re.escape(key.split('/')[1])}(?![a-z0-9-])", text_of(finding)) is not None


def cites(finding: dict, key: str, case: live_cases.Case) -> bool:
    kind, name = key.split("/")
    refs = [one["ref"].split(" ")[0].partition("/") for one in finding["evidence"]]
    return finding["object"].get("project") == case.name and any(
        at == kind and is_named_after(named, name, case) for at, _, named in refs)


def causes_of(finding: dict, by_id: dict) -> dict:
    """It, and all that brought it about, by id."""
    seen, left = {}, [finding]
    while left:
        one = left.pop()
        if one["id"] not in seen:
            seen[one["id"]] = one
            left += [by_id[cause] for cause in one["causes"] if cause in by_id]
    return seen


def score_fault(case: live_cases.Case, findings: list) -> dict:
    expect, by_id = case.expect, {one["id"]: one for one in findings}
    naming = {one["id"] for one in findings
              if any(is_on(one, root, case) or names(one, root, case) for root in expect["roots"])
              and any(word in text_of(one) for word in expect["words"])}
    symptoms = [one for one in findings
                if any(is_on(one, key, case) or cites(one, key, case) for key in expect.get("symptoms", []))]
    if expect.get("symptoms"):
        linked = any(naming & causes_of(one, by_id).keys() for one in symptoms)
    else:
        linked = any(not by_id[one]["causes"] for one in naming)
    return {"named": bool(naming), "linked": linked}


def about(case: live_cases.Case, findings: list) -> list:
    """Those on its namespace and on its objects outside."""
    outside = [key for key in case.objects if not live_cases.is_in_namespace(key.split("/")[0])]
    return [one for one in findings if one["object"].get("project") == case.name or any(is_on(one, key, case) for key in outside)]


def score(cases: list, findings: list) -> list:
    rows = []
    for case in cases:
        own = about(case, findings)
        row = {"case": case.name, "family": case.family, "fault": case.expect is not None, "findings": own}
        rows.append(row | (score_fault(case, findings) if case.expect else
                           {"false": sum(one["severity"] in ALARMING for one in own)}))
    return rows


def in_words(finding: dict) -> str:
    at = finding["object"]
    causes = f" <- {', '.join(finding['causes'])}" if finding["causes"] else ""
    return f"{finding['id']} {finding['severity']} {finding.get('fault', '')} {at['kind']}/{at['name']}: {finding['title']}{causes}"


def measured(cluster: Cluster) -> dict:
    tap = ApiServerTap(cluster.kubeconfig, cluster.authority, "kube-apiserver")
    try:
        through = diagnose(tap.kubeconfig)
        lists = [one.path for one in tap.asked if not one.path.endswith("/log")]
        requests = {"all": len(tap.asked), "logs": len(tap.asked) - len(lists), "most of one path": max(map(lists.count, lists))}
    finally:
        tap.close()
    return diagnose(cluster.kubeconfig) | {"requests": requests, "report": through["report"]}


def show(rows: list, run: dict, elsewhere: list) -> None:
    yes = {True: "yes", False: "NO"}
    faults, herrings = [row for row in rows if row["fault"]], [row for row in rows if not row["fault"]]
    print(table(["fault", "family", "named", "linked"],
                [[row["case"], row["family"], yes[row["named"]], yes[row["linked"]]] for row in faults]))
    print()
    print(table(["red herring", "critical or warning"], [[row["case"], row["false"]] for row in herrings]))
    print()
    print(table(["faults", "named", "linked", "red herrings", "false", "elsewhere", "requests", "of which logs", "CPU s", "MiB"], [[
        len(faults), sum(row["named"] for row in faults), sum(row["linked"] for row in faults), len(herrings),
        sum(row["false"] for row in herrings), len(elsewhere), run["requests"]["all"], run["requests"]["logs"],
        f"{run['cpu_s']:.2f}", f"{run['peak_mib']:.0f}"]]))
    for row in rows:
        if row["fault"] and row["named"] and row["linked"] or not row["fault"] and not row["false"]:
            continue
        said = row["findings"] if row["fault"] else [one for one in row["findings"] if one["severity"] in ALARMING]
        print(f"- {row['case']}: " + ("nothing is said" if not said else ""))
        for finding in said[:SHOWN]:
            print(f"    {in_words(finding)}")
    for finding in elsewhere:
        print(f"- elsewhere: {in_words(finding)}")


def is_perfect(rows: list) -> bool:
    return all(row["named"] and row["linked"] if row["fault"] else not row["false"] for row in rows)


def run(json_file: pathlib.Path | None) -> int:
    """1 when a fault is not named or not linked, or a red herring was believed."""
    cases = live_cases.cases_of_set()
    subprocess.run([KUBERNETES / "build"], stdout=subprocess.DEVNULL, check=True)
    with tempfile.TemporaryDirectory(prefix="hks-live-faults-") as folder:
        cluster = Cluster(pathlib.Path(folder) / "cluster").start()
        try:
            Stage(cluster, cases).play()
            done = measured(cluster)
        finally:
            cluster.stop()
    findings = done["report"]["findings"]
    rows = score(cases, findings)
    known = {one["id"] for row in rows for one in row["findings"]}
    elsewhere = [one for one in findings if one["id"] not in known and one["severity"] in ALARMING]
    show(rows, done, elsewhere)
    if json_file is not None:
        figures = {key: done[key] for key in ("requests", "cpu_s", "peak_mib")}
        json_file.write_text(json.dumps({"cases": rows, "elsewhere": elsewhere, **figures}, indent=1))
    return 0 if is_perfect(rows) else 1
