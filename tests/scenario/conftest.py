"""Each .scenario file is a test, played on the demo cluster; tests/kubernetes plays the same files on a real one."""
import pathlib
import sys
import tempfile

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))
import player  # noqa: E402
import scenario  # noqa: E402
from support.stage import Stage  # noqa: E402


def pytest_collect_file(file_path: pathlib.Path, parent):
    if file_path.suffix == ".scenario":
        return ScenarioFile.from_parent(parent, path=file_path)


class ScenarioFile(pytest.File):
    def collect(self):
        one = scenario.read(self.path)
        if one.runs_on("demo"):
            yield ScenarioItem.from_parent(self, name=one.name, scenario=one)


class ScenarioItem(pytest.Item):
    def __init__(self, *, scenario, **more):
        super().__init__(**more)
        self.scenario = scenario

    def runtest(self):
        _theatre(self.config).play(self.scenario)

    def repr_failure(self, excinfo):
        if excinfo.errisinstance((player.Unexpected, scenario.BadScenario)):
            return f"{self.path.name}: {excinfo.value}"
        return super().repr_failure(excinfo)

    def reportinfo(self):
        return self.path, 0, self.name


def _theatre(config) -> player.Theatre:
    """One for the session: started by the first scenario, stopped when pytest ends."""
    if not hasattr(config, "hks_theatre"):
        folder = tempfile.TemporaryDirectory(prefix="hks-scenario-")
        config.add_cleanup(folder.cleanup)
        stage = Stage(pathlib.Path(folder.name))
        config.add_cleanup(stage.stop)
        config.hks_theatre = player.Theatre(stage.start_whole(), "demo")
    return config.hks_theatre
