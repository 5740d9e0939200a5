import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.doors import begin_slow_clients, open_doors  # noqa: E402
from support.stage import Stage  # noqa: E402


FIGURES = []


@pytest.fixture(scope="session")
def figures():
    """figures(text): what a test has counted, for the end of the run's log."""
    return FIGURES.append


def pytest_terminal_summary(terminalreporter):
    for text in FIGURES:
        terminalreporter.write_line(text)


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """Everything, real, on the demo cluster."""
    with Stage(tmp_path_factory.mktemp("whole")) as stage:
        yield stage.start_whole()


@pytest.fixture(scope="session")
def played_stage(tmp_path_factory):
    with Stage(tmp_path_factory.mktemp("played")) as stage:
        yield stage.start_with_played_advisor()


@pytest.fixture
def played(played_stage):
    """The control plane with an advisor that the test plays; `web` has 3 replicas."""
    played_stage.reset_web()
    return played_stage


@pytest.fixture(scope="session")
def doors(played_stage):
    """Every listener of both services."""
    return open_doors(played_stage)


@pytest.fixture(scope="session")
def slow_clients(doors):
    """Begun by test_routes.py, looked at by test_slow_clients.py: what runs between them is served meanwhile."""
    return begin_slow_clients(doors)


@pytest.fixture(scope="session")
def mortal_stage(tmp_path_factory):
    with Stage(tmp_path_factory.mktemp("mortal"), gated=True) as stage:
        yield stage.start_whole()
        for program in list(stage.system.processes):  # faster than to let them end what they follow
            stage.kill(program)


@pytest.fixture
def mortal(mortal_stage):
    """Everything, real, for tests that kill processes; `web` has 3 replicas."""
    mortal_stage.revive()
    mortal_stage.reset_web()
    return mortal_stage
