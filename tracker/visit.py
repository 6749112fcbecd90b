"""The hourly look whether an alert may be late or lost: the operator is told at once.

Only the invariants that mean this are looked at. An agreement that reaches nobody, an address that
does not work and an estimated calendar can wait for the morning summary: their alerts go to the next
in line, and their dates are the safe ones; looking at the first also reads every agreement.

Each kind is said once a day, and again on that day only where something is affected that was not said
yet, a few times at most. What the morning summary said counts as said. A day begins at the hour of
sending: what stays broken over night wakes nobody at midnight.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select
from sqlmodel import col

from tracker.base.db import Database
from tracker.base.log import get_logger
from tracker.doctor.finding import Finding
from tracker.doctor.kept import keep
from tracker.doctor.service import examine, names_of
from tracker.outbox import service as outbox
from tracker.outbox.compose_operator import invariant_broken
from tracker.outbox.content import ListContent, read_content
from tracker.outbox.keys import alert_key, invariant_key, summary_key
from tracker.outbox.tables import AlertRow
from tracker.reminders.recipients import CHANNELS, FALLBACK
from tracker.steps.alerting import list_row
from tracker.steps.context import Context

log = get_logger("visit")
EVERY = timedelta(hours=1)
TIMES_A_DAY = 3
"""How often one kind is said in one day, however often something else breaks."""
ALERTS_AT_RISK = ("unreminded", "untold", "undelivered", "asleep", "clock")


def tell_broken(db: Database, context: Context, now: datetime) -> bool:
    """Add what the operator must hear of now to the outbox; True where there was something.

    Two workers may look at once: the key of the alert is the same.
    """
    found = examine(db, context, now, ALERTS_AT_RISK)
    keep(db, found, now)
    if not any(found.values()):
        return False
    day = _day(now.astimezone(ZoneInfo(context.timezone)), context.policy.send_at)
    with db.read() as connection:
        said = _said(connection, day)
    known = {name for names in said.values() for name in names}
    rows: list[dict[str, Any]] = []
    for kind, broken in found.items():
        new = [each for each in broken if not known.issuperset(names_of(kind, [each]))]
        causes = [cause for cause in _causes(kind, day) if cause not in said]
        if new and causes:
            log.error("alerts may be late or lost", invariant=kind, new=len(new), broken=len(broken))
            old = [each for each in broken if each not in new]
            rows += _rows(context, kind, causes[0], [*new, *old], now)
    if not rows:
        return False
    with db.write() as connection:
        outbox.add(connection, rows)
    return True


def _rows(
    context: Context, kind: str, cause: str, broken: list[Finding], now: datetime
) -> Iterator[dict[str, Any]]:
    stuck = [each.about for each in broken if each.about in CHANNELS]
    for route in context.routing.operator_routes(*stuck):
        lines = [f"{each.about}: {each.in_language(route.language)}" for each in broken]
        content = invariant_broken(kind, lines, names_of(kind, broken), route, context.timezone)
        yield list_row(context, cause, route, content, now)


def _day(local: datetime, begins: time) -> date:
    return local.date() if local.time() >= begins else local.date() - timedelta(days=1)


def _causes(kind: str, day: date) -> list[str]:
    return [invariant_key(kind, day, number) for number in range(1, TIMES_A_DAY + 1)]


def _said(connection: Connection, day: date) -> Mapping[str, tuple[str, ...]]:
    """Give the messages of a day by what led to them, and the names of what each was about."""
    causes = [summary_key(day), *(cause for kind in ALERTS_AT_RISK for cause in _causes(kind, day))]
    keys = {alert_key(cause, FALLBACK, channel): cause for cause in causes for channel in CHANNELS}
    query = select(col(AlertRow.key), col(AlertRow.content)).where(col(AlertRow.key).in_(keys))
    found = {}
    for key, stored in connection.execute(query):
        content = read_content(stored)
        found[keys[key]] = content.about if isinstance(content, ListContent) else ()
    return found
