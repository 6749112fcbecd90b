"""An HTTPS server that is told what happens, and does as a test wishes."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from tests.support.smtp import scripted_server

HANG, DROP = "(says nothing)", "(hangs up)"
OK = "HTTP/1.1 204 No Content\r\n\r\n"


@dataclass(frozen=True)
class Told:
    """One request that came."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Listener:
    """What tests see of the server, and how they tell it what to answer."""

    port: int = 0
    answers: list[str] = field(default_factory=list)
    """What it says to the next requests, in order; afterwards all is well."""
    told: list[Told] = field(default_factory=list)

    @property
    def url(self) -> str:
        """An address on it."""
        return f"https://127.0.0.1:{self.port}/hook?a=1"

    async def hold(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hold one dialogue."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            given = dict(line.split(": ", 1) for line in head[1:] if line)
            headers = {name.lower(): text for name, text in given.items()}
            body = await reader.readexactly(int(headers["content-length"]))
            self.told.append(Told(head[0], headers, body))
            answer = self.answers.pop(0) if self.answers else OK
            if answer == HANG:
                await reader.read()
            elif answer != DROP:
                writer.write(answer.encode())
                await writer.drain()


@asynccontextmanager
async def listener(tls: ssl.SSLContext) -> AsyncIterator[Listener]:
    """Run a server on a free port, in the loop of the test."""
    server = Listener()
    async with scripted_server(server.hold, tls) as server.port:
        yield server
