"""What to do after a failed attempt: the table of failures. Pure.

Attempts are never given up for their number: a deadline alert that could not be delivered is
tried again, later and later, until it is accepted or the address is refused for good. Where the
server is to blame and not the message, the whole channel pauses instead of burning attempts, and
the operator is told.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from tracker.outbox.delivery import Failure, SendError

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_CHANNEL_PAUSE = timedelta(minutes=15)
"""When the server is back, what is due must not wait longer than this."""
SHORTEST_CHANNEL_PAUSE = timedelta(seconds=1)
"""Whatever the server asks for: a pause of nothing would have us ask without end."""
_BEHIND = timedelta(seconds=1)
_DOUBLINGS_AT_MOST = 10


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again at this instant, at `address` where it has moved."""

    at: datetime
    address: str | None = None


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Trying this address again is useless: tell somebody else."""

    why: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of the message, until when its channel pauses, and whether the operator is told."""

    then: Retry | GiveUp
    paused_until: datetime | None = None
    tell_operator: bool = False


class _Limits(NamedTuple):
    """The how many-eth failure in a row pauses the channel, and tells the operator; None: never."""

    pauses_from: int | None = None
    tells_from: int | None = None
    first_pause: timedelta = FIRST_PAUSE


_LIMITS: Mapping[Failure, _Limits] = {
    Failure.UNREACHABLE: _Limits(pauses_from=1, tells_from=3),
    Failure.TLS: _Limits(pauses_from=1, tells_from=1),
    # From the second on: a server that does not relay to one domain only must not stop all others.
    Failure.SETUP: _Limits(pauses_from=2, tells_from=1, first_pause=LONGEST_CHANNEL_PAUSE),
    Failure.BROKEN_OFF: _Limits(pauses_from=3, tells_from=6),
    # Every repeat may be a second copy: stop early.
    Failure.UNCLEAR: _Limits(pauses_from=2, tells_from=4),
    # Made by us, so nobody it is sent to instead can help.
    Failure.MESSAGE: _Limits(tells_from=1),
    Failure.FAULT: _Limits(tells_from=1),
}
_MESSAGE_ONLY = _Limits()


def after_failure(error: SendError, attempt: int, in_a_row: int, key: str, now: datetime) -> Decision:
    """Decide what follows an attempt (numbered from 1) that was not accepted.

    `in_a_row` counts the channel's failures since it last took a message, this one included.
    """
    limits = _LIMITS.get(error.kind, _MESSAGE_ONLY)
    tell = limits.tells_from is not None and in_a_row >= limits.tells_from
    pause = _channel_pause(error, limits, in_a_row, key)
    until = now + pause if pause is not None else None
    return Decision(_then(error, attempt, key, now, until), until, tell or _is_shut_out(error))


def during_pause(error: SendError, attempt: int, key: str, now: datetime, paused_until: datetime) -> Decision:
    """Decide what follows a failure whose channel pauses already, since it was under way."""
    return Decision(_then(error, attempt, key, now, paused_until))


def _then(
    error: SendError, attempt: int, key: str, now: datetime, paused_until: datetime | None
) -> Retry | GiveUp:
    if error.permanent:
        return GiveUp(error.answer)
    if error.moved_to is not None and attempt == 1:
        return Retry(now, error.moved_to)
    again = now + _message_pause(error, attempt, key)
    if paused_until is not None:
        # Behind all others: it may be the message itself that brings the server down. Later still where
        # every repeat may be a second copy.
        again = max(paused_until + _BEHIND, again) if error.ambiguous else paused_until + _BEHIND
    return Retry(again, error.moved_to)


def _message_pause(error: SendError, attempt: int, key: str) -> timedelta:
    if error.retry_after is None:
        return backoff(attempt, key)
    least = FIRST_PAUSE if attempt > 1 else timedelta(0)
    return min(max(error.retry_after, least), LONGEST_PAUSE)


def _channel_pause(error: SendError, limits: _Limits, in_a_row: int, key: str) -> timedelta | None:
    if error.everybody and error.retry_after is not None:
        return min(max(error.retry_after, SHORTEST_CHANNEL_PAUSE), LONGEST_CHANNEL_PAUSE)
    if limits.pauses_from is None or in_a_row < limits.pauses_from:
        return None
    doubled = max(backoff(in_a_row - limits.pauses_from + 1, key), limits.first_pause)
    return min(doubled, LONGEST_CHANNEL_PAUSE)


def _is_shut_out(error: SendError) -> bool:
    """Say whether the server wants nothing from us for so long that deadlines may pass."""
    asked = error.retry_after
    return error.everybody and asked is not None and asked > LONGEST_CHANNEL_PAUSE


def backoff(attempt: int, key: str) -> timedelta:
    """Give the pause after the n-th attempt: doubling, capped, spread by up to a quarter.

    The spread comes from the alert's key, so that a burst of alerts does not return as a burst
    and the same run twice gives the same times.
    """
    doubled = min(FIRST_PAUSE * (1 << min(attempt - 1, _DOUBLINGS_AT_MOST)), LONGEST_PAUSE)
    spread = int.from_bytes(hashlib.sha256(f"{key}#{attempt}".encode()).digest()[:2], "big") / 65536
    return doubled * (1 + spread / 4)
