"""Links under which calendar programs read somebody's deadlines: one in force for each person."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlmodel import col

from tracker.accounts import hidden
from tracker.accounts.tables import CalendarLinkRow


@dataclass(frozen=True, slots=True)
class CalendarLink:
    """One link in force."""

    address: str
    language: str
    made_at: datetime


def make(connection: Connection, address: str, language: str, now: datetime) -> str:
    """Make a link in the place of the one before; gives its secret, which is shown once."""
    revoke(connection, address, now)
    secret = hidden.make()
    connection.execute(
        insert(CalendarLinkRow).values(
            digest=hidden.digest(secret), address=address, language=language, made_at=now
        )
    )
    return secret


def path_of(secret: str) -> str:
    """Give the path under which the pages serve a calendar."""
    return f"/kalender/{secret}.ics"


def revoke(connection: Connection, address: str, now: datetime) -> int:
    """Take every link of an address back."""
    return connection.execute(
        update(CalendarLinkRow)
        .where(col(CalendarLinkRow.address) == address, col(CalendarLinkRow.revoked_at).is_(None))
        .values(revoked_at=now)
    ).rowcount


def find(connection: Connection, secret: str) -> CalendarLink | None:
    """Give the link of a secret; None where it was taken back or never was."""
    query = select(CalendarLinkRow).where(
        col(CalendarLinkRow.digest) == hidden.digest(secret), col(CalendarLinkRow.revoked_at).is_(None)
    )
    row = connection.execute(query).one_or_none()
    return CalendarLink(row.address, row.language, row.made_at) if row else None


def of_address(connection: Connection, address: str) -> CalendarLink | None:
    """Give the link in force of an address."""
    query = select(CalendarLinkRow).where(
        col(CalendarLinkRow.address) == address, col(CalendarLinkRow.revoked_at).is_(None)
    )
    row = connection.execute(query).first()
    return CalendarLink(row.address, row.language, row.made_at) if row else None
