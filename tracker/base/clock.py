"""The only reader of the real time.

Everything else takes `now` as an argument or a `Clock` by injection. Instants are aware UTC.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Something that knows what time it is."""

    def now(self) -> datetime:
        """Give the present instant in UTC."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Give the present instant in UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that a simulation or a test moves by hand; it never goes back."""

    def __init__(self, now: datetime) -> None:
        """Start at `now` (aware)."""
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        """Give the instant the clock was moved to."""
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Move forward to `instant`; an earlier one is ignored."""
        self._now = max(self._now, instant.astimezone(UTC))

    def advance(self, step: timedelta) -> None:
        """Move forward by `step`."""
        self.move_to(self._now + step)
