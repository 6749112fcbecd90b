"""Tells programs what has happened: signed, to the open internet, following nobody elsewhere.

One server that is slow or gone pauses what goes to it, and nothing else: not other servers, not mail.
"""

import asyncio
import ssl
from datetime import timedelta

import httpcore

from tracker.channels.webhook.reaching import NotAllowedError, Reaching
from tracker.channels.webhook.signature import headers, secret_of
from tracker.channels.wrap import flatten
from tracker.outbox.content import HookContent
from tracker.outbox.delivery import Accepted, Delivery, Failure, SendError
from tracker.outbox.pace import Limit, Limits, Pace
from tracker.outbox.retry import LONGEST_PAUSE, backoff
from tracker.reminders.recipients import WEBHOOK

PATIENCE = timedelta(days=3)
"""After so long nobody needs to be told any more: they ask what they have missed."""
_SECONDS = 10.0
_ANSWER_AT_MOST = 4096
_GONE = 410
_AGENT = b"tracker-webhooks/1"


class OfServers(Pace):
    """The pace of servers: whatever goes to one waits together."""

    def free_at(self, address: str) -> float:
        """Give from when on a message may be sent there."""
        return super().free_at(server_in(address))

    def spacing(self, address: str) -> float:
        """Give the seconds between messages."""
        return super().spacing(server_in(address))

    def take(self, address: str, now: float) -> None:
        """Take note of a message that is sent now."""
        super().take(server_in(address), now)

    def hold(self, address: str, until: float) -> None:
        """Send nothing there before an instant."""
        super().hold(server_in(address), until)

    def promise(self, address: str, earliest: float) -> float:
        """Give the instant at which one more message is tried."""
        return super().promise(server_in(address), earliest)


def server_in(address: str) -> str:
    """Give the server that an address leads to; after it stands for which wish."""
    return address.partition("#")[0]


class WebhookChannel:
    """Sends over HTTPS; each server at its own pace, one message at a time."""

    name = WEBHOOK
    at_once = 8

    def __init__(
        self, key: str, *, inner: bool = False, tls: ssl.SSLContext | None = None, seconds: float = _SECONDS
    ) -> None:
        """Connect nowhere yet; `inner` lets it reach servers of one's own net."""
        self.pace = OfServers(Limits(Limit(50, 1.0), lambda _: ()))
        self._key = key
        self._seconds = seconds
        self._failures: dict[str, int] = {}
        self._inner = inner
        self._tls = tls
        self._pool: httpcore.AsyncConnectionPool | None = None

    async def send(self, delivery: Delivery) -> Accepted:
        """Send one message; SendError says why it was not taken."""
        content = delivery.content
        if not isinstance(content, HookContent):
            raise SendError("this message is not for a program", Failure.MESSAGE)
        try:
            async with asyncio.timeout(2 * self._seconds):
                status, after = await self._post(delivery, content)
        except NotAllowedError as error:
            raise SendError(str(error), Failure.ADDRESS) from None
        except (
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.TimeoutException,
            TimeoutError,
        ) as error:
            raise self._failed(delivery, content, f"{type(error).__name__}: {error}") from None
        if 200 <= status < 300:
            self._failures.pop(server_in(delivery.address), None)
            return Accepted(f"HTTP {status}")
        if status == _GONE:
            raise SendError(f"HTTP {status}: nobody wants this any more", Failure.ADDRESS)
        raise self._failed(delivery, content, f"HTTP {status}", after)

    async def close(self) -> None:
        """Close the connections."""
        if self._pool is not None:
            await self._pool.aclose()
            self._pool = None

    async def _post(self, delivery: Delivery, content: HookContent) -> tuple[int, timedelta | None]:
        body = content.payload.encode()
        signed = headers(secret_of(self._key, content.webhook), content.name, body, delivery.now)
        given = [(name.encode(), text.encode()) for name, text in signed.items()]
        fixed = [(b"content-type", b"application/json"), (b"user-agent", _AGENT), (b"connection", b"close")]
        limits = dict.fromkeys(("connect", "read", "write", "pool"), self._seconds)
        host = httpcore.URL(content.url).host
        port = httpcore.URL(content.url).port
        named = host if port is None else host + f":{port}".encode()
        async with self._ready().stream(
            "POST",
            content.url,
            headers=[(b"host", named), *fixed, (b"content-length", str(len(body)).encode()), *given],
            content=body,
            extensions={"timeout": limits},
        ) as answer:
            read = 0
            async for some in answer.aiter_stream():
                read += len(some)
                if read > _ANSWER_AT_MOST:
                    break
            return answer.status, _wait(dict(answer.headers))

    def _ready(self) -> httpcore.AsyncConnectionPool:
        if self._pool is None:
            self._pool = httpcore.AsyncConnectionPool(
                ssl_context=self._tls or ssl.create_default_context(),
                max_connections=self.at_once,
                max_keepalive_connections=0,
                network_backend=Reaching(inner=self._inner),
            )
        return self._pool

    def _failed(
        self, delivery: Delivery, content: HookContent, said: str, after: timedelta | None = None
    ) -> SendError:
        server = server_in(delivery.address)
        answer = flatten(f"{server}: {said}")[:300]
        if delivery.now - content.made_at > PATIENCE:
            return SendError(f"given up after {PATIENCE.days} days: {answer}", Failure.MESSAGE)
        in_a_row = self._failures[server] = self._failures.get(server, 0) + 1
        pause = min(max(after or timedelta(), backoff(in_a_row, server)), LONGEST_PAUSE)
        return SendError(answer, Failure.BUSY, retry_after=pause)


def _wait(given: dict[bytes, bytes]) -> timedelta | None:
    text = next((text for name, text in given.items() if name.lower() == b"retry-after"), b"")
    return timedelta(seconds=int(text)) if text.isdigit() and len(text) < 7 else None
