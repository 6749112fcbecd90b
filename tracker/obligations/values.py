"""What a derivation says of one obligation, in the order in which the store takes it. Pure."""

from datetime import date, datetime, time
from typing import Any, NamedTuple

DAYS = ("likely", "safe", "act_by", "strictest", "latest")
MOVING = (*DAYS, "by_time")
"""The columns whose change is a move."""


class Values(NamedTuple):
    """One obligation as columns; see `tables.ObligationRow` for what they mean.

    From `chain_since` on, what a new one hardly ever has.
    """

    key: str
    agreement_id: str
    rule: str
    occurrence: str
    state: str
    likely: date | None
    safe: date | None
    act_by: date | None
    strictest: date | None
    latest: date | None
    by_time: time | None
    provisional: bool
    lapses_on: date | None
    event_number: int | None
    opened_at: datetime
    reminded_for: datetime | None
    snoozed_until: date | None
    acknowledged_until: date | None
    moves: int
    closed_at: datetime | None
    closed_why: str | None
    done_on: date | None
    holder: str | None
    wake_at: datetime | None = None
    chain_since: datetime | None = None
    chain_level: int = 0


def has_moved(known: Any, row: Values) -> bool:
    """Tell whether a figure is another than the store says."""
    return any(getattr(known, name) != getattr(row, name) for name in MOVING)


def is_another_deadline(known: Any, row: Values) -> bool:
    """Tell whether people must act by another day, or at another time of it, than the store says."""
    return bool((known.act_by, known.by_time) != (row.act_by, row.by_time))
