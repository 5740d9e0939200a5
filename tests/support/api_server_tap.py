"""A gate before an API server that opens its TLS: it remembers each request, and lets a test act before one goes on."""
import asyncio
import contextlib
import json
import pathlib
import ssl
import threading
import typing
import urllib.parse

from support import gate

MEETING_S = 60  # of one request with what a test does before it


class Asked(typing.NamedTuple):
    method: str
    path: str
    query: dict
    headers: dict  # by lower-case name
    body: object

    def is_write(self) -> bool:
        return self.method != "GET"

    def is_rehearsal(self) -> bool:
        return self.is_write() and self.query.get("dryRun") == "All"

    def is_for_real(self) -> bool:
        return self.is_write() and not self.is_rehearsal()


def read_head(head: bytes) -> Asked:
    first, *lines = head.decode().removesuffix("\r\n\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    parts = urllib.parse.urlsplit(target)
    pairs = [line.partition(":") for line in lines]
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    assert len(headers) == len(lines) and "transfer-encoding" not in headers, "not what our client sends"
    return Asked(method, parts.path, dict(urllib.parse.parse_qsl(parts.query)), headers, None)


class Interruption:
    def __init__(self, is_it, act, times: int):
        self.is_it, self.act, self.left = is_it, act, times
        self.problem = None
        self.lock = threading.Lock()

    def meet(self, asked: Asked) -> None:
        with self.lock:
            if self.left == 0 or not self.is_it(asked):
                return
            self.left -= 1
            try:
                self.act()
            except BaseException as problem:  # the test's own: raised where its block ends
                self.problem = problem


class ApiServerTap(gate.Gate):
    def __init__(self, kubeconfig: pathlib.Path, authority, certificate: str):
        """`certificate`: of that authority, for its own clients."""
        serves = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        serves.load_cert_chain(authority.certificate(certificate), authority.key(certificate))
        self.asked: list[Asked] = []
        self.interruption = None
        super().__init__(gate.server_of(kubeconfig), serves, ssl.create_default_context(cafile=authority.certificate("ca")))
        self.kubeconfig = kubeconfig.with_name(kubeconfig.name + ".tap")
        self.kubeconfig.touch(0o600)
        self.kubeconfig.write_text(kubeconfig.read_text().replace(f"{self.host}:{self.port}", self.place.address))

    @contextlib.contextmanager
    def listening(self):
        """Yields the list of what is asked from now on, but for the watches by which the control plane follows its cluster."""
        began, heard = len(self.asked), []
        yield heard
        heard += [asked for asked in self.asked[began:] if "watch" not in asked.query]

    @contextlib.contextmanager
    def before(self, is_it, act, times: int = 1):
        """`act` runs before each of the first `times` requests that `is_it` holds of; the block must bring them all."""
        self.interruption = Interruption(is_it, act, times)
        try:
            yield
        finally:
            interruption, self.interruption = self.interruption, None
        if interruption.problem:
            raise interruption.problem
        assert interruption.left == 0, f"{interruption.left} of {times} requests did not come"

    async def _pass_requests(self, reader, writer, requests) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                asked = read_head(head)
                body = await reader.readexactly(int(asked.headers.get("content-length", 0)))
                asked = asked._replace(body=json.loads(body) if body else None)
                self.asked.append(asked)
                if self.interruption:
                    meeting = asyncio.get_running_loop().run_in_executor(None, self.interruption.meet, asked)
                    await asyncio.wait_for(meeting, MEETING_S)
                writer.write(head + body)
                await writer.drain()
