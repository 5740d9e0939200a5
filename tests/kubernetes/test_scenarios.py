"""The scenarios of tests/scenario, the same files, on a real Kubernetes."""
import pathlib
import sys

import pytest

SCENARIOS = pathlib.Path(__file__).resolve().parents[1] / "scenario"
sys.path.insert(0, str(SCENARIOS))
import scenario  # noqa: E402

FILES = [one for one in map(scenario.read, sorted(SCENARIOS.glob("*.scenario"))) if one.runs_on("real")]


@pytest.mark.parametrize("one", FILES, ids=lambda one: one.name)
def test_scenario(real, theatre, one):
    theatre.play(one)
