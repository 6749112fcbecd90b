"""Obligations in the store: what derivation gives is compared with what is there, in bulk."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlmodel import col

from tracker.base.bulk import insert_all, inserting
from tracker.obligations.causes import Cause
from tracker.obligations.model import CLOSED, State
from tracker.obligations.tables import DeadlineMoveRow, ObligationRow
from tracker.obligations.values import Values, is_another_deadline
from tracker.terms.service import batches

_SAME_FOREVER = ("key", "agreement_id", "rule", "occurrence", "opened_at")
_CHANGING = tuple(name for name in Values._fields if name not in _SAME_FOREVER)

_NEW_FIELDS = Values._fields.index("chain_since")
_NEW = Values._fields[:_NEW_FIELDS]


@dataclass(slots=True)
class Changes:
    """What storing a derivation changed."""

    added: int = 0
    moved: list[str] = field(default_factory=list)
    superseded: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)


def stored(connection: Connection, agreements: Iterable[str]) -> dict[str, Any]:
    """Read the stored obligations of some agreements, by key, and lock them for an update.

    Not against being pointed at: a worker that changes an alert must not wait for its obligation.
    """
    found: dict[str, Any] = {}
    for batch in batches(sorted(agreements)):
        query = select(ObligationRow).where(col(ObligationRow.agreement_id).in_(batch))
        for row in connection.execute(query.order_by(col(ObligationRow.key)).with_for_update(key_share=True)):
            found[row.key] = row
    return found


@contextmanager
def adding(connection: Connection) -> Iterator[Callable[[Values], None]]:
    """Give a function that adds one obligation; until the end the connection can do nothing else.

    Hardly a new one has a chain: those columns are written for the few that do.
    """
    with_chain: list[Values] = []
    with inserting(connection, ObligationRow, _NEW) as insert:

        def add(row: Values) -> None:
            insert(row[:_NEW_FIELDS])
            if row.chain_since is not None:
                with_chain.append(row)

        yield add
    if with_chain:
        columns = ("key", *Values._fields[_NEW_FIELDS:])
        update_all(connection, [{name: getattr(row, name) for name in columns} for row in with_chain])


def store(
    connection: Connection,
    derived: Sequence[Values],
    before: dict[str, Any],
    now: datetime,
    causes: Mapping[str, Cause],
) -> Changes:
    """Write what derivation gave of obligations that are there: update changed ones, supersede vanished ones.

    `before` is what `stored` gave for the same agreements; `causes` says why, for each agreement.
    """
    changes = Changes()
    updates = []
    for row in derived:
        known = before[row.key]
        if any(getattr(known, name) != getattr(row, name) for name in _CHANGING):
            updates.append({name: getattr(row, name) for name in ("key", *_CHANGING)})
            if row.state == State.OPEN and is_another_deadline(known, row):
                changes.moved.append(row.key)
            if row.state in CLOSED and known.state not in CLOSED:
                changes.closed.append(row.key)
    names = {row.key for row in derived}
    for key, known in before.items():
        if key not in names and known.state not in CLOSED:
            changes.superseded.append(key)
            updates.append(_superseded(key, known, now, causes[known.agreement_id].kind))
    if updates:
        update_all(connection, updates)
    return changes


def add_moves(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Keep what figures were before they moved; says nothing to the database where none have."""
    insert_all(connection, DeadlineMoveRow, rows)


def moves_of(connection: Connection, key: str) -> list[Any]:
    """Read how the figures of one obligation moved, in order."""
    query = select(DeadlineMoveRow).where(col(DeadlineMoveRow.obligation_key) == key)
    return list(connection.execute(query.order_by(col(DeadlineMoveRow.number))))


def update_all(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Update obligations in bulk; all rows have `key` and the same other columns."""
    columns = [name for name in rows[0] if name != "key"]
    statement = (
        update(ObligationRow)
        .where(col(ObligationRow.key) == bindparam("by_key"))
        .values({name: bindparam(f"to_{name}") for name in columns})
    )
    values = [{"by_key": row["key"], **{f"to_{name}": row[name] for name in columns}} for row in rows]
    connection.execute(statement, values)


def _superseded(key: str, known: Any, now: datetime, cause: str) -> dict[str, Any]:
    closing = {"state": State.SUPERSEDED.value, "wake_at": None, "closed_at": now, "closed_why": cause}
    silent = {"chain_since": None, "chain_level": 0}
    return {"key": key, **{name: getattr(known, name) for name in _CHANGING}, **closing, **silent}


def due(connection: Connection, now: datetime, limit: int, of: Collection[str] | None = None) -> list[Any]:
    """Give obligations whose reminder or lapse is due, locked against other workers.

    `of` leaves only those of some agreements.
    """
    query = (
        select(ObligationRow)
        .where(col(ObligationRow.wake_at) <= now)
        .order_by(col(ObligationRow.wake_at))
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    )
    if of is not None:
        query = query.where(col(ObligationRow.agreement_id).in_(of))
    return list(connection.execute(query))
