"""The operations that findings name are those of the control plane's catalogue, on the kinds that it has them for."""
import re

from support.stage import ROOT

FAULTS = (ROOT / "ai-ops/diagnosis/fault.cc").read_text()


def test_findings_name_operations_that_there_are_for_kinds_that_they_act_on(played):
    said = set(re.findall(r'\{"([a-z-]+)", "([A-Z]\w+)"\}', FAULTS.split("kReaches[]", 1)[1].split("};", 1)[0]))
    named = set(re.findall(r'"(scale|restart|rollback|set-resources)"\}', FAULTS.split("kReaches[]", 1)[0]))
    listed = []
    played.play(lambda turn: listed.extend(turn.call("GET", "/internal/v1/operations")[1]["operations"]), "what is wrong?")
    catalogue = {(row["name"], kind) for row in listed for kind in row["arguments"]["properties"]["kind"]["enum"]}
    assert said == catalogue
    assert named and named <= {name for name, _ in catalogue}
