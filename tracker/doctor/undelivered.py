"""An alert that is due must be on its way soon."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlmodel import col

from tracker.doctor.finding import PATIENCE, Finding
from tracker.outbox.tables import AlertRow
from tracker.reminders.recipients import CHANNELS
from tracker.steps.context import Context


def broken(connection: Connection, context: Context, now: datetime) -> Iterator[Finding]:
    """Find channels with alerts that nobody takes: no worker runs, a lease is stuck, or a server is away."""
    del context
    for channel, count, since in waiting_too_long(connection, now):
        yield Finding(
            channel,
            f"{count} pemberitahuan menunggu dikirim, yang tertua sejak {since:%Y-%m-%d %H:%M} UTC",
            f"{count} alerts wait to be sent, the oldest since {since:%Y-%m-%d %H:%M} UTC",
        )


def waiting_too_long(connection: Connection, now: datetime) -> Iterator[tuple[str, int, datetime]]:
    """Give the channels with alerts that should be on their way: how many, and since when (UTC)."""
    for channel in CHANNELS:
        query = select(func.count(), func.min(col(AlertRow.next_try_at))).where(
            col(AlertRow.channel) == channel, col(AlertRow.next_try_at) < now - PATIENCE
        )
        count, since = connection.execute(query).one()
        if since is not None:
            yield channel, count, since
