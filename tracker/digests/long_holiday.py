"""Before a long holiday: what must be done before offices close, told two weeks ahead.

Told on the first office day at most 14 days before the block begins, or on the next one where that
was missed. A block that a new decree changes is another block, and is told again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_
from sqlmodel import col

from tracker.base.db import Database
from tracker.calendars.blocks import Block, blocks
from tracker.digests.duties import Days, ahead, counts, most_urgent
from tracker.digests.readers import Reader, apart, fallback, tell, units, untold
from tracker.obligations.tables import ObligationRow
from tracker.outbox.compose_long_holiday import BeforeHoliday, before_holiday
from tracker.outbox.keys import LONG_HOLIDAY, long_holiday_key
from tracker.steps.context import Context

TOLD_AHEAD = timedelta(days=14)
LOOKS_BEYOND = timedelta(days=7)
_SHOWN = 50
_ONE_DAY = timedelta(days=1)


def tell_long_holidays(db: Database, context: Context, now: datetime) -> int:
    """Add the lists before the holidays ahead that nobody has added yet; gives how many messages."""
    today = now.astimezone(ZoneInfo(context.timezone)).date()
    calendar = context.calendars[context.holidays]
    return sum(
        _tell(db, context, now, today, block)
        for block in blocks(calendar, today + _ONE_DAY, today + TOLD_AHEAD)
        if block.first > today
    )


def _tell(db: Database, context: Context, now: datetime, today: date, block: Block) -> int:
    def key(unit: str) -> str:
        return long_holiday_key(block.first, block.last, unit)

    waiting = untold(db, [fallback(context), *units(context)], LONG_HOLIDAY, key)
    total = 0
    for group in apart(waiting):
        seen = _look(db, today, block, [reader.unit for reader in group if reader.unit])
        find = partial(_before, db, context, now, block, seen)
        total += tell(db, context, now, group, key, find, before_holiday)
    return total


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the store says about each unit, or about everything."""

    days: Mapping[str, Days]
    rows: Mapping[str, Sequence[Any]]


def _look(db: Database, today: date, block: Block, names: Collection[str]) -> _Seen:
    falls_in = _falls_in(today, block.last + LOOKS_BEYOND)
    with db.read() as connection:
        return _Seen(counts(connection, names, *falls_in), most_urgent(connection, names, _SHOWN, *falls_in))


def _falls_in(today: date, until: date) -> tuple[ColumnElement[bool], ...]:
    """Find duties with a figure in the time; the first condition says nothing new, but has an index."""
    figures = (col(ObligationRow.act_by), col(ObligationRow.safe), col(ObligationRow.likely))
    return figures[0] <= until, or_(*(figure.between(today, until) for figure in figures))


def _before(
    db: Database, context: Context, now: datetime, block: Block, seen: _Seen, reader: Reader
) -> BeforeHoliday | None:
    days = seen.days.get(reader.unit)
    if days is None:
        return None
    before = sum(count for day, count in days.items() if day <= block.last)
    return BeforeHoliday(
        unit=reader.name,
        block=block,
        closes=block.first - _ONE_DAY,
        opens=block.last + _ONE_DAY,
        until=block.last + LOOKS_BEYOND,
        before=before,
        after=sum(days.values()) - before,
        duties=ahead(db, context, seen.rows.get(reader.unit, ()), now),
    )
