"""An SMTP server that takes everything and keeps nothing, in a process of its own: for measuring."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.agreements import ROOT

HOST = "127.0.0.1"
_ANSWERS = {b"EHLO": b"250-sink\r\n250 PIPELINING\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}
_END = b"\r\n.\r\n"


class _Sink(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self.buffer = b""
        self.in_message = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"220 sink\r\n")

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
                self.transport.write(b"250 ok: queued as 1\r\n")
            return bool(end)
        line, end, rest = self.buffer.partition(b"\r\n")
        if not end:
            return False
        self.buffer = rest
        word = line[:4].upper()
        self.transport.write(_ANSWERS.get(word, b"250 ok\r\n"))
        self.in_message = word == b"DATA"
        if word == b"QUIT":
            self.transport.close()
        return True


@contextmanager
def sink() -> Iterator[int]:
    """Run a sink; gives its port."""
    command = [sys.executable, "-m", "tests.support.sink"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Sink, HOST, 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - for whoever started it
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
