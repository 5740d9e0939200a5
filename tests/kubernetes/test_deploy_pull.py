"""The script of the Job that pulls models, over an ollama client and a name service that are played; tests/ollama runs it
against the real server."""
import os
import subprocess

import pytest
import shipped

SCRIPT = shipped.DEPLOY / "pull-models.sh"

# A replica is a folder named by its address: `up` when it answers, a file for each model that it has.
OLLAMA = r"""#!/bin/sh
replica="$FAKES/${OLLAMA_HOST#http://}"
echo "$OLLAMA_HOST $*" >> "$FAKES/calls"
[ -e "$replica/up" ] || { echo "Error: could not connect" >&2; exit 1; }
case $1 in
  list) ;;
  show) [ -e "$replica/$2" ] ;;
  pull)
    printf 'pulling manifest \033[K\r\033[?25lpulling abc  40%%\033[K\r' >&2
    [ ! -e "$FAKES/broken" ] || { echo 'Error: no such model' >&2; exit 1; }
    touch "$replica/$2"
    [ ! -e "$FAKES/late" ] || cp "$FAKES/late" "$FAKES/addresses" ;;
esac
"""
GETENT = '#!/bin/sh\n[ "$1 $2" = "ahosts replicas" ] && cat "$FAKES/addresses"\n'


class Stand:
    def __init__(self, folder, *up: str):
        self.folder = folder
        for name, text in (("ollama", OLLAMA), ("getent", GETENT)):
            (folder / name).write_text(text)
            (folder / name).chmod(0o755)
        for replica in up:
            self.bring_up(replica)
        self.addresses(*(replica.rpartition(":")[0].strip("[]") for replica in up))

    def bring_up(self, replica: str) -> None:
        (self.folder / replica).mkdir()
        (self.folder / replica / "up").touch()

    def addresses(self, *them: str, file: str = "addresses") -> None:
        """As getent has them: one line a kind of socket."""
        (self.folder / file).write_text("".join(f"{one}  {kind}\n" for one in them for kind in ("STREAM replicas", "DGRAM", "RAW")))

    def run(self, **more):
        environment = {**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}", "FAKES": str(self.folder), "WAIT_SECONDS": "2",
                       "PROGRESS_SECONDS": "1", "MODELS": "a:1b b", "REPLICAS": "replicas:11434", **more}
        environment = {name: value for name, value in environment.items() if value}
        return subprocess.run(["sh", SCRIPT], env=environment, capture_output=True, text=True, timeout=60)

    def has(self, replica: str) -> set:
        return {file.name for file in (self.folder / replica).iterdir()} - {"up"}

    def calls(self, verb: str) -> int:
        return sum(line.split()[1] == verb for line in (self.folder / "calls").read_text().splitlines())


TWO = ("10.0.0.1:11434", "[fd00::2]:11434")


def test_every_replica_gets_every_model(tmp_path):
    stand = Stand(tmp_path, *TWO)
    done = stand.run()
    assert done.returncode == 0, done
    assert [stand.has(replica) for replica in TWO] == [{"a:1b", "b"}] * 2


def test_what_is_there_is_left_alone(tmp_path):
    stand = Stand(tmp_path, *TWO)
    stand.run()
    pulled = stand.calls("pull")
    again = stand.run()
    assert again.returncode == 0 and stand.calls("pull") == pulled == 4
    assert "10.0.0.1:11434 has a:1b already" in again.stdout


def test_models_stand_in_a_file_with_comments(tmp_path):
    stand = Stand(tmp_path, TWO[0])
    (tmp_path / "models").write_text("# ours\na:1b  # small\n\n")
    assert stand.run(MODELS="", MODELS_FILE=str(tmp_path / "models")).returncode == 0
    assert stand.has(TWO[0]) == {"a:1b"}


def test_one_given_server_is_enough(tmp_path):
    stand = Stand(tmp_path, "127.0.0.1:9")
    assert stand.run(REPLICAS="", OLLAMA_HOST="http://127.0.0.1:9", MODELS="b").returncode == 0
    assert stand.has("127.0.0.1:9") == {"b"}


def test_a_replica_that_comes_meanwhile_is_served_too(tmp_path):
    stand = Stand(tmp_path, TWO[0])
    stand.bring_up(TWO[1])
    stand.addresses("10.0.0.1", "fd00::2", file="late")
    assert stand.run().returncode == 0
    assert stand.has(TWO[1]) == {"a:1b", "b"}


def test_progress_is_plain_lines(tmp_path):
    stand = Stand(tmp_path, TWO[0])
    done = stand.run(MODELS="b")
    assert "10.0.0.1:11434 b: pulling abc  40%\n" in done.stdout and "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize("why", ["no replica", "a replica that does not answer", "a model that is not there"])
def test_it_says_why_it_failed(tmp_path, why):
    stand = Stand(tmp_path, TWO[0])
    if why == "no replica":
        stand.addresses()
        words = "not so in 2 s: a replica of the model server is there"
    elif why == "a replica that does not answer":
        (tmp_path / TWO[0] / "up").unlink()
        words = "not so in 2 s: 10.0.0.1:11434 answers"
    else:
        (tmp_path / "broken").touch()
        words = "10.0.0.1:11434 did not pull a:1b: Error: no such model"
    failed = stand.run()
    assert failed.returncode == 1 and words in failed.stderr, failed


def test_without_a_model_there_is_nothing_to_do(tmp_path):
    stand = Stand(tmp_path, TWO[0])
    (tmp_path / "models").write_text("# none\n")
    done = stand.run(MODELS="", MODELS_FILE=str(tmp_path / "models"))
    assert done.returncode == 0 and "no model is configured" in done.stdout and not (tmp_path / "calls").exists()
