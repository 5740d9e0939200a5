"""deploy/ with the real Ollama and its tiny model: the Job's script pulls, and the advisor asks as its manifest says."""
import os
import subprocess

import ollama_server
import pytest
import shipped
from authority import Authority
from installation import Installation
from model_source import ModelSource

from support.people import named, only, text_of
from support.stage import eventually

TINY = "tiny:latest"
CONFIGURED = shipped.find("ConfigMap", "ai-ops", "site")["data"]["HKS_MODEL"]


@pytest.fixture(scope="module")
def ollama(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ollama")
    server = ollama_server.Ollama(ollama_server.build(), folder, folder / "log")
    try:
        server.start()
        for name in (TINY, CONFIGURED):
            server.create_tiny_model(name)
        yield server
    finally:
        server.stop()


@pytest.fixture
def source(ollama, tmp_path):
    source = ModelSource(ollama.folder / "models", Authority(tmp_path / "pki"))
    yield source
    source.close()


@pytest.fixture
def empty(ollama, source, tmp_path):
    """A server without a model, which trusts the source."""
    server = ollama_server.Ollama(ollama.program.parents[1], tmp_path / "empty", tmp_path / "log")
    try:
        yield server.start(SSL_CERT_FILE=str(tmp_path / "pki/ca.crt"))
    finally:
        server.stop()


def run_script(server, **more) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PATH": f"{server.program.parent}:{os.environ['PATH']}", "HOME": str(server.folder), **more}
    return subprocess.run(["sh", shipped.DEPLOY / "pull-models.sh"], env=environment, capture_output=True, text=True, timeout=300)


def models_of(server) -> set:
    return {model["name"] for model in server.get("/api/tags")["models"]}


def test_the_job_pulls_from_the_source_once(empty, source):
    name = source.name(TINY)
    settings = {"OLLAMA_HOST": empty.port.address, "MODELS": name}
    first = run_script(empty, **settings)
    assert first.returncode == 0, first
    assert f"{empty.port.address} has {name} after" in first.stdout and models_of(empty) == {name}
    asked = len(source.requests)
    again = run_script(empty, **settings)
    assert again.returncode == 0 and f"has {name} already" in again.stdout and len(source.requests) == asked


def test_the_job_says_that_the_source_has_not_the_model(empty, source):
    failed = run_script(empty, OLLAMA_HOST=empty.port.address, MODELS=source.name("nope:1"))
    assert failed.returncode == 1 and f"{empty.port.address} did not pull {source.name('nope:1')}" in failed.stderr
    assert models_of(empty) == set()


def test_the_advisor_asks_the_configured_model(installed, ollama, tmp_path):
    """The tiny model under the configured one's name. The findings come first, whatever it says."""
    installation = Installation(installed, tmp_path, model=ollama.port.address)
    try:
        ann = installation.start().first_manager()

        def asked():
            events = ann.say("why is checkout failing?")
            return events if named(events, "finding") and only(events, "usage").get("model") else None
        events = eventually(asked, seconds=240, every=2)
        assert only(events, "usage")["model"] == CONFIGURED and only(events, "usage")["output_tokens"] > 0
        names = [event["event"] for event in events]
        assert names.index("finding") < names.index("delta") and text_of(events) and events[-1]["event"] == "done"
    finally:
        installation.stop()
