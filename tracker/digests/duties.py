"""Open duties, counted and looked up for all readers in one query each."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Subquery, case, func, literal_column, select
from sqlmodel import col

from tracker.base.db import Database
from tracker.base.errors import DatabaseError
from tracker.base.log import get_logger
from tracker.digests.readers import NOBODY
from tracker.obligations.model import State
from tracker.obligations.tables import ObligationRow
from tracker.outbox.compose_digest import Ahead
from tracker.queries import Shown, as_shown
from tracker.reminders.recipients import Route
from tracker.steps.context import Context
from tracker.terms.tables import AgreementRow

log = get_logger("digests")
_COLUMNS = (
    col(ObligationRow.key),
    col(ObligationRow.agreement_id),
    col(ObligationRow.state),
    col(ObligationRow.act_by),
    col(ObligationRow.provisional),
    col(ObligationRow.reminded_for),
    col(ObligationRow.closed_why),
)
Days = Mapping[date, int]
"""How many duties must be done by each day."""


def counts(
    connection: Connection, units: Collection[str], *conditions: ColumnElement[bool]
) -> dict[str, Days]:
    """Count open duties by unit and day to act by.

    What none of these units looks after counts for NOBODY; without units that is everything.
    """
    open_ones = _open(units, conditions)
    unit, day = open_ones.c.unit, open_ones.c.act_by
    found: dict[str, dict[date, int]] = {}
    for row in connection.execute(select(unit, day, func.count()).group_by(unit, day)):
        found.setdefault(row[0], {})[row[1]] = row[2]
    return dict(found)


def most_urgent(
    connection: Connection, units: Collection[str], most: int, *conditions: ColumnElement[bool]
) -> dict[str, list[Any]]:
    """Give the rows of the most urgent open duties of each unit, as `counts` counts them."""
    open_ones = _open(units, conditions)
    urgency = func.row_number().over(
        partition_by=open_ones.c.unit, order_by=(open_ones.c.act_by, open_ones.c.key)
    )
    ranked = select(open_ones, urgency.label("place")).subquery()
    query = select(ranked).where(ranked.c.place <= most).order_by(ranked.c.unit, ranked.c.place)
    found: dict[str, list[Any]] = {}
    for row in connection.execute(query):
        found.setdefault(row.unit, []).append(row)
    return found


def _open(units: Collection[str], conditions: Sequence[ColumnElement[bool]]) -> Subquery:
    is_open = col(ObligationRow.state) == State.OPEN.value, col(ObligationRow.act_by).is_not(None)
    if not units:
        everything: ColumnElement[str] = literal_column(f"'{NOBODY}'")
        return select(*_COLUMNS, everything.label("unit")).where(*is_open, *conditions).subquery()
    unit = case((col(AgreementRow.unit).in_(units), col(AgreementRow.unit)), else_=NOBODY)
    return (
        select(*_COLUMNS, unit.label("unit"))
        .join(AgreementRow, col(AgreementRow.id) == col(ObligationRow.agreement_id))
        .where(*is_open, *conditions)
        .subquery()
    )


def ahead(
    db: Database, context: Context, rows: Sequence[Any], now: datetime, reach_until: date = date.min
) -> list[Ahead]:
    """Turn rows into what a digest tells of, in their order.

    Those up to `reach_until` also say who is told where their contact cannot be reached.
    """
    by_key = {row.key: row for row in rows}
    return [
        Ahead(
            one.agreement,
            one.obligation,
            row.act_by,
            row.provisional,
            _instead(context, one, now) if row.act_by <= reach_until else None,
        )
        for one in _shown(db, context, rows, now)
        for row in [by_key[one.obligation.key]]
    ]


def _shown(db: Database, context: Context, rows: Sequence[Any], now: datetime) -> list[Shown]:
    with db.read() as connection:
        try:
            return as_shown(connection, context, rows, now)
        except DatabaseError:
            raise
        except Exception:
            # One agreement that cannot be derived must not hide all others; it is still counted.
            log.exception("duties cannot be shown all at once, trying one by one")
            return [one for row in rows for one in _one(connection, context, row, now)]


def _one(connection: Connection, context: Context, row: Any, now: datetime) -> list[Shown]:
    try:
        return as_shown(connection, context, [row], now)
    except DatabaseError:
        raise
    except Exception:
        log.exception("duty cannot be shown, only counted", obligation=row.key)
        return []


def _instead(context: Context, one: Shown, now: datetime) -> Route | None:
    trigger = one.obligation.trigger
    day = now.astimezone(one.agreement.zone).date()
    routes = context.routing.routes(
        one.agreement, one.obligation.rule.duty.by, trigger.party if trigger else None, day
    )
    return routes[0] if all(route.detour is not None for route in routes) else None
