"""A sign of life to a watchdog outside: silence there means that no worker turns the wheel.

The address is a secret (who knows it can feign life), so it stands in no log line. A ping that fails
is said once, and again when pings arrive; nothing else depends on it.
"""

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import SecretStr

from tracker.base.log import get_logger
from tracker.base.rhythm import Rhythm

if TYPE_CHECKING:
    import httpx

EVERY = timedelta(minutes=5)
_TIMEOUT = 10.0
log = get_logger("heartbeat")


class Heartbeat:
    """Pings one address, at most every few minutes; does nothing where none is configured."""

    def __init__(self, url: SecretStr | None, *, timeout: float = _TIMEOUT) -> None:
        """Ask nothing of the server yet."""
        self._url = url
        self._timeout = timeout
        self._rhythm = Rhythm(EVERY)
        self._client: httpx.AsyncClient | None = None
        self._pinging: asyncio.Task[None] | None = None
        self._is_failing = False

    def beat(self, now: datetime) -> None:
        """Begin to ping where it is time, and go on without waiting for the answer."""
        if self._url is not None and not self._is_pinging and self._rhythm.is_due(now):
            self._pinging = asyncio.create_task(self._ping(self._url.get_secret_value()))

    @property
    def _is_pinging(self) -> bool:
        return self._pinging is not None and not self._pinging.done()

    async def close(self) -> None:
        """Break off what is under way, and let go of the connection."""
        if self._pinging is not None:
            self._pinging.cancel()
            await asyncio.wait([self._pinging])
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _ping(self, url: str) -> None:
        fault = await self._fault(url)
        if fault is not None and not self._is_failing:
            log.warning("the watchdog cannot be pinged, trying on", error=fault)
        elif fault is None and self._is_failing:
            log.info("the watchdog is pinged again")
        self._is_failing = fault is not None

    async def _fault(self, url: str) -> str | None:
        """Ping once; gives what went wrong, in words without the address."""
        try:
            if self._client is None:
                self._client = await asyncio.to_thread(_new_client)
            async with asyncio.timeout(self._timeout), self._client.stream("GET", url) as response:
                return None if response.is_success else f"it answers {response.status_code}"
        except TimeoutError:
            return "no answer in time"
        except Exception as error:  # noqa: BLE001 - whatever it is, the wheel turns on
            return type(error).__name__


def _new_client() -> "httpx.AsyncClient":
    import httpx  # reading the certificates of all authorities takes a while

    return httpx.AsyncClient(timeout=_TIMEOUT)
