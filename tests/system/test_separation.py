"""The advisor's process has no executor, and nothing that opens a cluster."""
import base64
import pathlib
import re
import shutil
import subprocess

from support.stage import PROGRAMS, ROOT


def test_hks_ai_ops_has_no_symbol_of_the_control_plane():
    symbols = subprocess.run(["nm", "-C", PROGRAMS / "hks-ai-ops"], capture_output=True, text=True, check=True).stdout
    assert "ai_ops::" in symbols, "the symbols can be read"
    found = [line for line in symbols.splitlines() if re.search(r"\bapi::", line)]
    assert not found, found[:5]
    own = subprocess.run(["nm", "-C", PROGRAMS / "hks-control-plane"], capture_output=True, text=True, check=True).stdout
    assert "api::executor::" in own, "the test would see it"


def test_hks_ai_ops_has_nothing_that_opens_a_cluster_as_hks_diagnose_does():
    def opens(program: str) -> list:
        symbols = subprocess.run(["nm", "-C", PROGRAMS / program], capture_output=True, text=True, check=True).stdout
        return re.findall(r"foundation::kubernetes_api::.*|ai_ops::diagnose::.*", symbols)

    assert opens("hks-diagnose"), "the test would see it"
    assert not opens("hks-ai-ops")


def test_hks_ai_ops_has_no_cluster_credential(whole):
    whole.person("erin").say("what is wrong?")
    text = whole.kubeconfig.read_text()
    secrets = [value for value in re.findall(r"(?:token|client-key-data): *\"?([^\s\"]+)", text)]
    assert secrets
    secrets += [base64.b64decode(value).decode() for value in secrets if value.startswith("LS0t")]
    process = pathlib.Path("/proc") / str(whole.system.processes["hks-ai-ops"].process.pid)
    environment = (process / "environ").read_bytes().decode(errors="replace")
    assert "KUBE" not in environment
    opened = [str(link.readlink()) for link in (process / "fd").iterdir() if link.exists() or link.is_symlink()]
    mapped = (process / "maps").read_text()
    for name in ("kubeconfig", "control-plane.db", "ca.key", "sealing.key"):
        assert not [path for path in opened if name in path]
        assert name not in mapped
    memory = readable_memory(process)
    for secret in secrets:
        assert secret.encode() not in memory
        assert secret not in environment


def readable_memory(process: pathlib.Path) -> bytes:
    """Heap and stack as they are now."""
    parts = []
    with open(process / "mem", "rb", buffering=0) as memory:
        for line in (process / "maps").read_text().splitlines():
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw.. \S+ \S+ (\d+) *(.*)", line)
            if not match or int(match[3]) != 0 and not match[4].startswith("["):
                continue
            begin, end = int(match[1], 16), int(match[2], 16)
            if end - begin > 64 << 20:  # a sanitizer's shadow, not the program's own
                continue
            try:
                memory.seek(begin)
                parts.append(memory.read(end - begin))
            except (OSError, ValueError, OverflowError):
                continue
    return b"".join(parts)


def test_ai_ops_builds_alone_against_the_installed_foundation(tmp_path):
    """Its folder can be moved to its own repository: nothing beside it is needed but the foundation's package."""
    def run(*command):
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, f"{command}\n{(done.stdout + done.stderr)[-4000:]}"

    build = PROGRAMS.parent
    cache = (build / "CMakeCache.txt").read_text()
    settings = [f"-D{name}={re.search(rf'^{name}:[A-Z]+=(.*)$', cache, re.M).group(1)}"
                for name in ("CMAKE_C_COMPILER", "CMAKE_CXX_COMPILER", "CMAKE_BUILD_TYPE", "HKS_SANITIZE")]
    run("cmake", "--install", build, "--prefix", tmp_path / "installed")
    shutil.copytree(ROOT / "ai-ops", tmp_path / "own-repository/ai-ops")
    run("cmake", "-S", "own-repository/ai-ops", "-B", "build", "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={tmp_path}/installed",
        *settings)
    run("ninja", "-C", "build")
    run("ctest", "--test-dir", "build", "--output-on-failure", "--no-tests=error")
    assert (tmp_path / "build/bin/hks-ai-ops").exists()
