"""Many calls of the Bot API at once, each over a connection that nobody else uses meanwhile.

The library's own pool looks at each of its connections twice for every request, and at all of them for every
request that waits: with 64 connections that is more work than the answers themselves.
"""

import asyncio
from typing import Any

import httpx
from telegram.request import BaseRequest, HTTPXRequest


class Spread(BaseRequest):
    """Gives each request a client with one connection; the one used last is used first."""

    def __init__(self, connections: int, timeout: float) -> None:
        """Connect to nothing yet."""
        self._timeout = timeout
        self._turns = asyncio.Semaphore(connections)
        self._idle: list[HTTPXRequest] = []
        self._all: list[HTTPXRequest] = []
        self.certificates = httpx.create_ssl_context()

    @property
    def read_timeout(self) -> float | None:
        """Give the seconds to wait for an answer."""
        return self._timeout

    async def initialize(self) -> None:
        """Make ready, also after a shutdown."""
        for client in self._all:
            await client.initialize()

    async def shutdown(self) -> None:
        """Close all connections."""
        for client in self._all:
            await client.shutdown()

    async def do_request(self, *given: Any, **named: Any) -> tuple[int, bytes]:
        """Send one request, and give the status and the body of its answer."""
        async with self._turns:
            client = self._idle.pop() if self._idle else self._another()
            try:
                return await client.do_request(*given, **named)
            finally:
                self._idle.append(client)

    def _another(self) -> HTTPXRequest:
        client = HTTPXRequest(
            1,
            connect_timeout=self._timeout,
            read_timeout=self._timeout,
            write_timeout=self._timeout,
            pool_timeout=self._timeout,
            httpx_kwargs={"verify": self.certificates},
        )
        self._all.append(client)
        return client
