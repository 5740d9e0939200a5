"""The real hks on a terminal and in pipes, against the real services."""
import json
import os
import re
import stat
import subprocess
import sys

import pytest

from support import people
from support.stage import PROGRAMS, ROOT, eventually
from support.terminal import Terminal

sys.path.insert(0, str(ROOT / "tests/tidy"))
import contracts  # noqa: E402
from json_schema import Validator  # noqa: E402
from repo import Repo  # noqa: E402


class Hks:
    """The command line of one user with a session file of its own."""

    def __init__(self, stage, user: str, folder):
        self.stage, self.user = stage, user
        self.session = folder / f"{user}.json"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("HKS_")}
        if user:
            done = self.run("login", "--user", user, "--password-stdin", typed=self.password + "\n")
            assert done.returncode == 0, done.stderr

    @property
    def password(self) -> str:
        lines = (self.stage.data / "demo-users.txt").read_text().splitlines()
        return dict(line.split() for line in lines)[self.user]

    def command(self, *arguments) -> list:
        return [PROGRAMS / "hks", "--server", self.stage.public, "--session-file", self.session, *arguments]

    def run(self, *arguments, typed: str = ""):
        return subprocess.run([str(word) for word in self.command(*arguments)], input=typed, capture_output=True, text=True,
                              timeout=60, env=self.environment)

    def json(self, *arguments):
        done = self.run(*arguments, "--output", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def terminal(self, *arguments) -> Terminal:
        return Terminal(self.command(*arguments), self.environment)


@pytest.fixture
def hks(whole, tmp_path):
    """Makes the command line of a user; `web` has 3 replicas, and no proposal waits."""
    erin, path = whole.person("erin"), "/api/v1/workspaces/shop/approvals"
    for one in erin.get(path)["approvals"]:
        decision = {"decision": "reject", "op_hash": one["op_hash"]}
        status, *_ = people.request(whole.public, "POST", f"{path}/{one['approval_id']}/decision", decision, token=erin.token)
        assert status == 200
    if whole.replicas("web") != 3:
        whole.set_replicas("web", 3)
        eventually(lambda: snapshot_replicas(whole) == 3)
    return lambda user: Hks(whole, user, tmp_path)


def snapshot_replicas(stage) -> int:
    """What the control plane's cache says, by way of an answer."""
    events = stage.person("erin").say("how many replicas does web have?")
    text = "".join(event["text"] for event in events if event["event"] == "delta")
    return 3 if "3" in text else 0


@pytest.fixture
def chat(hks):
    """Opens the chat of a user on a terminal."""
    opened = []

    def open_chat(user: str = "erin", *arguments) -> Terminal:
        terminal = hks(user).terminal("chat", *arguments)
        opened.append(terminal)
        terminal.prompt()
        return terminal

    yield open_chat
    for terminal in opened:
        terminal.close()


# ---- signing in

def test_a_password_is_asked_for_and_not_shown(whole, tmp_path):
    ada = Hks(whole, "ada", tmp_path)
    password = ada.password
    ada.session.unlink()
    terminal = ada.terminal("login", "--user", "ada")
    terminal.expect("Password of ada")
    terminal.say(password)
    assert terminal.finish() == 0
    assert "Signed in as ada" in terminal.seen and password not in terminal.seen
    assert stat.S_IMODE(ada.session.stat().st_mode) == 0o600
    terminal.close()


def test_a_new_user_sets_a_password_by_invitation_and_works_as_a_member(hks, tmp_path):
    ada = hks("ada")
    added = ada.json("users", "add", "nina", "--display", "Nina")
    nina = hks("")
    nina.session = tmp_path / "nina.json"
    password = "only-an-example-of-nina"
    terminal = nina.terminal("login", "--invitation", added["invitation"])
    terminal.expect("Your new password")
    terminal.say(password)
    terminal.expect("The same again")
    terminal.say(password)
    assert terminal.finish() == 0, terminal.seen
    assert password not in terminal.seen
    terminal.close()
    assert nina.run("chat", "--once", "what is wrong?").returncode == 1, "a member of no workspace"
    assert ada.run("members", "add", "nina", "viewer").returncode == 0
    assert nina.run("chat", "--once", "what is wrong?").returncode == 0
    assert nina.run("chat", "--once", "scale web to 4").returncode == 3
    assert nina.run("users").returncode != 0
    member = next(row for row in ada.json("members")["members"] if row["user"] == "nina")
    assert ada.run("members", "remove", member["id"]).returncode == 0
    assert ada.run("users", "disable", "nina").returncode == 0
    assert nina.run("workspaces").returncode == 5, "the session has ended"
    again = nina.run("login", "--invitation", added["invitation"], "--password-stdin", typed=password + "\n")
    assert again.returncode == 5 and "not valid" in again.stderr


# ---- the chat at a prompt

def test_the_main_job_at_a_prompt(chat, whole):
    terminal = chat()
    terminal.say("what is wrong?")
    answer = terminal.prompt()
    assert "report" in answer and "checkout" in answer and "no model used" in answer
    terminal.say("scale web to 5")
    answer = terminal.prompt()
    assert "✓ web  3 → 5 replicas" in answer and "ready after" in answer and "undo: /undo" in answer
    assert whole.replicas("web") == 5
    terminal.say("/operations")
    assert "scale Deployment/web: executed, 3 → 5 replicas" in terminal.prompt()
    terminal.say("/undo")
    assert "✓ web  5 → 3 replicas" in terminal.prompt()
    assert whole.replicas("web") == 3
    terminal.say("/quit")
    assert terminal.finish() == 0


def test_a_proposal_is_asked_about_and_runs_by_y_only(chat, whole):
    terminal = chat()
    terminal.say("could you double web")
    shown = terminal.expect("[y] run  [n] leave  [d] details ❯ ")
    assert "scale Deployment web in shop" in shown and "+ replicas: 6" in shown
    terminal.say("d")
    assert "sha256:" in terminal.expect("[y] run  [n] leave  [d] details ❯ ")
    terminal.say("n")
    assert "Left as it is" in terminal.prompt()
    terminal.say("yes")
    terminal.prompt()
    assert whole.replicas("web") == 3, "a yes in the chat approves nothing"
    terminal.say("/approvals")
    assert "3 → 6 replicas" in terminal.prompt()
    terminal.say("/approve")
    terminal.expect("[y] run  [n] leave  [d] details ❯ ")
    terminal.say("y")
    assert "✓ web  3 → 6 replicas" in terminal.prompt()
    assert whole.replicas("web") == 6
    terminal.say("/undo")
    terminal.prompt()
    assert whole.replicas("web") == 3
    terminal.type("\x04")
    assert terminal.finish() == 0


def test_a_proposal_can_be_rejected(chat, whole):
    terminal = chat()
    terminal.say("could you double web")
    terminal.expect("details ❯ ")
    terminal.say("")
    terminal.prompt()
    terminal.say("/reject")
    assert "Rejected: scale Deployment/web. Nothing was changed." in terminal.prompt()
    assert whole.replicas("web") == 3


def test_tab_completes_live_names_and_commands(chat):
    terminal = chat()
    terminal.type("/operat\t")
    terminal.say("")
    assert "there is no" not in terminal.prompt()
    terminal.say("/hel\t")
    assert "/approvals" in terminal.prompt()
    terminal.type("how many replicas does payments-a\t")
    terminal.say(" have?")
    assert "payments-api" in terminal.prompt()


def test_history_outlives_the_chat_and_keeps_no_spaced_line(chat, hks):
    first = chat()
    first.say("how many replicas does web have?")
    first.prompt()
    first.say(" what is wrong?")
    first.prompt()
    first.type("\x04")
    first.finish()
    kept = hks("erin").session.with_suffix(".history")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.read_text() == "how many replicas does web have?\n"
    second = chat()
    second.type("\x1b[A")
    second.say("")
    assert "3" in second.prompt()


def test_ctrl_c_clears_a_line_and_ends_at_an_empty_one(chat):
    terminal = chat()
    terminal.type("scale web to 99")
    terminal.expect("to 99")
    terminal.type("\x03")
    terminal.prompt()
    terminal.type("\x03")
    assert terminal.finish() == 0


def test_ctrl_c_stops_the_answer_only(played, tmp_path):
    hung_up = []

    def slowly(turn):
        turn.send("delta", text="half an answer ")
        turn.wait_for_hang_up()
        hung_up.append(True)

    played.advisor.play = slowly
    terminal = Hks(played, "erin", tmp_path).terminal("chat")
    try:
        terminal.prompt()
        terminal.say("think long")
        terminal.expect("half an")
        terminal.type("\x03")
        assert "stopped" in terminal.prompt()
        eventually(lambda: hung_up)
        terminal.say("/quit")
        assert terminal.finish() == 0
    finally:
        terminal.close()


# ---- in pipes

def test_a_pipe_gets_plain_text_and_is_asked_nothing(hks, whole):
    erin = hks("erin")
    done = erin.run("chat", typed="what is wrong?\nscale web to 5\ncould you double web\n")
    assert done.returncode == 4, "the last answer waits"
    assert not set("\x1b\r\x07") & set(done.stdout)
    assert "rolling out" not in done.stdout and "[y]" not in done.stdout
    assert whole.replicas("web") == 5


def test_the_same_answer_is_the_same_text_in_a_pipe(hks):
    erin = hks("erin")
    assert len({erin.run("chat", "--once", "how many replicas does web have?").stdout for _ in range(3)}) == 1


def test_a_preapproval_runs_exactly_what_it_names(hks, whole):
    erin = hks("erin")
    ask = ("chat", "--once", "could you double web", "--approve")
    other = erin.run(*ask, "scale:Deployment/cart")
    assert other.returncode == 4 and "no proposal of this answer matches" in other.stderr
    assert whole.replicas("web") == 3
    done = erin.run(*ask, "scale:Deployment/web")
    assert done.returncode == 0, done.stderr
    assert done.stdout.index("+ replicas: 6") < done.stdout.index("✓ web  3 → 6 replicas")
    assert whole.replicas("web") == 6
    decided = next(entry for entry in whole.person("ada").audit() if entry["kind"] == "approval.decided")
    assert "unattended" in json.dumps(decided)


def test_a_high_risk_is_approved_by_another_person_only(hks, whole):
    erin, ada = hks("erin"), hks("ada")
    done = erin.run("chat", "--once", "scale web to 0", "--approve", "scale:Deployment/web")
    assert done.returncode == 4 and "a person has to look at it" in done.stderr
    waiting = erin.json("approvals")["approvals"][-1]["approval_id"]
    assert erin.run("approvals", "approve", waiting, "--yes").returncode == 3
    assert whole.replicas("web") == 3
    assert ada.run("approvals", "approve", waiting, "--yes").returncode == 0
    assert whole.replicas("web") == 0
    assert erin.run("undo", erin.json("approvals", "show", waiting)["operation_id"]).returncode == 0
    assert whole.replicas("web") == 3


def test_approvals_are_decided_by_a_beginning_of_their_id(hks, whole):
    erin = hks("erin")
    assert erin.run("chat", "--once", "could you double web").returncode == 4
    newest = erin.json("approvals")["approvals"][-1]["approval_id"]
    assert erin.run("approvals", "approve", newest).returncode == 2, "in a pipe it needs --yes"
    done = erin.run("approvals", "approve", newest, "--yes")
    assert done.returncode == 0, done.stderr
    assert whole.replicas("web") == 6
    assert erin.run("approvals", "approve", newest, "--yes").returncode == 1, "it was decided"
    operation = erin.json("operations")["operations"][0]["operation_id"]
    undone = erin.run("undo", operation)
    assert undone.returncode == 0 and "6 → 3 replicas" in undone.stdout, undone.stderr
    late = erin.run("undo", operation)
    assert late.returncode == 1 and whole.replicas("web") == 3, late.stderr


def test_the_viewer_decides_nothing(hks, whole):
    erin, vic = hks("erin"), hks("vic")
    erin.run("chat", "--once", "could you double web")
    newest = erin.json("approvals")["approvals"][-1]["approval_id"]
    assert vic.run("approvals", "approve", newest, "--yes").returncode in (1, 3)
    assert whole.replicas("web") == 3
    assert erin.run("approvals", "reject", newest).returncode == 0


def test_the_audits_chain_is_verified_and_a_changed_entry_is_found(hks, whole):
    ada = hks("ada")
    good = ada.json("audit", "verify")
    assert good["ok"] and good["hash"].startswith("sha256:")
    assert hks("erin").run("audit", "verify").returncode == 3
    entry = "organization = 'demo' AND seq = 2"
    [(leaf,)] = whole.database(f"SELECT leaf FROM audit_entries WHERE {entry}")
    [(trigger,)] = whole.database("SELECT sql FROM sqlite_master WHERE name = 'audit_entries_never_change'")
    whole.database("DROP TRIGGER audit_entries_never_change")  # whoever has the file can do that
    try:
        whole.database(f"UPDATE audit_entries SET leaf = ? WHERE {entry}", leaf.replace('"demo"', '"demo2"'))
        bad = ada.run("audit", "verify", "--output", "json")
        assert bad.returncode == 1, bad.stderr
        assert json.loads(bad.stdout)["ok"] is False and json.loads(bad.stdout)["seq"] in (2, 3)
    finally:
        whole.database(f"UPDATE audit_entries SET leaf = ? WHERE {entry}", leaf)
        whole.database(trigger)
    assert ada.json("audit", "verify")["ok"]


def test_documents_are_what_the_contract_says(hks):
    ada, erin = hks("ada"), hks("erin")
    assert erin.run("chat", "--once", "could you double web").returncode == 4
    approvals = erin.json("approvals")
    approval = approvals["approvals"][-1]
    shown = {"Approvals": approvals, "Approval": erin.json("approvals", "show", approval["approval_id"])}
    executed = erin.json("approvals", "approve", approval["approval_id"], "--yes")
    for member in ("operation", "arguments"):  # that hks adds to the reply
        executed.pop(member)
    shown["OperationReply"] = executed
    shown["OperationRecords"] = erin.json("operations")
    shown["Findings"] = erin.json("findings")
    shown["OperationRecord"] = erin.json("operations", "show", executed["operation_id"])
    shown["AuditVerification"] = ada.json("audit", "verify")
    shown["Names"] = hks("vic").stage.person("vic").get("/api/v1/workspaces/shop/names")
    contract = contracts.documents(Repo(ROOT))
    for schema, document in shown.items():
        found = Validator(contract).errors("public.openapi.yaml", {"$ref": f"#/components/schemas/{schema}"}, document)
        assert not found, (schema, found, document)
    decided = erin.json("approvals", "show", approval["approval_id"])
    assert decided["state"] == "approved" and decided["operation_id"] == executed["operation_id"]
    erin.run("undo", executed["operation_id"])


def test_findings_are_told_a_line_each_and_are_no_failure(hks):
    vic = hks("vic")
    eventually(lambda: vic.json("findings", "--severity", "critical")["findings"], every=0.5)
    told = vic.run("findings", "Deployment/checkout")
    assert told.returncode == 0, told.stderr
    *lines, last = told.stdout.splitlines()
    assert lines and all("\u25cf" in line or "\u25d0" in line or "\u25cb" in line for line in lines) and "checkout" in lines[0]
    assert re.fullmatch(rf" {len(lines)} findings? in \d+ objects, \d+ workloads\.", last)
    assert len(vic.run("findings", "Deployment/checkout", "--evidence").stdout.splitlines()) > len(lines) + 1
    absent = vic.run("findings", "Deployment/no-such")
    assert absent.returncode == 1 and "there is none" in absent.stderr


def test_names_are_those_of_the_workspace(whole):
    names = whole.person("vic").get("/api/v1/workspaces/shop/names")["names"]
    assert {"project": "shop", "kind": "Deployment", "name": "web"} in names
    assert {row["project"] for row in names} == {"shop"}
    assert {row["kind"] for row in names} <= {"Deployment", "StatefulSet", "DaemonSet", "Pod", "Service"}
    assert names == sorted(names, key=lambda row: (row["project"], row["kind"], row["name"]))


def test_run_once_passes_a_preapproval_on(tmp_path):
    run = [sys.executable, ROOT / "scripts/run.py", "--data", tmp_path / "data"]
    environment = {**os.environ, "HKS_PROGRAMS": str(PROGRAMS)}
    alone = subprocess.run([*run, "--approve", "scale:Deployment/web"], capture_output=True, text=True, timeout=120, env=environment)
    assert alone.returncode == 2
    done = subprocess.run([*run, "--once", "could you double web", "--approve", "scale:Deployment/web"], capture_output=True,
                          text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    assert "✓ web  3 → 6 replicas" in done.stdout
