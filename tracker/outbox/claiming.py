"""Taking what is due for the length of a lease, in one statement, as one message a person."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import Connection, Select, Text, and_, bindparam, insert, literal, or_, select, union, update
from sqlmodel import col

from tracker.base.among import among
from tracker.outbox import doubts
from tracker.outbox.grouping import group
from tracker.outbox.service import CLAIMED, Claimed
from tracker.outbox.tables import AlertRow, AttemptRow

_OF_ONE_CLAIM = 20_000
"""Rows at most, so that memory stays flat; whoever has more than that gets them in several messages."""


def _due() -> Select[str]:
    """Select the first that are due, and what can be said to the same people along with them."""
    of_channel = col(AlertRow.channel) == bindparam("of_channel"), col(AlertRow.next_try_at).is_not(None)
    is_due = col(AlertRow.next_try_at) <= bindparam("now")
    waits_for_another_try = and_(
        col(AlertRow.next_try_at).is_not(None),
        col(AlertRow.attempts) > 0,
        col(AlertRow.lease_holder).is_(None),
    )
    may_be_taken = or_(is_due, waits_for_another_try)
    first = (
        select(col(AlertRow.key), col(AlertRow.address), col(AlertRow.groupable))
        .where(*of_channel, is_due)
        .order_by(col(AlertRow.next_try_at))
        .limit(bindparam("most"))
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
            may_be_taken,
        )
        .order_by(col(AlertRow.address), col(AlertRow.next_try_at))
        .limit(_OF_ONE_CLAIM)
        .subquery()
    )
    keys = union(select(first.c.key), select(along.c.key))
    # Said once more: another worker may have taken some since the keys were read, and let go of them.
    taken = select(col(AlertRow.key)).where(col(AlertRow.key).in_(keys), may_be_taken)
    return taken.with_for_update(skip_locked=True)


_CLAIM = (
    update(AlertRow)
    .where(col(AlertRow.key).in_(_due().scalar_subquery()))
    .values(
        next_try_at=bindparam("until"),
        lease_holder=bindparam("holder"),
        attempts=col(AlertRow.attempts) + 1,
        held=False,
    )
    .returning(*CLAIMED)
)
"""Made once: making it costs as much as running it for a few alerts."""
_BEGIN = insert(AttemptRow).from_select(
    ["alert_key", "number", "worker", "started_at", "outcome", "answer"],
    select(
        col(AlertRow.key),
        col(AlertRow.attempts),
        bindparam("holder", type_=Text),
        bindparam("now", type_=AlertRow.__table__.c.created_at.type),  # type: ignore[attr-defined]
        literal("started"),
        literal(""),
    ).where(among(col(AlertRow.key), "of_keys")),
    include_defaults=False,
)
"""Notes the attempts in one go: a statement for each would hold a thread up at each of its answers."""


class Taken(NamedTuple):
    """What a claim took: the messages to send, and how many alerts they say."""

    messages: list[Claimed]
    alerts: int
    doubtful: Mapping[str, str] = MappingProxyType({})
    """Addresses among them that do not work, and what was said of them: nothing is sent there."""


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
    values = {"of_channel": channel, "now": now, "until": until, "holder": worker, "most": limit}
    claimed = [Claimed(*row) for row in connection.execute(_CLAIM, values)]
    messages = group(connection, claimed, worker, now, until)
    if messages:
        keys = [alert.key for alert in messages]
        connection.execute(_BEGIN, {"of_keys": keys, "now": now, "holder": worker})
    doubtful = doubts.answers(connection, channel, {alert.address for alert in messages})
    return Taken(messages, len(claimed), doubtful)
