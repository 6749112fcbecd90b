"""A deadline that is near must not rest on a calendar that is only an estimate."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, select
from sqlmodel import col

from tracker.doctor.finding import AT_MOST, Finding
from tracker.obligations.model import State
from tracker.obligations.tables import ObligationRow
from tracker.steps.context import Context


def broken(connection: Connection, context: Context, now: datetime) -> Iterator[Finding]:
    """Find open deadlines that are provisional although reminders of them have begun."""
    del context, now
    query = (
        select(col(ObligationRow.key), col(ObligationRow.act_by))
        .where(
            col(ObligationRow.state) == State.OPEN.value,
            col(ObligationRow.act_by).is_not(None),
            col(ObligationRow.provisional).is_(True),
            col(ObligationRow.reminded_for).is_not(None),
        )
        .order_by(col(ObligationRow.act_by))
        .limit(AT_MOST)
    )
    for key, act_by in connection.execute(query):
        yield Finding(
            key,
            f"pengingat untuk {act_by} sudah berjalan, tetapi SKB hari libur tahun itu belum dimuat "
            "('tracker holidays load')",
            f"reminders for {act_by} have begun, but the holiday decree of that year is not loaded "
            "('tracker holidays load')",
        )
