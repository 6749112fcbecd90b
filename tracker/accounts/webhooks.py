"""Wishes to have a program told what happens: where to, about what, and for whom."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, func, insert, select, update
from sqlmodel import col

from tracker.accounts.kinds import Happens
from tracker.accounts.tables import WebhookRow

AT_MOST = 5
"""How many somebody may have."""
LONGEST_URL = 500


@dataclass(frozen=True, slots=True)
class Webhook:
    """One wish in force."""

    id: str
    address: str
    unit: str
    url: str
    kinds: frozenset[Happens]
    made_at: datetime

    @property
    def origin(self) -> str:
        """The server it goes to."""
        return origin_of(self.url)

    @property
    def destination(self) -> str:
        """The address under which the outbox knows it: its server, and for which wish."""
        return f"{self.origin}#{self.id}"


def url_in(text: str) -> str | None:
    """Read where to tell it: https, a name, nothing secret in it; None where it is not that."""
    found = text.strip()
    try:
        parts = urlsplit(found)
        is_good = (
            parts.scheme == "https"
            and bool(parts.hostname)
            and parts.port != 0
            and not (parts.username or parts.password or parts.fragment)
            and found.isascii()
            and found.isprintable()
            and " " not in found
        )
    except ValueError:
        return None
    return found if is_good and len(found) <= LONGEST_URL else None


def origin_of(url: str) -> str:
    """Give the server of an address: what is told to one server waits for one another."""
    parts = urlsplit(url)
    return f"https://{(parts.hostname or '').lower()}:{parts.port or 443}"


def make(
    connection: Connection, address: str, url: str, unit: str, kinds: Collection[Happens], now: datetime
) -> str:
    """Note a wish; gives its id."""
    name = secrets.token_hex(12)
    connection.execute(
        insert(WebhookRow).values(
            id=name,
            address=address.lower(),
            unit=unit,
            url=url,
            kinds=" ".join(kind.value for kind in Happens if kind in kinds),
            made_at=now,
            ended_why="",
        )
    )
    return name


def in_force(connection: Connection, address: str | None = None) -> list[Webhook]:
    """Give the wishes in force, of one address or of everybody."""
    query = select(WebhookRow).where(col(WebhookRow.ended_at).is_(None))
    if address is not None:
        query = query.where(col(WebhookRow.address) == address.lower())
    rows = connection.execute(query.order_by(col(WebhookRow.made_at), col(WebhookRow.id)))
    return [_webhook(row) for row in rows]


def ended_of(connection: Connection, address: str) -> list[tuple[str, datetime, str]]:
    """Give those of somebody's wishes that ended by themselves: where to, when, and why."""
    query = select(WebhookRow).where(
        col(WebhookRow.address) == address.lower(), col(WebhookRow.ended_why) != ""
    )
    rows = connection.execute(query.order_by(col(WebhookRow.ended_at).desc()).limit(AT_MOST))
    return [(row.url, row.ended_at, row.ended_why) for row in rows]


def count(connection: Connection, address: str) -> int:
    """Count the wishes that somebody has in force."""
    query = select(func.count()).select_from(WebhookRow)
    mine = col(WebhookRow.address) == address.lower(), col(WebhookRow.ended_at).is_(None)
    return connection.execute(query.where(*mine)).scalar_one()


def end(
    connection: Connection,
    id: str,  # noqa: A002
    now: datetime,
    why: str = "",
    address: str | None = None,
) -> int:
    """End a wish, and only one of `address` where that is given; gives how many ended."""
    ending = update(WebhookRow).where(col(WebhookRow.id) == id, col(WebhookRow.ended_at).is_(None))
    if address is not None:
        ending = ending.where(col(WebhookRow.address) == address.lower())
    return connection.execute(ending.values(ended_at=now, ended_why=why[:300])).rowcount


def end_all(connection: Connection, address: str, now: datetime) -> int:
    """End every wish of an address."""
    mine = col(WebhookRow.address) == address.lower(), col(WebhookRow.ended_at).is_(None)
    return connection.execute(update(WebhookRow).where(*mine).values(ended_at=now)).rowcount


def _webhook(row: Any) -> Webhook:
    kinds = frozenset(Happens(word) for word in row.kinds.split())
    return Webhook(row.id, row.address, row.unit, row.url, kinds, row.made_at)
