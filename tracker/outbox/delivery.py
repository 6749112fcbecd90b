"""What the dispatcher hands to a channel, and what a channel may answer. Pure values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from tracker.outbox.content import Content
from tracker.outbox.pace import Pace


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
    contact: str = ""
    """The key of who is told; empty where nobody could answer."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server took the message; `answer` is what it said, `reference` its own id if any."""

    answer: str
    reference: str = ""


class Failure(StrEnum):
    """Why a message was not accepted; `retry.py` says what follows from each."""

    UNREACHABLE = "unreachable"
    """Nobody takes anything at the server's address: no name, no answer, or it is closing down."""
    TLS = "tls"
    """No trustworthy encrypted connection comes about."""
    SETUP = "setup"
    """The server refuses who we are, or nothing is configured: only the operator can help."""
    BUSY = "busy"
    """Not now: a passing refusal of this message."""
    FLOOD = "flood"
    """Too many messages: the server says how long to wait, for this address or for all."""
    BROKEN_OFF = "broken-off"
    """The dialogue ended, or made no sense, before the server could have taken the message."""
    UNCLEAR = "unclear"
    """The connection broke after the message was handed over: it may have been taken."""
    ADDRESS = "address"
    """This address is refused for good."""
    MESSAGE = "message"
    """This message is refused for good."""
    MOVED = "moved"
    """The address has changed, and the server says to which."""
    FAULT = "fault"
    """A fault of ours."""


class SendError(Exception):
    """The message was not accepted.

    `retry_after`: the server asked for a pause, of `everybody` or of this address only.
    `moved_to`: the new address (a Telegram group became a supergroup).
    """

    def __init__(
        self,
        answer: str,
        kind: Failure,
        *,
        retry_after: timedelta | None = None,
        everybody: bool = False,
        moved_to: str | None = None,
    ) -> None:
        """Keep what the server said and what it means."""
        super().__init__(answer)
        self.answer = answer
        self.kind = kind
        self.retry_after = retry_after
        self.everybody = everybody
        self.moved_to = moved_to

    @property
    def permanent(self) -> bool:
        """Whether trying this message at this address again is useless."""
        return self.kind in (Failure.ADDRESS, Failure.MESSAGE)

    @property
    def ambiguous(self) -> bool:
        """Whether the server may have taken the message."""
        return self.kind is Failure.UNCLEAR


class Channel(Protocol):
    """A way to reach people: file, email, telegram."""

    name: str
    at_once: int
    """How many messages it takes at the same time."""

    @property
    def pace(self) -> Pace | None:
        """How fast messages may follow each other; None: as fast as they are taken."""
        ...

    async def send(self, delivery: Delivery) -> Accepted:
        """Hand one message to the server; raises SendError where it was not accepted."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
