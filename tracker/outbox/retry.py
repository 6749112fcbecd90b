"""What to do after a failed attempt. Pure: the answer and the attempt's number decide.

Attempts are never given up for their number: a deadline alert that could not be delivered is
tried again, later and later, until it is accepted or the address is refused for good.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.outbox.delivery import SendError

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
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


def after_failure(error: SendError, attempt: int, key: str, now: datetime) -> Retry | GiveUp:
    """Decide what follows an attempt (numbered from 1) that was not accepted."""
    if error.moved_to is not None:
        return Retry(now, error.moved_to)
    if error.permanent:
        return GiveUp(error.answer)
    pause = backoff(attempt, key)
    if error.retry_after is not None:
        pause = max(error.retry_after, FIRST_PAUSE if attempt > 1 else timedelta(0))
    return Retry(now + pause)


def backoff(attempt: int, key: str) -> timedelta:
    """Give the pause after the n-th attempt: doubling, capped, spread by up to a quarter.

    The spread comes from the alert's key, so that a burst of alerts does not return as a burst
    and the same run twice gives the same times.
    """
    doubled = min(FIRST_PAUSE * (1 << min(attempt - 1, _DOUBLINGS_AT_MOST)), LONGEST_PAUSE)
    spread = int.from_bytes(hashlib.sha256(f"{key}#{attempt}".encode()).digest()[:2], "big") / 65536
    return doubled * (1 + spread / 4)
