"""What can be said of deploy/ and the Dockerfiles without a cluster."""
import itertools
import os
import pathlib
import re
import shutil
import stat
import subprocess

import network_arrows as network
import pytest
import shipped

from support.stage import PROGRAMS

ROOT = shipped.ROOT

# Places on both sides of every policy, and strangers.
PLACES = [
    network.pod("control-plane", "hexabase", {"app": "hks-control-plane"}),
    network.pod("ai-ops", "ai-ops", {"app": "ai-ops"}),
    network.pod("ollama", "ai-ops-llm", {"app": "ollama"}),
    network.pod("another-ollama", "ai-ops-llm", {"app": "ollama", "pod": "2"}),
    network.pod("pull-models", "ai-ops-llm", {"app": "pull-models"}),
    network.pod("ingress", "ingress-nginx", {"app": "nginx"}, {"hexabase.io/ingress": "true"}),
    network.pod("monitoring", "monitoring", {"app": "prometheus"}, {"hexabase.io/monitoring": "true"}),
    network.pod("names", "kube-system", {"k8s-app": "kube-dns"}),
    network.pod("stranger-in-hexabase", "hexabase", {"app": "x"}),
    network.pod("stranger-in-ai-ops", "ai-ops", {"app": "x"}),
    network.pod("stranger-in-ai-ops-llm", "ai-ops-llm", {"app": "x"}),
    network.pod("impostor", "default", {"app": "ai-ops"}),
    network.pod("other-in-kube-system", "kube-system", {"app": "x"}),
    network.outside("cluster-api", "192.0.2.1"),
    network.outside("model-source", "192.0.2.2"),
    network.outside("internet", "198.51.100.7"),
]
OURS = {"hexabase", "ai-ops", "ai-ops-llm"}
PORTS = [*itertools.product(["TCP"], [22, 53, 80, 443, 5432, 6443, 8000, 8080, 8443, 9090, 11434]), ("UDP", 53), ("UDP", 8443)]

ARROWS = {
    ("ingress", "control-plane", "TCP 8080"),
    ("control-plane", "ai-ops", "TCP 8000"),
    ("ai-ops", "control-plane", "TCP 8443"),
    ("ai-ops", "ollama", "TCP 11434"), ("ai-ops", "another-ollama", "TCP 11434"),
    ("pull-models", "ollama", "TCP 11434"), ("pull-models", "another-ollama", "TCP 11434"),
    ("control-plane", "cluster-api", "TCP 6443"),
    ("ollama", "model-source", "TCP 443"), ("another-ollama", "model-source", "TCP 443"),
    ("monitoring", "control-plane", "TCP 9090"), ("monitoring", "ai-ops", "TCP 9090"),
} | {(place.name, "names", f"{protocol} 53") for place in PLACES if place.namespace in OURS for protocol in ("TCP", "UDP")}


def arrows_of(policies: list) -> set:
    theirs = {place.name for place in PLACES if place.namespace not in OURS}
    return {arrow for arrow in network.arrows(policies, PLACES, PORTS) if not {arrow[0], arrow[1]} <= theirs}


def test_exactly_the_listed_arrows():
    assert arrows_of(shipped.objects("NetworkPolicy")) == ARROWS


@pytest.mark.parametrize("missing", [policy["metadata"]["namespace"] + "/" + policy["metadata"]["name"]
                                     for policy in shipped.objects("NetworkPolicy")])
def test_each_network_policy_is_needed(missing):
    left = [policy for policy in shipped.objects("NetworkPolicy")
            if f"{policy['metadata']['namespace']}/{policy['metadata']['name']}" != missing]
    assert arrows_of(left) != ARROWS


def test_a_port_of_a_service_leads_to_a_port_of_its_pods():
    pods = {(one["metadata"]["namespace"], *one["spec"]["template"]["metadata"]["labels"].items()): one
            for one in shipped.workloads()}
    for service in shipped.objects("Service"):
        workload = pods[(service["metadata"]["namespace"], *service["spec"]["selector"].items())]
        [container] = shipped.pod_of(workload)["containers"]
        named = {port["name"] for port in container["ports"]}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= named, service["metadata"]["name"]


def test_the_seeds_services_are_there():
    ports = {f"{one['metadata']['name']}.{one['metadata']['namespace']}": {port["port"] for port in one["spec"]["ports"]}
             for one in shipped.objects("Service")}
    assert ports == {"hks-control-plane-svc.hexabase": {8080, 8443, 9090}, "ai-ops-svc.ai-ops": {8000, 9090},
                     "ollama-service.ai-ops-llm": {80}, "ollama-replicas.ai-ops-llm": {11434}}


def test_neither_daemon_waits_for_the_other_to_be_ready():
    """Each is ready once it has reached the other; so one of the two Services must lead to a pod that is not ready."""
    assert shipped.find("Service", "ai-ops", "ai-ops-svc")["spec"]["publishNotReadyAddresses"] is True


def test_every_pod_names_its_account_and_only_the_control_plane_has_a_token():
    accounts = {(one["metadata"]["namespace"], one["metadata"]["name"]): one for one in shipped.objects("ServiceAccount")}
    with_token = set()
    for workload in shipped.workloads():
        pod = shipped.pod_of(workload)
        account = accounts[(workload["metadata"]["namespace"], pod["serviceAccountName"])]
        assert account["automountServiceAccountToken"] is False
        if pod["automountServiceAccountToken"]:
            with_token.add(workload["metadata"]["name"])
        projected = [volume for volume in pod["volumes"] if "projected" in volume]
        assert not projected, "no token by another way"
    assert with_token == {"hks-control-plane"}
    assert not [one for one in shipped.objects("Secret")], "no secret stands in a manifest"


def test_the_guide_makes_the_secrets_that_the_pods_mount():
    guide = (ROOT / "docs/guides/deploy-on-a-cluster.md").read_text()
    for namespace, files in shipped.CERTIFICATES.items():
        [command] = re.findall(rf"^kubectl create secret generic hks-pki --namespace {namespace} (.*)$", guide, re.M)
        assert command.split() == [f"--from-file=keep/pki/{file}" for file in files]
    mounted = {one["metadata"]["namespace"]: volume["secret"]["secretName"] for one in shipped.objects("Deployment")
               for volume in shipped.pod_of(one)["volumes"] if "secret" in volume}
    assert mounted == {namespace: "hks-pki" for namespace in shipped.CERTIFICATES}


def test_on_sqlite_there_is_one_replica_and_the_old_one_goes_first():
    for deployment in shipped.objects("Deployment"):
        assert deployment["spec"]["replicas"] == 1 and deployment["spec"]["strategy"] == {"type": "Recreate"}


def test_the_advisors_model_is_one_that_is_pulled():
    advisor = shipped.find("ConfigMap", "ai-ops", "site")["data"]
    assert advisor["HKS_MODEL"] in shipped.find("ConfigMap", "ai-ops-llm", "site")["data"]["models"].split()


def test_the_grace_of_a_pod_is_longer_than_its_daemons_drain():
    """preStop and the time that the daemon itself gives to what is under way, by its source."""
    main = {"hks-control-plane": ("api/app/main.cc", 4), "ai-ops": ("ai-ops/app/main.cc", 2)}
    for deployment in shipped.objects("Deployment"):
        file, times = main[deployment["metadata"]["name"]]
        grace = int(re.search(r"kGrace = (\d+)s", (ROOT / file).read_text())[1])
        pod = shipped.pod_of(deployment)
        before = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert before + times * grace < pod["terminationGracePeriodSeconds"]


# Dockerfiles

IN_EVERY_IMAGE = {"libc6", "libgcc-s1"}
DOCKERFILES = {"hks-control-plane": ROOT / "api/Dockerfile", "hks-ai-ops": ROOT / "ai-ops/Dockerfile"}


def instructions(file: pathlib.Path) -> list:
    """(instruction, rest) of each, continued lines joined."""
    text = "\n".join(line for line in file.read_text().splitlines() if not line.startswith("#"))
    return [tuple(line.split(None, 1)) for line in re.sub(r"\\\n\s*", "", text).splitlines() if line.strip()]


def last_stage(file: pathlib.Path) -> list:
    all_of_it = instructions(file)
    begin = max(number for number, (name, _) in enumerate(all_of_it) if name == "FROM")
    return all_of_it[begin:]


def copied(program: str) -> list:
    """(sources, target) of each COPY from the repository."""
    rests = [rest.split() for name, rest in instructions(DOCKERFILES[program]) if name == "COPY" and "--from=" not in rest]
    return [(rest[:-1], rest[-1]) for rest in rests]


def test_what_the_dockerfiles_copy_is_enough_to_configure_a_build(tmp_path):
    """That it compiles too, the floors say: no part includes what it does not list."""
    assert copied("hks-control-plane") == copied("hks-ai-ops")
    for sources, target in copied("hks-ai-ops"):
        for source in sources:
            into = tmp_path / target / (pathlib.Path(source).name if target.endswith("/") else "")
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, into)
            else:
                into.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, into)
    configured = subprocess.run(["cmake", "--preset", "release"], cwd=tmp_path, capture_output=True, text=True)
    assert configured.returncode == 0, configured.stderr


@pytest.mark.parametrize("program", DOCKERFILES)
def test_an_image_holds_one_program_and_runs_as_the_user_of_the_manifests(program):
    stage = last_stage(DOCKERFILES[program])
    [(_, copied)] = [one for one in stage if one[0] == "COPY"]
    assert copied.split()[1].endswith(f"/bin/{program}") and copied.split()[2] == f"/usr/bin/{program}"
    assert ("ENTRYPOINT", f'["/usr/bin/{program}"]') in stage
    [(_, user)] = [one for one in stage if one[0] == "USER"]
    users = {f"{context['runAsUser']}:{context['runAsGroup']}" for context in
             (shipped.pod_of(one)["securityContext"] for one in shipped.objects("Deployment"))}
    assert users == {user}


def packages_of_libraries(program: pathlib.Path) -> set:
    """Debian's packages of the shared libraries that the program names."""
    needed = re.findall(r"NEEDED\s+(\S+)", subprocess.run(["objdump", "-p", program], capture_output=True, text=True, check=True).stdout)
    loaded = dict(re.findall(r"^\s*(\S+) => (\S+)", subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout, re.M))
    found = set()
    for library in needed:
        if library.startswith("ld-linux"):
            continue
        real = os.path.realpath(loaded[library])
        # Since /usr was merged, dpkg knows some files under /lib.
        for name in (real, real.removeprefix("/usr")):
            owner = subprocess.run(["dpkg", "-S", name], capture_output=True, text=True)
            if owner.returncode == 0:
                found.add(owner.stdout.split(":")[0])
                break
        else:
            raise AssertionError(f"no package has {library}")
    return found


@pytest.mark.parametrize("program", DOCKERFILES)
def test_an_images_packages_are_what_its_program_loads(program):
    [installed] = [rest for name, rest in last_stage(DOCKERFILES[program]) if name == "RUN" and "apt-get install" in rest]
    packages = set(re.search(r"--no-install-recommends (.*?) &&", installed)[1].split())
    built = packages_of_libraries(PROGRAMS / program)
    assert packages == built - IN_EVERY_IMAGE


def test_the_models_script_is_one_that_a_shell_runs():
    script = shipped.DEPLOY / "pull-models.sh"
    assert script.stat().st_mode & stat.S_IXUSR
    assert subprocess.run(["sh", "-n", script]).returncode == 0
    [container] = shipped.pod_of(shipped.find("Job", "ai-ops-llm", "pull-models"))["containers"]
    mounted = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert container["command"] == ["sh", f"{mounted['pull']}/{script.name}"]
    assert shipped.find("ConfigMap", "ai-ops-llm", "pull-models")["data"][script.name] == script.read_text()
