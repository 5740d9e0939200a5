"""./run --ollama local after its build: scripts/run.py with the real Ollama, as somebody meets it who wants to see a model at work."""
import os
import pathlib
import subprocess
import sys

import ollama_server

from support.stage import PROGRAMS, ROOT, eventually


def runs_from(data: pathlib.Path) -> list:
    """The processes that were told of this folder, by argument or by environment."""
    def told(entry: pathlib.Path) -> bool:
        try:
            return any(str(data).encode() in (entry / file).read_bytes() for file in ("cmdline", "environ"))
        except OSError:
            return False
    return [entry.name for entry in pathlib.Path("/proc").iterdir() if entry.name.isdigit() and told(entry)]


def test_once_it_starts_everything_answers_and_leaves_nothing_behind(built, tmp_path):
    data = tmp_path / "data"
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/run.py", "--data", data, "--ollama", "local", "--once", "why is checkout failing?"],
        capture_output=True, text=True, timeout=300, env={**os.environ, "HKS_PROGRAMS": str(PROGRAMS)})
    assert done.returncode == 0, done.stderr
    assert "✓ ollama" in done.stderr and ollama_server.MODEL in done.stderr
    assert "checkout" in done.stdout and "\x1b" not in done.stdout
    assert '"/api/chat"' in (data / "log/ollama.log").read_text()
    eventually(lambda: not runs_from(data))
