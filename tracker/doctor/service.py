"""Runs every invariant."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection

from tracker.base.db import Database
from tracker.doctor import asleep, clock, undecreed, undelivered, unreachable, unreminded, untold
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
    "clock": clock.broken,
}


def examine(db: Database, context: Context, now: datetime) -> dict[str, list[Finding]]:
    """Give what each invariant found broken; an empty list where it holds."""
    with db.read() as connection:
        return {name: list(broken(connection, context, now)) for name, broken in INVARIANTS.items()}
