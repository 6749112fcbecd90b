"""The heartbeat: every office morning managers hear how things stand, even when nothing is due.

The managers of a unit hear of their own agreements; the fallback contact, who looks after the
service, hears everything, and what the doctor finds.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from tracker.base.db import Database
from tracker.calendars.model import Calendar, Coverage
from tracker.digests.duties import Days, ahead, counts, most_urgent
from tracker.digests.readers import NOBODY, Reader, apart, fallback, tell, units, untold
from tracker.doctor.finding import PATIENCE
from tracker.doctor.kept import keep
from tracker.doctor.service import examine, names_of
from tracker.doctor.undelivered import waiting_too_long
from tracker.obligations.tables import ObligationRow
from tracker.outbox import service as outbox
from tracker.outbox.compose_summary import Morning, morning_summary
from tracker.outbox.keys import GROUP, SUMMARY, summary_key
from tracker.outbox.tables import AlertRow
from tracker.reminders.recipients import CHANNELS
from tracker.steps.context import Context
from tracker.terms.tables import AgreementRow

DAYS_AHEAD = 7
_SHOWN = 10
_ONE_DAY = timedelta(days=1)


def tell_morning(db: Database, context: Context, now: datetime) -> int:
    """Add the summaries of this day that nobody has added yet; gives how many messages."""
    today = now.astimezone(ZoneInfo(context.timezone)).date()

    def key(unit: str) -> str:
        return summary_key(today, unit)

    waiting = untold(db, [fallback(context), *units(context)], SUMMARY, key)
    total = 0
    for group in apart(waiting):
        seen = _look(db, now, today, [reader.unit for reader in group if reader.unit])
        find = partial(_morning, db, context, now, today, seen)
        total += tell(db, context, now, group, key, find, morning_summary)
    return total


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the store says about each unit, or about everything."""

    days: Mapping[str, Days]
    rows: Mapping[str, Sequence[Any]]
    undelivered: Mapping[str, int]


def _look(db: Database, now: datetime, today: date, names: Collection[str]) -> _Seen:
    until = col(ObligationRow.act_by) <= today + DAYS_AHEAD * _ONE_DAY
    with db.read() as connection:
        undelivered = (
            _undelivered_of(connection, names, now) if names else {NOBODY: _undelivered(connection, now)}
        )
        return _Seen(
            counts(connection, names, until), most_urgent(connection, names, _SHOWN, until), undelivered
        )


def _morning(
    db: Database, context: Context, now: datetime, today: date, seen: _Seen, reader: Reader
) -> Morning:
    days = seen.days.get(reader.unit, {})
    overdue = sum(count for day, count in days.items() if day < today)
    found = {} if reader.unit else examine(db, context, now)
    if found:
        keep(db, found, now)
    return Morning(
        overdue=overdue,
        ahead=sum(days.values()) - overdue,
        days=DAYS_AHEAD,
        undelivered=seen.undelivered.get(reader.unit, 0),
        decreed_until=_decreed_until(context.calendars[context.holidays], today.year),
        soonest=ahead(db, context, seen.rows.get(reader.unit, ()), now),
        findings=[
            (f"{each.about}: {each.indonesian}", f"{each.about}: {each.english}")
            for broken in found.values()
            for each in broken
        ],
        about=[name for kind, broken in found.items() for name in names_of(kind, broken)],
        unit=reader.name,
    )


def _undelivered(connection: Connection, now: datetime) -> int:
    refused = select(func.count()).where(_is_refused(now))
    waiting = sum(count for _, count, _ in waiting_too_long(connection, now))
    return int(connection.execute(refused).scalar_one()) + waiting


def _undelivered_of(connection: Connection, names: Collection[str], now: datetime) -> dict[str, int]:
    """Count by unit what `_undelivered` counts, as far as it is about one duty."""
    group = aliased(AlertRow)
    said_together = [col(AlertRow.grouped_in) == group.key, col(AlertRow.state) == outbox.GROUPED]
    counted = (
        (func.count(), [_is_refused(now)]),
        (func.count(), [_waits_too_long(AlertRow, now), ~_is_group()]),
        (func.count(col(AlertRow.grouped_in).distinct()), [_waits_too_long(group, now), *said_together]),
    )
    found: dict[str, int] = {}
    for count, conditions in counted:
        query = (
            select(col(AgreementRow.unit), count)
            .join(ObligationRow, col(AgreementRow.id) == col(ObligationRow.agreement_id))
            .join(AlertRow, col(ObligationRow.key) == col(AlertRow.obligation_key))
            .where(*conditions, col(AgreementRow.unit).in_(names))
            .group_by(col(AgreementRow.unit))
        )
        for unit, number in connection.execute(query):
            found[str(unit)] = found.get(str(unit), 0) + number
    return found


def _waits_too_long(alert: Any, now: datetime) -> ColumnElement[bool]:
    return and_(col(alert.channel).in_(CHANNELS), col(alert.next_try_at) < now - PATIENCE)


def _is_group() -> ColumnElement[bool]:
    return col(AlertRow.key).startswith(f"{GROUP}/")


def _is_refused(now: datetime) -> ColumnElement[bool]:
    """Choose what was refused of late; a group counts by its members."""
    is_refused = col(AlertRow.state) == outbox.REFUSED
    return and_(is_refused, col(AlertRow.created_at) >= now - _ONE_DAY, ~_is_group())


def _decreed_until(calendar: Calendar, year: int) -> int | None:
    until = None
    while calendar.covers(year) is Coverage.DECREED:
        until, year = year, year + 1
    return until
