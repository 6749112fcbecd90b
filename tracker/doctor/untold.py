"""A reminder that has fired must have told somebody."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, exists, select
from sqlmodel import col

from tracker.doctor.finding import AT_MOST, Finding
from tracker.outbox.tables import AlertRow
from tracker.reminders.tables import ReminderRow
from tracker.steps.context import Context


def broken(connection: Connection, context: Context, now: datetime) -> Iterator[Finding]:
    """Find reminders without a single alert."""
    del context, now
    told = exists().where(
        col(AlertRow.obligation_key) == col(ReminderRow.obligation_key),
        col(AlertRow.reminder_key) == col(ReminderRow.key),
    )
    query = (
        select(col(ReminderRow.key), col(ReminderRow.fired_at))
        .where(~told)
        .order_by(col(ReminderRow.key))
        .limit(AT_MOST)
    )
    for key, fired_at in connection.execute(query):
        yield Finding(
            key,
            f"pengingat tercatat pada {fired_at:%Y-%m-%d}, tetapi tidak diberitahukan kepada siapa pun",
            f"the reminder was noted on {fired_at:%Y-%m-%d}, but nobody was told",
        )
