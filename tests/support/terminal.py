"""A program on a terminal of its own: what a person types, and what they see. Standard library only."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()=>][0-9A-B]?")


class Terminal:
    """Runs `command`; everything that comes back is kept, without colours."""

    def __init__(self, command: list, environment: dict, columns: int = 100):
        self.seen = ""
        self._bytes = b""
        self.at = 0  # up to here was looked at
        self.process, self.master = pty.fork()
        if self.process == 0:
            os.execvpe(str(command[0]), [str(word) for word in command], {**environment, "TERM": "xterm"})
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def expect(self, text: str, seconds: float = 30) -> str:
        """Waits until `text` comes behind what was looked at; returns what stands before it."""
        until = time.monotonic() + seconds
        while text not in self.seen[self.at:]:
            if not self._read(until):
                raise AssertionError(f"{text!r} did not come; after {self.seen[:self.at][-200:]!r} came {self.seen[self.at:]!r}")
        end = self.seen.index(text, self.at)
        before, self.at = self.seen[self.at:end], end + len(text)
        return before

    def say(self, line: str) -> None:
        self.type(line + "\r")

    def prompt(self) -> str:
        """What came before the next prompt. A second one counts only with text between: the editor draws it anew."""
        return self.expect("shop ❯ ")

    def finish(self, seconds: float = 30) -> int:
        """The exit code; the program has to end by itself."""
        until = time.monotonic() + seconds
        while self._read(until):
            pass
        _, status = os.waitpid(self.process, 0)
        self.process = 0
        return os.waitstatus_to_exitcode(status)

    def close(self) -> None:
        if self.process:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self.master)

    def _read(self, until: float) -> bool:
        ready, _, _ = select.select([self.master], [], [], max(0, until - time.monotonic()))
        if not ready:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:  # the other side is closed
            return False
        if not data:
            return False
        self._bytes += data
        self.seen = ESCAPES.sub("", self._bytes.decode(errors="ignore"))
        return True
