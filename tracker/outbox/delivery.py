"""What the dispatcher hands to a channel, and what a channel may answer. Pure values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tracker.outbox.content import Content


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert to one address. A repeat carries the same `message_id`."""

    alert_key: str
    channel: str
    address: str
    message_id: str
    """RFC 5322 Message-ID with angle brackets, stable over repeats."""
    thread_id: str
    """Message-ID-shaped id of what it is about, for References: all its alerts form one thread."""
    content: Content
    now: datetime
    """The instant of sending, UTC."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server took the message; `answer` is what it said, `reference` its own id if any."""

    answer: str
    reference: str = ""


class SendError(Exception):
    """The message was not accepted.

    `permanent`: trying the same address again is useless. `retry_after`: the server asked for a
    pause. `moved_to`: the address has changed (a Telegram group became a supergroup).
    `ambiguous`: the server may have taken the message before the connection broke.
    """

    def __init__(
        self,
        answer: str,
        *,
        permanent: bool = False,
        retry_after: timedelta | None = None,
        moved_to: str | None = None,
        ambiguous: bool = False,
    ) -> None:
        """Keep what the server said and what it means."""
        super().__init__(answer)
        self.answer = answer
        self.permanent = permanent
        self.retry_after = retry_after
        self.moved_to = moved_to
        self.ambiguous = ambiguous


class Channel(Protocol):
    """A way to reach people: file, email, telegram."""

    name: str

    async def send(self, delivery: Delivery) -> Accepted:
        """Hand one message to the server; raises SendError where it was not accepted."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
