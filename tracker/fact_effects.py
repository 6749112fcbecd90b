"""What the store holds of one agreement, and what an entry of its log has done to its duties. Reads only."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, or_, select
from sqlmodel import col

from tracker.base.packed import unpack
from tracker.events.kinds import TERMS_AMENDED
from tracker.events.model import Event
from tracker.events.service import logs_of
from tracker.events.tables import EventRow
from tracker.obligations.model import CLOSED, State
from tracker.obligations.tables import DeadlineMoveRow, ObligationRow
from tracker.queries import as_shown
from tracker.steps.context import Context
from tracker.steps.foreseeing import Change, Effect, Held
from tracker.terms.grammar import ENDED_EARLY
from tracker.terms.model import Agreement
from tracker.terms.service import agreements, parsed
from tracker.terms.tables import AgreementRow, TermsVersionRow

_SHOWN_AT_MOST = 200
_VERSIONS_AT_MOST = 200
_NEVER_OPENED = frozenset({State.UNVERIFIED.value, State.SUPERSEDED.value})


def held(connection: Connection, agreement: str) -> Held | None:
    """Read what the store holds of one agreement; None where it is not loaded. Locks nothing."""
    written = agreements(connection, [agreement]).get(agreement)
    if written is None:
        return None
    known = connection.execute(
        select(
            col(AgreementRow.version),
            col(AgreementRow.digest),
            col(AgreementRow.tracked_since),
        ).where(col(AgreementRow.id) == agreement)
    ).one()
    rows = connection.execute(select(ObligationRow).where(col(ObligationRow.agreement_id) == agreement))
    log = logs_of(connection, [agreement]).get(agreement, [])
    return Held(written, log, {row.key: row for row in rows}, known)


def effects_of(connection: Connection, context: Context, event: Event, now: datetime) -> list[Effect]:
    """Give what an entry of a log has opened, moved and closed, by its day.

    Everything that one step writes is stored under one instant: that of the entry.
    """
    at, agreement = event.recorded_at, col(ObligationRow.agreement_id) == event.agreement
    moves = select(DeadlineMoveRow).join(
        ObligationRow, col(ObligationRow.key) == col(DeadlineMoveRow.obligation_key)
    )
    before = {
        row.obligation_key: row
        for row in connection.execute(moves.where(agreement, col(DeadlineMoveRow.at) == at))
    }
    ends = _last_days(event)
    query = (
        select(ObligationRow)
        .where(
            agreement,
            or_(
                col(ObligationRow.event_number) == event.number,
                col(ObligationRow.opened_at) == at,
                col(ObligationRow.closed_at) == at,
                and_(col(ObligationRow.state) == State.LAPSED.value, col(ObligationRow.lapses_on).in_(ends)),
                col(ObligationRow.key).in_(before),
            ),
        )
        .order_by(col(ObligationRow.act_by).is_(None), col(ObligationRow.act_by), col(ObligationRow.key))
        .limit(_SHOWN_AT_MOST)
    )
    rows = connection.execute(query).all()
    shown = {one.obligation.key: one for one in as_shown(connection, context, rows, now)}
    found = [
        Effect(
            _change(row, at, ends, moved=row.key in before),
            row.key,
            shown[row.key].obligation if row.key in shown else None,
            row,
            before.get(row.key),
        )
        for row in rows
    ]
    return [one for one in found if one.change is not Change.OPENED or one.row.state not in _NEVER_OPENED]


def _last_days(event: Event) -> list[date]:
    """Give on which days a duty lapses that a fact takes away: it lapses then, not when that is recorded."""
    after = event.happened_on + timedelta(days=1)
    return {ENDED_EARLY: [after], TERMS_AMENDED: [event.happened_on, after]}.get(event.kind, [])


def _change(row: Any, at: datetime | None, ends: Sequence[date], *, moved: bool) -> Change:
    lapsed = row.state == State.LAPSED and row.lapses_on in ends
    if lapsed or (row.state in CLOSED and row.closed_at == at):
        return Change.CLOSED
    return Change.MOVED if moved else Change.OPENED


def entry(connection: Connection, agreement: str, number: int) -> Event | None:
    """Give one entry of a log."""
    return next(iter(entries_before(connection, agreement, number + 1, 1, down_to=number)), None)


def entries_before(
    connection: Connection, agreement: str, number: int | None, limit: int, *, down_to: int = 1
) -> list[Event]:
    """Give the entries of a log before one (None: the newest), the newest first."""
    query = select(EventRow).where(col(EventRow.agreement_id) == agreement, col(EventRow.number) >= down_to)
    if number is not None:
        query = query.where(col(EventRow.number) < number)
    rows = connection.execute(query.order_by(col(EventRow.number).desc()).limit(limit))
    return [
        Event(
            row.agreement_id,
            row.kind,
            row.happened_on,
            row.details,
            row.recorded_at,
            row.recorded_by,
            row.number,
        )
        for row in rows
    ]


def number_under(connection: Connection, agreement: str, client_key: str) -> int | None:
    """Give the number of the entry that was recorded under a client key; None where none was."""
    query = select(col(EventRow.number)).where(
        col(EventRow.agreement_id) == agreement, col(EventRow.client_key) == client_key
    )
    return connection.execute(query).scalar()


def source_of(connection: Connection, agreement: str, version: int | None) -> bytes | None:
    """Give the text of a version as it was written (None: of the newest)."""
    query = select(col(TermsVersionRow.source)).where(col(TermsVersionRow.agreement_id) == agreement)
    if version is not None:
        query = query.where(col(TermsVersionRow.version) == version)
    found = connection.execute(query.order_by(col(TermsVersionRow.version).desc()).limit(1)).scalar()
    return unpack(found) if found is not None else None


def version_of(connection: Connection, agreement: str, version: int) -> Agreement | None:
    """Give an agreement as one version of its text reads."""
    query = select(col(TermsVersionRow.body)).where(
        col(TermsVersionRow.agreement_id) == agreement, col(TermsVersionRow.version) == version
    )
    found = connection.execute(query).scalar()
    return parsed(found) if found is not None else None


def versions_of(connection: Connection, agreement: str) -> list[Any]:
    """Give the versions of a text, the newest first: number, instant, digest."""
    query = (
        select(
            col(TermsVersionRow.version),
            col(TermsVersionRow.loaded_at),
            col(TermsVersionRow.digest),
        )
        .where(col(TermsVersionRow.agreement_id) == agreement)
        .order_by(col(TermsVersionRow.version).desc())
        .limit(_VERSIONS_AT_MOST)
    )
    return list(connection.execute(query))
