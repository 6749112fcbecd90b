"""How the chains of obligations began: with which point, and whether a server took its alert."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, exists, select
from sqlmodel import col

from tracker.obligations.tables import ObligationRow
from tracker.outbox.service import ACCEPTED
from tracker.outbox.tables import AlertRow
from tracker.reminders.tables import ReminderRow


class Beginning(NamedTuple):
    """The point that nobody answered, and whether any server has accepted an alert of it."""

    point: str
    delivered: bool


def beginnings(connection: Connection, obligations: Collection[str]) -> dict[str, Beginning]:
    """Read how the chains of obligations began, by key, in one query; none where none has.

    An alert that took another way, because an address was refused, has not arrived where it should.
    """
    if not obligations:
        return {}
    delivered = exists().where(
        col(AlertRow.obligation_key) == col(ReminderRow.obligation_key),
        col(AlertRow.reminder_key) == col(ReminderRow.key),
        col(AlertRow.state) == ACCEPTED,
        col(AlertRow.detour).is_(None),
    )
    query = (
        select(col(ReminderRow.obligation_key), col(ReminderRow.point), delivered)
        .join(ObligationRow, col(ObligationRow.key) == col(ReminderRow.obligation_key))
        .where(
            col(ObligationRow.key).in_(obligations),
            col(ReminderRow.fired_at) == col(ObligationRow.chain_since),
        )
        .order_by(col(ReminderRow.key))
    )
    return {key: Beginning(point, accepted) for key, point, accepted in connection.execute(query)}
