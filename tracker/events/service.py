"""Adding facts to an agreement's log, once, and reading them back."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from tracker.base.among import among
from tracker.base.bulk import insert_all
from tracker.events.chain import Break, breaks, digest
from tracker.events.model import BadEventError, Event, checked
from tracker.events.tables import EventRow
from tracker.terms.service import batches, changed_texts
from tracker.terms.tables import AgreementRow

_HEADS = select(col(AgreementRow.id), col(AgreementRow.log_length), col(AgreementRow.log_digest))
_LOGS = (
    select(EventRow)
    .where(among(col(EventRow.agreement_id), "of_agreements"))
    .order_by(col(EventRow.agreement_id), col(EventRow.number))
)
"""Made once: making a statement costs more than running it."""


def append(
    connection: Connection, event: Event, now: datetime, by: str, client_key: str | None = None
) -> tuple[Event, bool]:
    """Add a fact to its agreement's log; gives it with its number, and whether it is new.

    The same client key twice records once; with another fact it is a BadEventError. The caller
    holds the agreement's lock, so that no two entries get one number.
    """
    checked(event)
    if client_key is not None and (known := _recorded(connection, client_key)) is not None:
        return _same(known, event, client_key), False
    head = connection.execute(
        select(col(AgreementRow.log_length), col(AgreementRow.log_digest)).where(
            col(AgreementRow.id) == event.agreement
        )
    ).one()
    added = replace(event, recorded_at=now, recorded_by=by, number=head.log_length + 1)
    of_entry = digest(head.log_digest, added, head.log_length + 1, client_key)
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    inserted = connection.execute(
        dialect.insert(EventRow)
        .values(_row(added, of_entry, client_key))
        .on_conflict_do_nothing(index_elements=["client_key"])
        .returning(col(EventRow.number))
    ).scalar()
    if inserted is None and client_key is not None:
        # Race: another agreement's fact was recorded under this key since we looked.
        known = _recorded(connection, client_key)
        if known is not None:
            return _same(known, event, client_key), False
    connection.execute(
        update(AgreementRow)
        .where(col(AgreementRow.id) == added.agreement)
        .values(log_length=added.number, log_digest=of_entry)
    )
    return added, True


def append_all(connection: Connection, events: Sequence[Event], now: datetime, by: str) -> None:
    """Add facts to the logs of many agreements as `append` would one by one, in few statements.

    None of them has a client key. The caller holds the locks of all their agreements.
    """
    heads = _heads(connection, {event.agreement for event in events})
    rows = []
    for event in events:
        checked(event)
        length, before = heads[event.agreement]
        number = length + 1
        added = replace(event, recorded_at=now, recorded_by=by, number=number)
        heads[event.agreement] = number, digest(before, added, number, None)
        rows.append(_row(added, heads[event.agreement][1]))
    insert_all(connection, EventRow, rows)
    _set_heads(connection, heads)


def _row(added: Event, of_entry: str, client_key: str | None = None) -> dict[str, Any]:
    return {
        "agreement_id": added.agreement,
        "number": added.number,
        "kind": added.kind,
        "happened_on": added.happened_on,
        "details": dict(added.details),
        "recorded_at": added.recorded_at,
        "recorded_by": added.recorded_by,
        "client_key": client_key,
        "digest": of_entry,
    }


def _heads(connection: Connection, agreements: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Give the length of some logs, and the digest of the last entry of each."""
    return {
        row.id: (row.log_length, row.log_digest)
        for batch in batches(sorted(agreements))
        for row in connection.execute(_HEADS.where(col(AgreementRow.id).in_(batch)))
    }


def _set_heads(connection: Connection, heads: Mapping[str, tuple[int, str]]) -> None:
    if heads:
        statement = (
            update(AgreementRow)
            .where(col(AgreementRow.id) == bindparam("by_id"))
            .values(log_length=bindparam("to_length"), log_digest=bindparam("to_digest"))
        )
        connection.execute(
            statement,
            [
                {"by_id": name, "to_length": length, "to_digest": last}
                for name, (length, last) in heads.items()
            ],
        )


def _same(known: Event, event: Event, client_key: str) -> Event:
    """Give the fact that a key was used for; BadEventError where it is another one."""
    if _said(known) != _said(event):
        raise BadEventError(
            f"the key {client_key!r} was used for {known.kind} of {known.happened_on} "
            f"({known.agreement}#{known.number}), expected a new key for another fact"
        )
    return known


def _said(event: Event) -> tuple[object, ...]:
    return event.agreement, event.kind, event.happened_on, dict(event.details)


def _recorded(connection: Connection, client_key: str) -> Event | None:
    row = connection.execute(select(EventRow).where(col(EventRow.client_key) == client_key)).one_or_none()
    return None if row is None else _event(row)


def recorded_under(connection: Connection, client_key: str) -> Event | None:
    """Give the fact that was recorded under a client key."""
    return _recorded(connection, client_key)


def entries_after(connection: Connection, agreement: str, number: int, limit: int) -> list[Event]:
    """Read some entries of one agreement's log, those that follow a number."""
    query = select(EventRow).where(col(EventRow.agreement_id) == agreement, col(EventRow.number) > number)
    return [_event(row) for row in connection.execute(query.order_by(col(EventRow.number)).limit(limit))]


def is_recorded(connection: Connection, client_key: str) -> bool:
    """Tell whether a fact was recorded under a client key."""
    return _recorded(connection, client_key) is not None


def logs_of(connection: Connection, agreements: Iterable[str]) -> dict[str, list[Event]]:
    """Read the logs of some agreements, each in the order it was recorded."""
    found: dict[str, list[Event]] = {}
    for batch in batches(sorted(set(agreements))):
        for row in connection.execute(_LOGS, {"of_agreements": batch}):
            found.setdefault(row.agreement_id, []).append(_event(row))
    return found


def client_keys(connection: Connection) -> dict[tuple[str, int], str]:
    """Give the client keys of all entries that have one, by agreement and number."""
    query = select(col(EventRow.agreement_id), col(EventRow.number), col(EventRow.client_key)).where(
        col(EventRow.client_key).is_not(None)
    )
    return {(row.agreement_id, row.number): row.client_key for row in connection.execute(query)}


def _event(row: Any) -> Event:
    return Event(
        row.agreement_id,
        row.kind,
        row.happened_on,
        row.details,
        row.recorded_at,
        row.recorded_by,
        row.number,
    )


@dataclass(frozen=True, slots=True)
class Verified:
    """What checking all logs found; `digest` covers the last entry of each: note it down elsewhere.

    Whoever can write to the database could rewrite a log together with everything that is kept
    beside it, but not the digest in your drawer.
    """

    agreements: int
    entries: int
    digest: str
    breaks: tuple[Break, ...]


def verified(connection: Connection) -> Verified:
    """Check every entry of every log, and every terms text; one agreement in memory at a time."""
    heads = connection.execute(_HEADS.order_by(col(AgreementRow.id))).all()
    found: list[Break] = []
    whole = hashlib.sha256()
    for head in heads:
        whole.update(f"{head.id} {head.log_length} {head.log_digest}\n".encode())
        found += _breaks(connection, head)
    return Verified(len(heads), sum(head.log_length for head in heads), whole.hexdigest(), tuple(found))


@dataclass(frozen=True, slots=True)
class VerifiedLog:
    """What checking one agreement's log found; `digest` is that of its last entry."""

    entries: int
    digest: str
    breaks: tuple[Break, ...]


def verified_log(connection: Connection, agreement: str) -> VerifiedLog:
    """Check every entry of one agreement's log, and every text of its terms."""
    head = connection.execute(_HEADS.where(col(AgreementRow.id) == agreement)).one()
    return VerifiedLog(head.log_length, head.log_digest, tuple(_breaks(connection, head)))


def _breaks(connection: Connection, head: Any) -> list[Break]:
    entries = connection.execute(
        select(EventRow).where(col(EventRow.agreement_id) == head.id).order_by(col(EventRow.number))
    )
    found = list(breaks(head.id, entries, head.log_length, head.log_digest))
    return [*found, *(Break(head.id, 0, what) for what in changed_texts(connection, head.id))]
