"""hks-diagnose --watch as a process whose lines a test waits for."""
import json
import queue
import signal
import subprocess
import threading
import time

from support.stage import PROGRAMS

PATIENCE_S = 60


class DiagnoseWatch:
    def __init__(self, *arguments):
        self.process = subprocess.Popen([PROGRAMS / "hks-diagnose", "--watch", "--output", "json", *map(str, arguments)],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.told = queue.SimpleQueue()  # of (kind, name), what has become of it, and the whole line
        self.said = queue.SimpleQueue()
        for stream, into, read in ((self.process.stdout, self.told, self._change), (self.process.stderr, self.said, str)):
            threading.Thread(target=lambda s=stream, i=into, r=read: [i.put(r(line)) for line in s], daemon=True).start()

    @staticmethod
    def _change(line: str) -> tuple:
        change = json.loads(line)
        return change["change"], change["finding"]["object"]["kind"], change["finding"]["object"]["name"], change

    def until(self, what: str, kind: str, name: str) -> dict:
        """Its line; those of others before it are passed over."""
        last = time.monotonic() + PATIENCE_S
        while True:
            told = self.told.get(timeout=max(0.01, last - time.monotonic()))
            if told[:3] == (what, kind, name):
                return told[3]

    def until_said(self, words: str) -> None:
        last = time.monotonic() + PATIENCE_S
        while words not in self.said.get(timeout=max(0.01, last - time.monotonic())):
            pass

    def stop(self) -> int:
        """Its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)

    def __enter__(self) -> "DiagnoseWatch":
        return self

    def __exit__(self, *_) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
