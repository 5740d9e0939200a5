"""A gate before a plain HTTP server that remembers what went through."""
import contextlib
import json
import re

from support import gate


class Tap(gate.Gate):
    """Everything asked and answered, all connections together: for servers whose requests do not overlap."""

    def __init__(self, url: str):
        self.asked, self.answered = bytearray(), bytearray()
        super().__init__(url.removeprefix("http://"))
        self.url = "http://" + self.place.address

    def forget(self) -> None:
        self.asked.clear()
        self.answered.clear()

    def bodies(self, path: str) -> list:
        """The JSON bodies posted there."""
        found = []
        for head in re.finditer(rb"POST %s HTTP/1.1\r\n(.*?)\r\n\r\n" % path.encode(), bytes(self.asked), re.S):
            length = re.search(rb"content-length: *(\d+)", head[1], re.I)
            body = bytes(self.asked[head.end():head.end() + int(length[1])])
            if len(body) == int(length[1]):  # else it is still coming
                found.append(json.loads(body))
        return found

    def pieces(self) -> int:
        """How many pieces of streamed answers have come, of either protocol."""
        return self.answered.count(b'"done":false') + self.answered.count(b'"chat.completion.chunk"')

    async def _pass_requests(self, reader, writer, requests) -> None:
        await self._pass(reader, writer, self.asked)

    async def _pass_answers(self, reader, writer, requests) -> None:
        await self._pass(reader, writer, self.answered)

    async def _pass(self, reader, writer, memory: bytearray) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(1 << 16):
                memory += data
                writer.write(data)
                await writer.drain()
