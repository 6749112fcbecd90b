"""The heartbeat: every office morning the managers hear how things stand, even when nothing is due."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, func, select
from sqlmodel import col

from tracker import queries
from tracker.base.db import Database
from tracker.calendars.model import Calendar, Coverage
from tracker.doctor.service import examine, names_of
from tracker.doctor.undelivered import waiting_too_long
from tracker.obligations.model import State
from tracker.obligations.tables import ObligationRow
from tracker.outbox import service as outbox
from tracker.outbox.compose_summary import Morning, morning_summary
from tracker.outbox.keys import alert_key, summary_key
from tracker.outbox.tables import AlertRow
from tracker.steps.alerting import list_row
from tracker.steps.context import Context

DAYS_AHEAD = 7
_SHOWN = 10
_ONE_DAY = timedelta(days=1)


def tell_morning(db: Database, context: Context, now: datetime) -> bool:
    """Add today's summary to the outbox, once, on an office day from the hour of sending on.

    True where it was added. Two workers may try at once: the key of the alert is the same.
    """
    local = now.astimezone(ZoneInfo(context.timezone))
    if local.time() < context.policy.send_at or not _calendar(context).is_office_day(local.date()):
        return False
    cause = summary_key(local.date())
    routes = context.routing.operator_routes()
    keys = [alert_key(cause, route.contact, route.channel) for route in routes]
    with db.read() as connection:
        if _is_told(connection, keys):
            return False
    morning = look(db, context, now)
    rows = [
        list_row(context, cause, route, morning_summary(morning, route, context.timezone), now)
        for route in routes
    ]
    with db.write() as connection:
        outbox.add(connection, rows)
    return True


def look(db: Database, context: Context, now: datetime) -> Morning:
    """Look at what a manager must know."""
    today = now.astimezone(ZoneInfo(context.timezone)).date()
    last = today + DAYS_AHEAD * _ONE_DAY
    found = examine(db, context, now)
    with db.read() as connection:
        overdue = _count(connection, col(ObligationRow.act_by) < today)
        ahead = _count(connection, col(ObligationRow.act_by) >= today, col(ObligationRow.act_by) <= last)
        undelivered = _undelivered(connection, now)
    soonest = queries.soonest(db, context, now, last, _SHOWN)
    return Morning(
        overdue=overdue,
        ahead=ahead,
        days=DAYS_AHEAD,
        undelivered=undelivered,
        decreed_until=_decreed_until(_calendar(context), today.year),
        soonest=[(one.agreement, one.obligation, day) for one, day in soonest],
        findings=[
            (f"{each.about}: {each.indonesian}", f"{each.about}: {each.english}")
            for broken in found.values()
            for each in broken
        ],
        about=[name for kind, broken in found.items() for name in names_of(kind, broken)],
    )


def _is_told(connection: Connection, keys: list[str]) -> bool:
    # By whole keys: this is asked at every turn, and a search by prefix would read every alert.
    query = select(col(AlertRow.key)).where(col(AlertRow.key).in_(keys)).limit(1)
    return connection.execute(query).scalar() is not None


def _count(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    query = select(func.count()).where(col(ObligationRow.state) == State.OPEN.value, *conditions)
    return int(connection.execute(query).scalar_one())


def _undelivered(connection: Connection, now: datetime) -> int:
    refused = select(func.count()).where(
        col(AlertRow.state) == outbox.REFUSED, col(AlertRow.created_at) >= now - _ONE_DAY
    )
    waiting = sum(count for _, count, _ in waiting_too_long(connection, now))
    return int(connection.execute(refused).scalar_one()) + waiting


def _calendar(context: Context) -> Calendar:
    return context.calendars[context.holidays]


def _decreed_until(calendar: Calendar, year: int) -> int | None:
    until = None
    while calendar.covers(year) is Coverage.DECREED:
        until, year = year, year + 1
    return until
