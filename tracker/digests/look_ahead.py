"""On the first office day of a week: what managers must expect in the next four, even when it is nothing.

The fallback contact hears what no unit looks after. A week whose first office day was missed is
told on the next one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select
from sqlmodel import col

from tracker.base.db import Database
from tracker.calendars.blocks import blocks
from tracker.digests.duties import Days, ahead, counts, most_urgent
from tracker.digests.readers import NOBODY, Reader, fallback, tell, units, untold
from tracker.obligations.tables import ObligationRow
from tracker.outbox.compose_look_ahead import WITHOUT_UNIT, LookAhead, Week, look_ahead
from tracker.outbox.keys import LOOK_AHEAD, look_ahead_key
from tracker.steps.context import Context
from tracker.terms.tables import AgreementRow

WEEKS = 4
REACHED_WITHIN = 7
"""A contact who cannot be reached is said for duties of so many days."""
_SHOWN = 10
_LOOKED_AT = 100
"""Of how many duties of a unit the contacts are looked at, the most urgent first."""
_ONE_DAY = timedelta(days=1)


def tell_look_ahead(db: Database, context: Context, now: datetime) -> int:
    """Add the look-aheads of this week that nobody has added yet; gives how many messages."""
    days = _Days(now.astimezone(ZoneInfo(context.timezone)).date())

    def key(unit: str) -> str:
        return look_ahead_key(days.monday, unit)

    of_units = units(context)
    waiting = untold(db, [fallback(context), *of_units], LOOK_AHEAD, key)
    if not waiting:
        return 0
    names = [reader.unit for reader in of_units]
    seen = _look(db, days, names)
    if not seen.has_others:
        waiting = [reader for reader in waiting if reader.unit]
    return tell(db, context, now, waiting, key, partial(_ahead, db, context, now, days, seen), look_ahead)


@dataclass(frozen=True, slots=True)
class _Days:
    """The day of telling, and the weeks that are told of."""

    today: date

    @property
    def monday(self) -> date:
        return self.today - self.today.weekday() * _ONE_DAY

    @property
    def last(self) -> date:
        return self.monday + (7 * WEEKS - 1) * _ONE_DAY


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the store says about each unit, and about what none looks after."""

    names: Collection[str]
    has_others: bool
    overdue: Mapping[str, Days]
    days: Mapping[str, Days]
    rows: Mapping[str, Sequence[Any]]


def _look(db: Database, days: _Days, names: Collection[str]) -> _Seen:
    act_by = col(ObligationRow.act_by)
    coming = act_by.between(days.today, days.last)
    with db.read() as connection:
        return _Seen(
            names,
            _has_others(connection, names),
            counts(connection, names, act_by < days.today),
            counts(connection, names, coming),
            most_urgent(connection, names, _LOOKED_AT, coming),
        )


def _has_others(connection: Connection, names: Collection[str]) -> bool:
    """Tell whether the fallback contact looks after any agreement; without units, after all there may be."""
    noted = connection.execute(select(col(AgreementRow.unit)).distinct()).scalars()
    return not names or any(unit not in names for unit in noted)


def _ahead(
    db: Database, context: Context, now: datetime, days: _Days, seen: _Seen, reader: Reader
) -> LookAhead:
    soon = days.today + REACHED_WITHIN * _ONE_DAY
    rows = seen.rows.get(reader.unit, ())
    looked_at = [*rows[:_SHOWN], *(row for row in rows[_SHOWN:] if row.act_by <= soon)]
    shown = {row.key for row in rows[:_SHOWN]}
    duties = ahead(db, context, looked_at, now, soon)
    others = [duty for duty in duties if duty.obligation.key not in shown]
    calendar = context.calendars[context.holidays]
    return LookAhead(
        about=_about(reader, seen),
        weeks=_weeks(days.monday, seen.days.get(reader.unit, {})),
        overdue=sum(seen.overdue.get(reader.unit, {}).values()),
        duties=[duty for duty in duties if duty.obligation.key in shown],
        unreached=[duty for duty in others if duty.instead is not None],
        holiday=next(blocks(calendar, days.today, days.last), None),
    )


def _about(reader: Reader, seen: _Seen) -> tuple[str, str]:
    if reader.unit != NOBODY:
        return reader.name, reader.name
    return WITHOUT_UNIT if seen.names else ("", "")


def _weeks(monday: date, days: Days) -> list[Week]:
    found = []
    for number in range(WEEKS):
        first = monday + 7 * number * _ONE_DAY
        last = first + 6 * _ONE_DAY
        count = sum(count for day, count in days.items() if first <= day <= last)
        found.append(Week(first, last, count))
    return found
