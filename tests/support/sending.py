"""Channels that answer as told, and dispatchers that send over them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.support.houses import Home
from tracker.outbox.delivery import Accepted, Channel, Delivery
from tracker.outbox.dispatch import Dispatcher, Offload, inline
from tracker.outbox.pace import Pace
from tracker.steps.alerting import tell_operator
from tracker.steps.doubting import Refusals

LEASE = timedelta(seconds=300)
Answer = Accepted | Exception


@dataclass
class Scripted:
    """A channel that answers as told, then takes everything; `look` is called before each answer."""

    name: str
    answers: list[Answer] = field(default_factory=list)
    sent: list[Delivery] = field(default_factory=list)
    look: Callable[[Delivery], Any] = lambda _delivery: None
    closed: int = 0
    at_once: int = 4
    pace: Pace | None = None

    async def send(self, delivery: Delivery) -> Accepted:
        """Keep it, and answer."""
        self.sent.append(delivery)
        self.look(delivery)
        answer = self.answers.pop(0) if self.answers else Accepted("250 OK")
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self) -> None:
        """Count."""
        self.closed += 1


def dispatcher(
    home: Home,
    *channels: Channel,
    worker: str = "one",
    batch: int = 50,
    lease: timedelta = LEASE,
    offload: Offload = inline,
) -> Dispatcher:
    """Make a dispatcher over a home's store, with what follows in earnest."""
    return Dispatcher(
        home.db,
        home.clock,
        {channel.name: channel for channel in channels},
        Refusals(home.house.context, home.clock),
        lambda connection, channel, error: tell_operator(
            connection, home.house.context, channel, error, home.clock.now()
        ),
        worker=worker,
        lease=lease,
        batch=batch,
        offload=offload,
    )
