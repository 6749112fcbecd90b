"""The book of sign-ins: what happened, when, for whom; and how often of late."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select
from sqlmodel import col

from tracker.accounts.tables import SignInLinkRow, SignInRow

KEPT_FOR = timedelta(days=400)


class What(StrEnum):
    """What a line is about."""

    ASKED = "asked"
    UNKNOWN = "unknown"
    LIMITED = "limited"
    IN = "in"
    REFUSED = "refused"
    OUT = "out"
    ENDED = "ended"


def note(connection: Connection, what: What, now: datetime, address: str = "") -> None:
    """Write a line; lines that are old enough go."""
    if what is What.IN:
        connection.execute(delete(SignInRow).where(col(SignInRow.at) < now - KEPT_FOR))
    connection.execute(insert(SignInRow).values(at=now, what=what.value, address=address.lower()))


def asked_since(connection: Connection, since: datetime) -> int:
    """Count how often anybody has asked for a link."""
    asking = (What.ASKED.value, What.UNKNOWN.value, What.LIMITED.value)
    query = select(func.count()).select_from(SignInRow)
    query = query.where(col(SignInRow.at) > since, col(SignInRow.what).in_(asking))
    return connection.execute(query).scalar_one()


def newest(connection: Connection, count: int) -> Sequence[Any]:
    """Give the newest lines."""
    query = select(SignInRow).order_by(col(SignInRow.id).desc()).limit(count)
    return connection.execute(query).all()


def links_since(connection: Connection, address: str, since: datetime) -> int:
    """Count the links that were made for an address."""
    query = select(func.count()).select_from(SignInLinkRow)
    query = query.where(col(SignInLinkRow.address) == address, col(SignInLinkRow.made_at) > since)
    return connection.execute(query).scalar_one()
