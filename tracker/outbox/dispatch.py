"""Sending what is due: claim by lease, send, settle. At least once, never silently dropped.

The order matters for a crash at any point: the claim (with its attempt row) is committed before
the send, the outcome after. A worker that dies in between leaves a lease that runs out, and the
alert is sent again with the same Message-ID.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from tracker.base.clock import Clock
from tracker.base.db import Database
from tracker.base.log import get_logger
from tracker.outbox import service
from tracker.outbox.content import read_content
from tracker.outbox.delivery import Accepted, Channel, Delivery, SendError
from tracker.outbox.retry import GiveUp, after_failure
from tracker.outbox.service import Claimed

log = get_logger("dispatch")
Reroute = Callable[[Connection, Claimed], Any]
"""Called in the settling transaction when an address is refused for good."""
Offload = Callable[..., Awaitable[Any]]
"""Runs a blocking function with its arguments: in a thread, or inline."""


async def inline(function: Callable[..., Any], *arguments: Any) -> Any:
    """Run a blocking function where it stands; for one task that has the loop to itself."""
    return function(*arguments)


class Dispatcher:
    """Sends due alerts over the configured channels."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        channels: Mapping[str, Channel],
        reroute: Reroute,
        *,
        worker: str,
        lease: timedelta,
        batch: int,
        offload: Offload = asyncio.to_thread,
    ) -> None:
        """Keep what is needed; nothing is connected yet.

        `offload` runs database work: off the event loop for a worker, inline for a simulation.
        """
        self._offload = offload
        self._db = db
        self._clock = clock
        self._channels = channels
        self._reroute = reroute
        self._worker = worker
        self._lease = lease
        self._batch = batch

    async def run_due(self) -> int:
        """Claim one batch of due alerts and try each; gives how many were claimed."""
        claimed = await self._offload(self._claim)
        deliveries = (self._deliver(alert) for alert in claimed)
        # Every delivery is waited for: one outcome that cannot be written must not leave the
        # others in flight, where the next turn or a stop would overtake them.
        for outcome in await asyncio.gather(*deliveries, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome
        return len(claimed)

    async def close(self) -> None:
        """Let go of the channels' connections."""
        for channel in self._channels.values():
            await channel.close()

    def _claim(self) -> list[Claimed]:
        with self._db.write() as connection:
            return service.claim(connection, self._worker, self._clock.now(), self._lease, self._batch)

    async def _deliver(self, alert: Claimed) -> None:
        try:
            # A send that outlives its lease would race with the next holder of it.
            async with asyncio.timeout(self._lease.total_seconds() * 0.8):
                accepted = await self._send(alert)
        except SendError as error:
            await self._offload(self._failed, alert, error)
        except TimeoutError:
            too_late = SendError("no answer before the lease ended", ambiguous=True)
            await self._offload(self._failed, alert, too_late)
        except Exception as error:
            # A fault of ours must not lose the alert either: it is retried, and said loudly.
            log.exception("send failed unexpectedly", alert=alert.key)
            await self._offload(self._failed, alert, SendError(f"{type(error).__name__} while sending"))
        else:
            await self._offload(self._accepted, alert, accepted)

    async def _send(self, alert: Claimed) -> Accepted:
        channel = self._channels.get(alert.channel)
        if channel is None:
            raise SendError(f"the channel {alert.channel!r} is not configured any more")
        delivery = Delivery(
            alert_key=alert.key,
            channel=alert.channel,
            address=alert.address,
            message_id=alert.message_id,
            thread_id=alert.thread_id,
            content=read_content(alert.content),
            now=self._clock.now(),
        )
        return await channel.send(delivery)

    def _accepted(self, alert: Claimed, accepted: Accepted) -> None:
        with self._db.write() as connection:
            service.settle(
                connection,
                alert,
                self._worker,
                self._clock.now(),
                outcome="accepted",
                answer=accepted.answer,
                state=service.ACCEPTED,
            )
        log.info("alert accepted", alert=alert.key, attempt=alert.attempts)

    def _failed(self, alert: Claimed, error: SendError) -> None:
        now = self._clock.now()
        decision = after_failure(error, alert.attempts, alert.key, now)
        with self._db.write() as connection:
            if isinstance(decision, GiveUp):
                settled = service.settle(
                    connection,
                    alert,
                    self._worker,
                    now,
                    outcome="refused",
                    answer=error.answer,
                    state=service.REFUSED,
                )
                if settled:
                    self._reroute(connection, alert)
            else:
                service.settle(
                    connection,
                    alert,
                    self._worker,
                    now,
                    outcome="ambiguous" if error.ambiguous else "failed",
                    answer=error.answer,
                    next_try_at=decision.at,
                    address=decision.address,
                )
        log.error(
            "alert not accepted",
            alert=alert.key,
            attempt=alert.attempts,
            answer=error.answer,
            then="fallback contact"
            if isinstance(decision, GiveUp)
            else f"again at {decision.at.isoformat()}",
        )
