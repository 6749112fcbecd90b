"""This machine's clock must agree with what is written, and with the database server's."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select
from sqlmodel import col

from tracker.doctor.finding import Finding
from tracker.events.tables import EventRow
from tracker.steps.context import Context

_MOST = timedelta(seconds=30)


def broken(connection: Connection, context: Context, now: datetime) -> Iterator[Finding]:
    """Find a clock that runs behind what was recorded, or beside the server's."""
    del context
    last = connection.execute(select(func.max(col(EventRow.recorded_at)))).scalar()
    if last is not None and last > now + _MOST:
        yield Finding(
            "event",
            f"jam mesin ini tertinggal: ada fakta yang dicatat pada {last:%Y-%m-%d %H:%M:%S} UTC",
            f"this machine's clock is behind: a fact was recorded at {last:%Y-%m-%d %H:%M:%S} UTC",
        )
    if connection.dialect.name == "postgresql":
        apart = abs(connection.execute(select(func.clock_timestamp())).scalar_one() - now)
        if apart > _MOST:
            seconds = round(apart.total_seconds())
            yield Finding(
                "clock",
                f"jam mesin ini dan jam server basis data berbeda {seconds} detik",
                f"this machine's clock and the database server's are {seconds} seconds apart",
            )
