"""A deadline that is near must not rest on a calendar that is only an estimate."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection
from sqlmodel import col

from tracker.doctor.finding import Finding
from tracker.doctor.open_duties import open_duties
from tracker.obligations.tables import ObligationRow
from tracker.steps.context import Context


def broken(connection: Connection, context: Context, now: datetime) -> Iterator[Finding]:
    """Find open deadlines that are provisional although reminders of them have begun."""
    del context, now
    begun = col(ObligationRow.reminded_for).is_not(None)
    for key, act_by in open_duties(connection, col(ObligationRow.provisional).is_(True), begun):
        yield Finding(
            key,
            f"pengingat untuk {act_by} sudah berjalan, tetapi SKB hari libur tahun itu belum dimuat "
            "('tracker holidays load')",
            f"reminders for {act_by} have begun, but the holiday decree of that year is not loaded "
            "('tracker holidays load')",
        )
