"""Alerts in the store: added with the state change that caused them, claimed, and settled."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlmodel import col

from tracker.base.db import earliest, insert_once
from tracker.obligations.tables import ObligationRow
from tracker.outbox.tables import AlertRow, AttemptRow

PENDING, ACCEPTED, REFUSED, WITHDRAWN = "pending", "accepted", "refused", "withdrawn"
_ANSWER_AT_MOST = 2048


@dataclass(frozen=True, slots=True)
class Claimed:
    """One alert that this worker holds until its lease ends."""

    key: str
    reminder_key: str | None
    obligation_key: str | None
    contact: str
    channel: str
    address: str
    content: str
    message_id: str
    thread_id: str
    attempts: int


_CLAIMED = tuple(col(getattr(AlertRow, field.name)) for field in fields(Claimed))


def add(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Add alerts in the caller's transaction; one that is there already stays as it is."""
    insert_once(connection, AlertRow, rows)


def claim(connection: Connection, worker: str, now: datetime, lease: timedelta, limit: int) -> list[Claimed]:
    """Take due alerts for the length of a lease, in one statement, and note the attempts.

    The claim pushes `next_try_at` to the lease's end: if this worker dies, the alert is due again
    then. On PostgreSQL, rows that another worker is claiming are skipped; on SQLite the write
    transaction has the database to itself.
    """
    due = (
        select(col(AlertRow.key))
        .where(col(AlertRow.next_try_at) <= now)
        .order_by(col(AlertRow.next_try_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    statement = (
        update(AlertRow)
        .where(col(AlertRow.key).in_(due.scalar_subquery()))
        .values(next_try_at=now + lease, lease_holder=worker, attempts=col(AlertRow.attempts) + 1)
        .returning(*_CLAIMED)
    )
    claimed = [Claimed(**row) for row in connection.execute(statement).mappings()]
    if claimed:
        attempts = [
            {"alert_key": alert.key, "number": alert.attempts, "worker": worker, "started_at": now}
            | {"outcome": "started", "answer": ""}
            for alert in claimed
        ]
        connection.execute(insert(AttemptRow), attempts)
    return claimed


def withdraw(connection: Connection, agreement: str, contacts: Sequence[str]) -> list[Claimed]:
    """Take back the alerts about an agreement that wait for some contacts; gives them."""
    if not contacts:
        return []
    of_agreement = select(col(ObligationRow.key)).where(col(ObligationRow.agreement_id) == agreement)
    statement = (
        update(AlertRow)
        .where(
            col(AlertRow.obligation_key).in_(of_agreement.scalar_subquery()),
            col(AlertRow.contact).in_(contacts),
            col(AlertRow.state) == PENDING,
        )
        .values(state=WITHDRAWN, next_try_at=None)
        .returning(*_CLAIMED)
    )
    return [Claimed(**row) for row in connection.execute(statement).mappings()]


def withdraw_all(connection: Connection) -> None:
    """Take back every alert that waits; for a database that only repeats what happened."""
    connection.execute(
        update(AlertRow).where(col(AlertRow.state) == PENDING).values(state=WITHDRAWN, next_try_at=None)
    )


def settle(
    connection: Connection,
    alert: Claimed,
    worker: str,
    now: datetime,
    *,
    outcome: str,
    answer: str,
    state: str = PENDING,
    next_try_at: datetime | None = None,
    address: str | None = None,
) -> bool:
    """Write the outcome of an attempt; False where the lease had gone to another worker.

    The attempt's row is written in any case: what the server answered is a fact.
    """
    connection.execute(
        update(AttemptRow)
        .where(col(AttemptRow.alert_key) == alert.key, col(AttemptRow.number) == alert.attempts)
        .values(finished_at=now, outcome=outcome, answer=answer[:_ANSWER_AT_MOST])
    )
    values: dict[str, Any] = {"state": state, "next_try_at": next_try_at, "lease_holder": None}
    if address is not None:
        values["address"] = address
    if state == ACCEPTED:
        values["accepted_at"] = now
    # Race: a lease that ran out may have been claimed by another worker, whose attempt number is
    # higher. An acceptance still settles the alert (it has arrived); anything else leaves it to them.
    mine = [col(AlertRow.key) == alert.key, col(AlertRow.state) == PENDING]
    if state != ACCEPTED:
        mine += [col(AlertRow.lease_holder) == worker, col(AlertRow.attempts) == alert.attempts]
    return connection.execute(update(AlertRow).where(*mine).values(values)).rowcount == 1


def next_try(connection: Connection) -> datetime | None:
    """Give the instant at which the next alert is due, or None."""
    return earliest(connection, AlertRow.next_try_at)


def counts(connection: Connection) -> dict[str, int]:
    """Count alerts by state."""
    query = select(col(AlertRow.state), func.count()).group_by(col(AlertRow.state))
    return {state: int(number) for state, number in connection.execute(query)}
