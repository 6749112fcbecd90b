"""Which of the alerts that wait in a lane may be sent now, and which cannot wait there for their pace."""

from collections import Counter, deque
from collections.abc import Set as AbstractSet

from tracker.outbox.pace import Pace
from tracker.outbox.service import Claimed


def take_free(
    waiting: deque[Claimed], pace: Pace, now: float, busy: AbstractSet[str] = frozenset()
) -> Claimed | None:
    """Take the first alert that may be sent now; None where none may.

    `busy` are addresses that a message is under way to. They wait for how it ends: it may be told to
    slow down, and a chat that takes long must not take up every sender.
    """
    if pace.open_at() > now:
        return None
    for place, alert in enumerate(waiting):
        if alert.address not in busy and pace.free_at(alert.address) <= now:
            del waiting[place]
            pace.take(alert.address, now)
            return alert
    return None


def next_free(waiting: deque[Claimed], pace: Pace, busy: AbstractSet[str] = frozenset()) -> float | None:
    """Give from when on one of the waiting alerts may be sent; None where all wait for one under way."""
    instants = [pace.free_at(alert.address) for alert in waiting if alert.address not in busy]
    return max(pace.open_at(), min(instants)) if instants else None


def put_aside(waiting: deque[Claimed], pace: Pace, now: float) -> list[tuple[Claimed, float]]:
    """Take out the alerts whose address is busy for too long, each with the instant to try it at.

    What stays waits for moments only, so a chat with many messages fills no lane and holds up no other.
    """
    ahead: Counter[str] = Counter()
    stay: list[Claimed] = []
    aside: list[tuple[Claimed, float]] = []
    for alert in waiting:
        address = alert.address
        at = max(now, pace.free_at(address)) + ahead[address] * pace.spacing(address)
        if at <= now + pace.limits.patience:
            ahead[address] += 1
            stay.append(alert)
        else:
            aside.append((alert, pace.promise(address, at)))
    if aside:
        waiting.clear()
        waiting.extend(stay)
    return aside
