"""An address that does not work must be replaced, or confirmed, by a person."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, select
from sqlmodel import col

from tracker.doctor.finding import AT_MOST, Finding
from tracker.outbox.tables import DoubtfulAddressRow
from tracker.steps.context import Context


def broken(connection: Connection, context: Context, now: datetime) -> Iterator[Finding]:
    """Find addresses to which nothing is sent any more."""
    del context, now
    query = select(DoubtfulAddressRow).order_by(col(DoubtfulAddressRow.since)).limit(AT_MOST)
    for row in connection.execute(query):
        yield Finding(
            row.address,
            f"tidak berfungsi sejak {row.since:%Y-%m-%d} ({row.channel}): ganti narahubungnya "
            "(contact-appointed) atau pastikan (contact-confirmed)",
            f"has not worked since {row.since:%Y-%m-%d} ({row.channel}): appoint another contact "
            "(contact-appointed) or confirm it (contact-confirmed)",
        )
