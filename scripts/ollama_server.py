"""A real Ollama on loopback with the tiny model that its build has fetched: scripts/ollama/build.

Used by ./run --ollama local and by the tests. The model proves the wire and no more: 135 million parameters know nothing.
By hand: python3 scripts/ollama_server.py FOLDER runs one until Ctrl-C.
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

from service_processes import NotStarted, Port, Process

HERE = pathlib.Path(__file__).resolve().parent / "ollama"
MODEL = "smollm2:135m"
START_TIME_S = 60


def build() -> pathlib.Path:
    """The folder of the program and the model; the first time on a machine this takes ten minutes, with progress on standard error."""
    done = subprocess.run([HERE / "build"], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise NotStarted("the real Ollama could not be built")
    return pathlib.Path(done.stdout.strip())


class Ollama:
    """One server with its model store in `folder`; servers may share a store. stop() ends it and its runner, and nothing else."""

    def __init__(self, built: pathlib.Path, folder: pathlib.Path, log: pathlib.Path, port: int = 0):
        self.program, self.weights = built / "bin/ollama", built / "model.gguf"
        self.folder, self.log = folder, log
        self.port = Port(port)
        self.url = "http://" + self.port.address
        self.process: Process = None
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def environment(self) -> dict:
        return {"OLLAMA_HOST": self.port.address, "OLLAMA_MODELS": str(self.folder / "models"), "HOME": str(self.folder),
                "OLLAMA_NO_CLOUD": "1", "OLLAMA_KEEP_ALIVE": "30m", "NO_PROXY": "127.0.0.1,localhost"}

    def start(self, **more: str) -> "Ollama":
        """`more`: of its environment."""
        self.process = Process("ollama", [self.program, "serve"], self.log, environment={**self.environment, **more})
        until = time.monotonic() + START_TIME_S
        while not self.answers():
            if self.process.process.poll() is not None or time.monotonic() > until:
                raise NotStarted(f"Ollama did not start:\n{self.process.tail()}")
            time.sleep(0.02)
        return self

    def answers(self) -> bool:
        try:
            self.get("/api/version")
            return True
        except (urllib.error.URLError, OSError):
            return False

    def get(self, path: str) -> dict:
        with urllib.request.urlopen(self.url + path, timeout=10) as reply:
            return json.load(reply)

    def create_tiny_model(self, name: str = MODEL) -> None:
        self.create(name, (HERE / "Modelfile").read_text().replace("@model@", str(self.weights)))

    def create(self, name: str, modelfile: str) -> None:
        file = self.folder / "Modelfile"
        file.write_text(modelfile)
        done = subprocess.run([self.program, "create", name, "-f", file], capture_output=True, text=True,
                              env={**os.environ, **self.environment})
        if done.returncode != 0:
            raise NotStarted(f"ollama create {name}: {done.stderr.strip()[-500:]}")

    def send_signal(self, number: int) -> None:
        """To the server and its runner."""
        os.killpg(self.process.process.pid, number)

    def pause(self) -> None:
        self.send_signal(signal.SIGSTOP)

    def revive(self) -> None:
        """Wakes or starts what a test has paused or killed."""
        if self.process.process.poll() is None:
            self.send_signal(signal.SIGCONT)
        else:
            self.start()

    def kill(self) -> None:
        """At once, with its runner, which would go on without it. It can be started again."""
        self.send_signal(signal.SIGKILL)
        self.process.stop()

    def stop(self) -> None:
        if self.process is not None:
            self.process.stop()
            try:
                self.send_signal(signal.SIGKILL)  # a runner that is left
            except ProcessLookupError:
                pass
            self.process = None
        self.port.close()


def main() -> None:
    folder = pathlib.Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(130))
    ollama = Ollama(build(), folder, folder / "ollama.log")
    try:
        ollama.start().create_tiny_model()
        print(ollama.url, MODEL, flush=True)
        signal.pause()
    finally:
        ollama.stop()


if __name__ == "__main__":
    main()
