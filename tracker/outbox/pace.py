"""How fast messages may follow each other, to everybody and to one address. Pure.

Instants are seconds of a clock that never goes back (the event loop's), given by the caller.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

_LONG_AGO = float("-inf")
_LOOKED_AT = 2
"""How many addresses each message looks at to forget them: more than it can add."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Never more than `most` messages in any stretch of so many seconds."""

    most: int
    seconds: float

    @property
    def spacing(self) -> float:
        """Give the seconds between messages that come evenly."""
        return self.seconds / self.most

    def free_at(self, sent: Sequence[float]) -> float:
        """Give from when on one more message may be sent, after those sent (the last one last)."""
        return sent[-self.most] + self.seconds if len(sent) >= self.most else _LONG_AGO


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server allows: to everybody together, and to each address."""

    overall: Limit
    of: Callable[[str], tuple[Limit, ...]]
    patience: float = 1.0
    """How many seconds a message may wait in memory for its address; for longer it goes back to the store."""


@dataclass(slots=True)
class _Address:
    limits: tuple[Limit, ...]
    sent: deque[float] = field(init=False)
    held_until: float = _LONG_AGO
    promised: float = _LONG_AGO

    def __post_init__(self) -> None:
        self.sent = deque(maxlen=max((limit.most for limit in self.limits), default=1))

    @property
    def free_at(self) -> float:
        return max(self.held_until, *(limit.free_at(self.sent) for limit in self.limits), _LONG_AGO)

    @property
    def spacing(self) -> float:
        return max((limit.spacing for limit in self.limits), default=0.0)

    @property
    def idle_from(self) -> float:
        longest = max((limit.seconds for limit in self.limits), default=0.0)
        return max(self.held_until, self.promised, self.sent[-1] + longest if self.sent else _LONG_AGO)


class Pace:
    """What was sent lately, and so when the next message may follow.

    An address that nothing was sent to lately is forgotten.
    """

    def __init__(self, limits: Limits) -> None:
        """Begin with nothing sent."""
        self.limits = limits
        self._sent: deque[float] = deque(maxlen=limits.overall.most)
        self._addresses: OrderedDict[str, _Address] = OrderedDict()

    def __len__(self) -> int:
        """Give how many addresses are remembered."""
        return len(self._addresses)

    def open_at(self) -> float:
        """Give from when on a message may be sent to any address that is free."""
        return self.limits.overall.free_at(self._sent)

    def free_at(self, address: str) -> float:
        """Give from when on a message may be sent to an address, whatever is sent to others."""
        known = self._addresses.get(address)
        return known.free_at if known is not None else _LONG_AGO

    def spacing(self, address: str) -> float:
        """Give the seconds between messages to an address that come evenly."""
        return max((limit.spacing for limit in self.limits.of(address)), default=0.0)

    def take(self, address: str, now: float) -> None:
        """Take note of a message that is sent now."""
        self._forget(now)
        self._sent.append(now)
        self._of(address).sent.append(now)

    def hold(self, address: str, until: float) -> None:
        """Send nothing to an address before an instant: its server said so."""
        known = self._of(address)
        known.held_until = max(known.held_until, until)

    def promise(self, address: str, earliest: float) -> float:
        """Give the instant at which one more message to an address is tried, after all promised before."""
        known = self._of(address)
        known.promised = max(earliest, known.promised + known.spacing)
        return known.promised

    def _of(self, address: str) -> _Address:
        known = self._addresses.get(address)
        if known is None:
            known = self._addresses[address] = _Address(self.limits.of(address))
        return known

    def _forget(self, now: float) -> None:
        for _ in range(min(_LOOKED_AT, len(self._addresses))):
            address, known = self._addresses.popitem(last=False)
            if known.idle_from > now:
                self._addresses[address] = known
