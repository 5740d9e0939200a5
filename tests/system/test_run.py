"""./run after its build: scripts/run.py, as a newcomer meets it."""
import json
import os
import pathlib
import signal
import subprocess
import sys

import pytest

from support.stage import PROGRAMS, ROOT, eventually


def command(data: pathlib.Path, *arguments) -> list:
    return [sys.executable, ROOT / "scripts/run.py", "--data", data, *arguments]


def environment() -> dict:
    return {**os.environ, "HKS_PROGRAMS": str(PROGRAMS)}


def run(data: pathlib.Path, *arguments):
    return subprocess.run(command(data, *arguments), capture_output=True, text=True, timeout=120, env=environment())


def processes_of(data: pathlib.Path) -> list:
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0") if entry.name.isdigit() else [""]
        except OSError:
            continue
        if pathlib.Path(words[0]).name.startswith("hks") and any(str(data) in word for word in words):
            found.append(words[0])
    return found


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("run") / "data"


def test_once_as_editor_executes_and_leaves_nothing_behind(data):
    done = run(data, "--once", "scale web to 5", "--output", "json")
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    operation = next(event for event in events if event["event"] == "operation")
    assert (operation["state"], operation["before"], operation["after"]) == ("executed", {"replicas": 3}, {"replicas": 5})
    assert events[-1]["event"] == "done"
    assert not processes_of(data)
    assert (data / "demo-users.txt").stat().st_mode & 0o777 == 0o600
    assert data.stat().st_mode & 0o777 == 0o700


def test_a_second_start_finds_its_data(data):
    done = run(data, "--once", "scale web to 5", "--output", "json")
    assert done.returncode == 0, done.stderr
    states = [json.loads(line).get("state") for line in done.stdout.splitlines() if '"operation"' in line]
    assert "already_so" in states


def test_once_as_viewer_is_refused_with_exit_code_3(data):
    done = run(data, "--as", "viewer", "--once", "scale web to 7")
    assert done.returncode == 3, done.stderr
    assert "You may not scale workloads in project shop" in done.stdout


def test_a_question_is_answered_in_plain_text(data):
    done = run(data, "--once", "what is wrong?")
    assert done.returncode == 0, done.stderr
    assert "checkout" in done.stdout and "report" in done.stdout
    assert "\x1b" not in done.stdout


def test_the_chat_ends_with_its_input_and_another_run_talks_to_the_one_that_runs(data):
    chat = subprocess.Popen(command(data), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env=environment(), start_new_session=True)
    try:
        chat.stdin.write("what is wrong?\n")
        chat.stdin.flush()
        for line in chat.stdout:
            if "report" in line:
                break
        other = run(data, "--once", "how many replicas does web have?")
        assert other.returncode == 0 and "5" in other.stdout, other.stderr
        chat.stdin.close()
        assert chat.wait(60) == 0
    finally:
        if chat.poll() is None:
            os.killpg(chat.pid, signal.SIGKILL)
    eventually(lambda: not processes_of(data))


def test_a_termination_stops_everything_cleanly(data):
    chat = subprocess.Popen(command(data), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env=environment(), start_new_session=True)
    for line in chat.stderr:
        if "Signed in" in line:
            break
    os.killpg(chat.pid, signal.SIGINT)
    chat.stdin.close()
    chat.wait(60)
    eventually(lambda: not processes_of(data))
    assert run(data, "--once", "what is wrong?").returncode == 0


@pytest.mark.parametrize("arguments, complaint", [
    (["--ollama", "http://127.0.0.1:11434"], "--ollama URL and --model NAME belong together"),
    (["--model", "qwen"], "--ollama URL and --model NAME belong together"),
    (["--ollama", "127.0.0.1:11434", "--model", "qwen"], "--ollama takes a URL, or the word local"),
    (["--ollama", "local", "--model", "qwen"], "--ollama local has smollm2:135m and no other model")])
def test_what_is_said_of_a_model_must_make_sense(data, arguments, complaint):
    done = run(data, *arguments)
    assert done.returncode == 2
    assert complaint in done.stderr


def test_the_advisor_is_told_which_model_answers(tmp_path):
    """By an hks-ai-ops that writes down how it was started, and ends."""
    for program in PROGRAMS.glob("hks*"):
        (tmp_path / program.name).symlink_to(program)
    told, advisor = tmp_path / "told", tmp_path / "hks-ai-ops"
    advisor.unlink()
    advisor.write_text(f'#!/bin/sh\necho "$*" > {told}\nexit 7\n')
    advisor.chmod(0o755)
    done = subprocess.run(command(tmp_path / "data", "--ollama", "http://10.0.0.7:11434", "--model", "qwen", "--once", "hi"),
                          capture_output=True, text=True, timeout=120, env=environment() | {"HKS_PROGRAMS": str(tmp_path)})
    assert done.returncode == 1 and "hks-ai-ops ended with 7" in done.stderr
    assert "--model qwen --model-url http://10.0.0.7:11434 " in told.read_text()


def test_a_model_server_that_is_away_takes_no_finding_away(data):
    done = run(data, "--ollama", "http://127.0.0.1:9", "--model", "qwen", "--once", "why is checkout failing?")
    assert done.returncode == 0, done.stderr
    assert "checkout" in done.stdout and "5433" in done.stdout
