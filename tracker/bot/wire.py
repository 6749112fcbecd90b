"""Calls of the Bot API as JSON over kept connections: a third of the work the library makes of one.

Files, and whatever must go through a proxy, go the library's way.
"""

import asyncio
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

import h11
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from tracker.bot.spread import Spread

_AT_ONCE = 65536
_KEPT_FOR = 4.0
"""Seconds after which an idle connection is not trusted any more: servers close theirs after five or more."""
_PORTS = {"https": 443, "http": 80}


class _Server(NamedTuple):
    """Where connections lead."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: SplitResult) -> "_Server":
        return cls(url.scheme, url.hostname or "", url.port or _PORTS[url.scheme])


class _Connection:
    """One connection that answers one request after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._dialogue = h11.Connection(h11.CLIENT)
        self.used_at = 0.0

    async def post(self, url: SplitResult, body: bytes) -> tuple[int, bytes]:
        request = h11.Request(
            method="POST",
            target=url.path,
            headers=[
                ("Host", url.netloc),
                ("Content-Type", "application/json"),
                ("Content-Length", str(len(body))),
            ],
        )
        parts = (request, h11.Data(data=body), h11.EndOfMessage())
        self._writer.write(b"".join(self._dialogue.send(part) or b"" for part in parts))
        status, found = 0, bytearray()
        while True:
            event = self._dialogue.next_event()
            if event is h11.NEED_DATA:
                self._dialogue.receive_data(await self._reader.read(_AT_ONCE))
            elif isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                found += event.data
            elif isinstance(event, h11.EndOfMessage):
                return status, bytes(found)
            elif isinstance(event, h11.ConnectionClosed):
                raise ConnectionError

    def is_good(self, now: float) -> bool:
        """Make ready for the next request; False where there cannot be one."""
        if self._dialogue.our_state is h11.DONE and self._dialogue.their_state is h11.DONE:
            self._dialogue.start_next_cycle()
        is_idle = self._dialogue.our_state is h11.IDLE and not self._reader.at_eof()
        return is_idle and now - self.used_at < _KEPT_FOR

    def close(self) -> None:
        self._writer.close()


class Wire(BaseRequest):
    """Sends requests, so many at once; the connection used last is used first."""

    def __init__(self, connections: int, timeout: float) -> None:
        """Connect to nothing yet."""
        self._timeout = timeout
        self._others = Spread(connections, timeout)
        self._turns = asyncio.Semaphore(connections)
        self._idle: list[tuple[_Server, _Connection]] = []
        self._by_proxy: dict[str, bool] = {}

    @property
    def read_timeout(self) -> float | None:
        """Give the seconds to wait for an answer."""
        return self._timeout

    async def initialize(self) -> None:
        """Make ready, also after a shutdown."""
        await self._others.initialize()

    async def shutdown(self) -> None:
        """Close all connections."""
        while self._idle:
            self._idle.pop()[1].close()
        await self._others.shutdown()

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *more: Any, **named: Any
    ) -> tuple[int, bytes]:
        """Send one request, and give the status and the body of its answer."""
        to = urlsplit(url)
        if method != "POST" or request_data is None or request_data.contains_files or self._has_proxy(to):
            return await self._others.do_request(url, method, request_data, *more, **named)
        wished = more[0] if more else named.get("read_timeout")
        seconds = wished if isinstance(wished, int | float) else self._timeout
        async with self._turns:
            try:
                async with asyncio.timeout(seconds):
                    return await self._post(to, request_data.json_payload)
            except TimeoutError:
                raise TimedOut from None
            except (OSError, h11.ProtocolError) as error:  # its text may hold the address, and that the token
                raise NetworkError(type(error).__name__) from None

    async def _post(self, url: SplitResult, body: bytes) -> tuple[int, bytes]:
        server, now = _Server.of(url), asyncio.get_running_loop().time
        connection = self._kept(server, now()) or await self._another(server)
        try:
            answer = await connection.post(url, body)
        except BaseException:
            connection.close()
            raise
        connection.used_at = now()
        self._idle.append((server, connection))
        return answer

    def _kept(self, server: _Server, now: float) -> _Connection | None:
        while self._idle:
            to, connection = self._idle.pop()
            if to == server and connection.is_good(now):
                return connection
            connection.close()
        return None

    async def _another(self, server: _Server) -> _Connection:
        secure = self._others.certificates if server.scheme == "https" else None
        return _Connection(*await asyncio.open_connection(server.host, server.port, ssl=secure))

    def _has_proxy(self, url: SplitResult) -> bool:
        """Tell whether the environment names a proxy for a server; looked at once."""
        if url.netloc not in self._by_proxy:
            is_meant = not {url.scheme, "all"}.isdisjoint(getproxies())
            self._by_proxy[url.netloc] = is_meant and not proxy_bypass(url.hostname or "")
        return self._by_proxy[url.netloc]
