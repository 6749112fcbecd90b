"""An open obligation with a date must have a next step: a reminder, or its lapse."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, select
from sqlmodel import col

from tracker.doctor.finding import AT_MOST, Finding
from tracker.obligations.model import State
from tracker.obligations.tables import ObligationRow
from tracker.steps.context import Context


def broken(connection: Connection, context: Context, now: datetime) -> Iterator[Finding]:
    """Find open obligations that nothing will ever wake up for."""
    del context, now
    query = (
        select(col(ObligationRow.key), col(ObligationRow.act_by))
        .where(
            col(ObligationRow.state) == State.OPEN.value,
            col(ObligationRow.act_by).is_not(None),
            col(ObligationRow.wake_at).is_(None),
        )
        .order_by(col(ObligationRow.act_by))
        .limit(AT_MOST)
    )
    for key, act_by in connection.execute(query):
        yield Finding(
            key,
            f"terbuka sampai {act_by}, tetapi tidak ada pengingat berikutnya",
            f"is open until {act_by}, but no reminder will follow",
        )
