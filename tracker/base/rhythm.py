"""What is done every so often by whoever comes past. Pure."""

from datetime import datetime, timedelta


class Rhythm:
    """Says when it is time again, by the clock of whoever asks."""

    def __init__(self, every: timedelta) -> None:
        """Be due at once, and then no sooner than `every` after the last time."""
        self._every = every
        self._last: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is time, and count from `now` if so; a clock that was put back stops nothing."""
        if self._last is not None and abs(now - self._last) < self._every:
            return False
        self._last = now
        return True
