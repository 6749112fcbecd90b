"""Runs every invariant."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection

from tracker.base.db import Database
from tracker.doctor import asleep, clock, doubtful, undecreed, undelivered, unreachable, unreminded, untold
from tracker.doctor.finding import Finding
from tracker.steps.context import Context

Invariant = Callable[[Connection, Context, datetime], Iterator[Finding]]
"""Looks at the store at an instant (UTC); changes nothing."""
INVARIANTS: Mapping[str, Invariant] = {
    "unreminded": unreminded.broken,
    "untold": untold.broken,
    "undelivered": undelivered.broken,
    "asleep": asleep.broken,
    "undecreed": undecreed.broken,
    "unreachable": unreachable.broken,
    "doubtful": doubtful.broken,
    "clock": clock.broken,
}


def examine(
    db: Database, context: Context, now: datetime, names: Collection[str] = tuple(INVARIANTS)
) -> dict[str, list[Finding]]:
    """Give what each invariant found broken; an empty list where it holds."""
    with db.read() as connection:
        return {name: list(INVARIANTS[name](connection, context, now)) for name in names}


def names_of(invariant: str, broken: Iterable[Finding]) -> list[str]:
    """Name what is broken, so that it can be told whether it was said already."""
    return [f"{invariant}:{each.about}" for each in broken]
