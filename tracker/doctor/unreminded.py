"""An open obligation with a date must have a next step: a reminder, or its lapse."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection
from sqlmodel import col

from tracker.doctor.finding import Finding
from tracker.doctor.open_duties import open_duties
from tracker.obligations.tables import ObligationRow
from tracker.steps.context import Context


def broken(connection: Connection, context: Context, now: datetime) -> Iterator[Finding]:
    """Find open obligations that nothing will ever wake up for."""
    del context, now
    for key, act_by in open_duties(connection, col(ObligationRow.wake_at).is_(None)):
        yield Finding(
            key,
            f"terbuka sampai {act_by}, tetapi tidak ada pengingat berikutnya",
            f"is open until {act_by}, but no reminder will follow",
        )
