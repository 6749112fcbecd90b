"""How often one token may ask: so many at once, and then as they grow back. Pure."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

_REMEMBERED = 10_000


@dataclass(slots=True)
class _Left:
    count: float
    at: datetime


class Rate:
    """Lets each ask `most` times in a minute; it is kept in this process only."""

    def __init__(self, most: int) -> None:
        """Begin with everybody having all of it."""
        self.most = most
        self._left: OrderedDict[str, _Left] = OrderedDict()

    def wait(self, who: str, now: datetime) -> timedelta | None:
        """Take one; gives how long to wait where none is left."""
        left = self._left.pop(who, None) or _Left(self.most, now)
        passed = max((now - left.at).total_seconds(), 0.0)
        left.count, left.at = min(left.count + passed * self.most / 60, self.most), now
        self._left[who] = left
        if len(self._left) > _REMEMBERED:
            self._left.popitem(last=False)
        if left.count < 1:
            return timedelta(seconds=(1 - left.count) * 60 / self.most)
        left.count -= 1
        return None
