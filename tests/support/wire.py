"""Requests as bytes: what no HTTP library would send."""
import contextlib
import http.client
import json
import select
import socket
import threading
import time
import urllib.parse

PACE_S = 0.25  # a slow client's byte


class Wire:
    """One connection; with a context it speaks TLS."""

    def __init__(self, address: str, context=None, timeout: float = 60):
        parts = urllib.parse.urlsplit(address)
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=timeout)
        if context:
            self.socket = context.wrap_socket(self.socket, server_hostname=parts.hostname)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data: bytes) -> bool:
        """False when the other side has ended the connection."""
        try:
            self.socket.sendall(data)
            return True
        except OSError:
            return False

    def end(self) -> None:
        """No more is sent; answers can still be read, also over TLS, whose own shutdown() would forget its keys."""
        with contextlib.suppress(OSError):  # the other side may have hung up first
            socket.socket.shutdown(self.socket, socket.SHUT_WR)

    def is_answered(self, seconds: float = 0) -> bool:
        return bool(select.select([self.socket], [], [], seconds)[0])

    def replies(self) -> list:
        """Every reply until the connection ends, as reply() gives them; bodies of a stated length only."""
        found = []
        with self.socket.makefile("rb") as reader, contextlib.suppress(http.client.HTTPException, ValueError, OSError):
            while (line := reader.readline()).startswith(b"HTTP/1.1 "):
                status, headers = int(line.split()[1]), http.client.parse_headers(reader)
                data = reader.read(int(headers.get("Content-Length", 0)))
                found.append((status, dict(headers.items()), json.loads(data) if "json" in headers.get("Content-Type", "") else data))
        return found

    def reply(self):
        """Status, headers and body, parsed when it is JSON; None when the connection ended without any."""
        try:
            reply = http.client.HTTPResponse(self.socket)
            reply.begin()
            data = reply.read()
        except (http.client.HTTPException, OSError):
            return None
        parsed = json.loads(data) if data and "json" in reply.getheader("Content-Type", "") else data
        return reply.status, dict(reply.getheaders()), parsed


def head(method: str, path: str, *headers: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode()


class SlowClient(threading.Thread):
    """Sends `first`, then a byte of `rest` now and then until it is answered, then nothing any more."""

    def __init__(self, name: str, wire: Wire, first: bytes, rest: bytes):
        super().__init__(name=name, daemon=True)
        self.wire, self.first, self.rest = wire, first, rest
        self.answer, self.took = None, 0.0
        self.start()

    def run(self) -> None:
        began = time.monotonic()
        with self.wire:
            self.wire.send(self.first)
            for byte in self.rest:
                if self.wire.is_answered(PACE_S) or not self.wire.send(bytes([byte])):
                    break
            self.answer = self.wire.reply()
        self.took = time.monotonic() - began
