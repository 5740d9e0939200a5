"""A relay before a server, as a load balancer is. It can be shut, and it can lose answers."""
import asyncio
import contextlib
import pathlib
import re
import ssl
import threading

import service_processes as services


def server_of(kubeconfig: pathlib.Path) -> str:
    return re.search(r"server: *\"?https://([^\s\"]+)", kubeconfig.read_text()).group(1)


class Requests:
    """What a client has sent of TLS 1.3, where its first record of application data ends the handshake."""
    APPLICATION_DATA = 23
    HEAD_BYTES = 5

    def __init__(self):
        self.bytes, self.count, self.answered = bytearray(), 0, 1

    def sent(self, data: bytes) -> None:
        self.bytes += data
        while len(self.bytes) >= self.HEAD_BYTES:
            end = self.HEAD_BYTES + int.from_bytes(self.bytes[3:5], "big")
            if len(self.bytes) < end:
                return
            self.count += self.bytes[0] == self.APPLICATION_DATA
            del self.bytes[:end]

    def all_answered(self) -> None:
        self.answered = max(self.count, 1)

    def is_waiting(self) -> bool:
        return self.count > self.answered


class Gate:
    """Open at first. Its own thread relays; what it carries stays encrypted, unless it is given what opens it."""

    def __init__(self, target: str, serves: ssl.SSLContext = None, asks: ssl.SSLContext = None):
        """`serves`, `asks`: its own TLS towards its clients and towards the server."""
        self.host, _, self.port = target.rpartition(":")
        self.serves, self.asks = serves, asks
        self.place = services.Port()
        self.ends: set = set()  # the writers of both ends of every connection
        self.server = None
        self.losing = False
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.open()

    def kubeconfig_before(self, kubeconfig: pathlib.Path) -> pathlib.Path:
        """A copy that leads here."""
        copy = kubeconfig.with_name(kubeconfig.name + ".gate")
        copy.touch(0o600)
        copy.write_text(kubeconfig.read_text().replace(f"{self.host}:{self.port}", self.place.address))
        return copy

    def open(self) -> None:
        self._do(self._open())

    def shut(self) -> None:
        """Cuts every connection; new ones are refused."""
        self._do(self._shut())

    def lose_answers(self) -> None:
        """Until it is opened: a request arrives, and its connection ends with the first byte of the answer."""
        self.losing = True

    def close(self) -> None:
        self.shut()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()
        self.place.close()

    def _do(self, work) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    async def _open(self) -> None:
        self.losing = False
        if self.server is None:
            self.server = await asyncio.start_server(self._relay, sock=self.place.listen(), ssl=self.serves)

    async def _shut(self) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None
        for end in list(self.ends):
            end.transport.abort()

    async def _relay(self, reader, writer) -> None:
        ends = {writer}
        self.ends.add(writer)
        try:
            there_reader, there_writer = await asyncio.open_connection(self.host, int(self.port), ssl=self.asks)
            ends.add(there_writer)
            self.ends.add(there_writer)
            requests = Requests()
            ways = [asyncio.ensure_future(self._pass_requests(reader, there_writer, requests)),
                    asyncio.ensure_future(self._pass_answers(there_reader, writer, requests))]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        except OSError:
            pass
        finally:
            for end in ends:
                end.transport.abort()
                self.ends.discard(end)

    async def _pass_requests(self, reader, writer, requests: Requests) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(1 << 16):
                requests.sent(data)
                writer.write(data)
                await writer.drain()

    async def _pass_answers(self, reader, writer, requests: Requests) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(1 << 16):
                if self.losing and requests.is_waiting():
                    return
                requests.all_answered()
                writer.write(data)
                await writer.drain()
