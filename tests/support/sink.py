"""An SMTP server that takes everything and keeps nothing, in a process of its own: for measuring."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.agreements import ROOT

HOST = "127.0.0.1"
_ANSWERS = {b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}
_END = b"\r\n.\r\n"


class _Sink(asyncio.Protocol):
    """One connection."""

    def __init__(self, latency: float, hello: bytes) -> None:
        self.latency = latency
        self.answers = _ANSWERS | {b"EHLO": hello}
        self.buffer = b""
        self.in_message = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._say(b"220 sink\r\n")

    def _say(self, answer: bytes) -> None:
        assert self.transport is not None
        if self.latency:
            asyncio.get_running_loop().call_later(self.latency, self.transport.write, answer)
        else:
            self.transport.write(answer)

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        self.buffer += data
        while self._take():
            pass

    def _take(self) -> bool:
        assert self.transport is not None
        if self.in_message:
            _, end, rest = self.buffer.partition(_END)
            if end:
                self.in_message, self.buffer = False, rest
                self._say(b"250 ok: queued as 1\r\n")
            return bool(end)
        line, end, rest = self.buffer.partition(b"\r\n")
        if not end:
            return False
        self.buffer = rest
        word = line[:4].upper()
        self._say(self.answers.get(word, b"250 ok\r\n"))
        self.in_message = word == b"DATA"
        if word == b"QUIT":
            self.transport.close()
        return True


@contextmanager
def sink(latency: float = 0, *, pipelining: bool = True) -> Iterator[int]:
    """Run a sink; gives its port. Each of its answers takes `latency` seconds."""
    hello = "250-sink\r\n250 PIPELINING\r\n" if pipelining else "250 sink\r\n"
    command = [sys.executable, "-m", "tests.support.sink", str(latency), hello]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


async def _serve(latency: float, hello: bytes) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Sink(latency, hello), HOST, 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - for whoever started it
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1]), sys.argv[2].encode()))
