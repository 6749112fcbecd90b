"""Taking what is due for the length of a lease, in one statement, as one message a person."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, Select, and_, insert, or_, select, union, update
from sqlmodel import col

from tracker.outbox.grouping import group
from tracker.outbox.service import CLAIMED, Claimed
from tracker.outbox.tables import AlertRow, AttemptRow

_OF_ONE_CLAIM = 20_000
"""Rows at most, so that memory stays flat; whoever has more than that gets them in several messages."""


class Taken(NamedTuple):
    """What a claim took: the messages to send, and how many alerts they say."""

    messages: list[Claimed]
    alerts: int


def claim(
    connection: Connection, channel: str, worker: str, now: datetime, lease: timedelta, limit: int
) -> Taken:
    """Take the next `limit` due messages of one channel, for the length of a lease.

    One statement takes the alerts, and along with them whatever can be said to the same people in
    one message (`grouping`): what is due, and what waits for another try. The attempts are noted. It
    pushes `next_try_at` to the lease's end: if this worker dies, the alert is due again then. On
    PostgreSQL, rows that another worker is claiming are skipped; on SQLite the write transaction has
    the database to itself.
    """
    until = now + lease
    statement = (
        update(AlertRow)
        .where(col(AlertRow.key).in_(_due(channel, now, limit).scalar_subquery()))
        .values(next_try_at=until, lease_holder=worker, attempts=col(AlertRow.attempts) + 1, held=False)
        .returning(*CLAIMED)
    )
    claimed = [Claimed(**row) for row in connection.execute(statement).mappings()]
    messages = group(connection, claimed, worker, now, until)
    if messages:
        attempts = [
            {"alert_key": alert.key, "number": alert.attempts, "worker": worker, "started_at": now}
            | {"outcome": "started", "answer": ""}
            for alert in messages
        ]
        connection.execute(insert(AttemptRow), attempts)
    return Taken(messages, len(claimed))


def _due(channel: str, now: datetime, most: int) -> Select[str]:
    """Select the first that are due, and what can be said to the same people along with them."""
    of_channel = col(AlertRow.channel) == channel, col(AlertRow.next_try_at).is_not(None)
    is_due = col(AlertRow.next_try_at) <= now
    waits_for_another_try = and_(col(AlertRow.attempts) > 0, col(AlertRow.lease_holder).is_(None))
    first = (
        select(col(AlertRow.key), col(AlertRow.address), col(AlertRow.groupable))
        .where(*of_channel, is_due)
        .order_by(col(AlertRow.next_try_at))
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("first")
    )
    along = (
        select(col(AlertRow.key))
        .where(
            *of_channel,
            col(AlertRow.address).in_(select(first.c.address).where(first.c.groupable)),
            col(AlertRow.groupable),
            col(AlertRow.attempts) == col(AlertRow.not_taken),
            or_(is_due, waits_for_another_try),
        )
        .order_by(col(AlertRow.address), col(AlertRow.next_try_at))
        .limit(_OF_ONE_CLAIM)
        .subquery()
    )
    keys = union(select(first.c.key), select(along.c.key))
    return select(col(AlertRow.key)).where(col(AlertRow.key).in_(keys)).with_for_update(skip_locked=True)
