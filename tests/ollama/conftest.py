import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
from support.stage import Stage, eventually  # noqa: E402
from support.tap import Tap  # noqa: E402
import ollama_server  # noqa: E402
from watched import PLAIN, PLAIN_MODELFILE, WatchedOllama, model_health  # noqa: E402

NOWHERE = "nope"  # a model that no server has


@pytest.fixture(scope="session")
def built():
    return ollama_server.build()


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    """The models of every server here."""
    return tmp_path_factory.mktemp("ollama")


@pytest.fixture(scope="session")
def ollama(built, store):
    """A real server that no test kills."""
    server = WatchedOllama(built, store, store / "ollama.log")
    try:
        server.start().create_tiny_model()
        server.create(PLAIN, PLAIN_MODELFILE)
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def mortal_server(built, store, ollama):
    """Another one on the same store, for tests that stop it in some way."""
    server = WatchedOllama(built, store, store / "mortal.log")
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def mortal(mortal_server):
    yield mortal_server
    mortal_server.revive()


def tap_before(server):
    tap = Tap(server.url)
    yield tap
    tap.close()


@pytest.fixture(scope="session")
def tap(ollama):
    yield from tap_before(ollama)


@pytest.fixture(scope="session")
def mortal_tap(mortal_server):
    yield from tap_before(mortal_server)


@pytest.fixture(scope="session")
def stage(tmp_path_factory):
    """Everything, real, on the demo cluster; advised_by() says which model answers."""
    stage = Stage(tmp_path_factory.mktemp("advised"))
    try:
        yield stage.start_whole()
    finally:
        stage.stop()


@pytest.fixture
def advised(stage):
    """advised(url...) is the stage with an advisor that these servers help."""
    def by(*urls: str, model: str = ollama_server.MODEL, api: str = "ollama"):
        flags = ["--model", model, "--model-api", api, *(word for url in urls for word in ("--model-url", url))]
        if flags != stage.system.model_flags:
            stage.system.model_flags = flags
            stage.restart("hks-ai-ops")
        eventually(lambda: is_settled(stage), seconds=60)
        return stage
    return by


def is_settled(stage) -> bool:
    """Its advisor has found a server, or one that has not got the model."""
    health = model_health(stage)
    return health["state"] != "down" or health["name"] == NOWHERE
